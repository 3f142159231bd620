import type { GivenFile } from '../../src/engine/files.ts'

/** A file of the bench, and where it is. */
export type ListedFile = GivenFile & { path: string }

/** The inputs of the sandbox’s app “Every input”. */
export const KEY = 'app-sandbox-every-input'
export function inputsWith<T extends object>(row: number, file: T) {
  const document = { type: 'document', transfer_method: 'local_file', ...file } as const
  return { short_text: String(row), documents: [document] }
}

export async function listedFiles(path: string): Promise<ListedFile[]> {
  // `as`: written by files.ts
  return (await Bun.file(path).json()) as ListedFile[]
}
