import type { UploadFile } from '../workbook/types.ts'

const NAME_CHARS = 200

/** A file as the wizard takes it: of a path, only the name. Bun has none at all for one that was sent without. */
export async function uploadOf(file: File): Promise<UploadFile> {
  return { name: nameOf(file.name || ''), bytes: await file.bytes() }
}

function nameOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1) ?? ''
  const tidy = name
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .toWellFormed()
  return [...tidy].slice(-NAME_CHARS).join('') || 'workbook'
}
