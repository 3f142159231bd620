import type { SentFile } from '../../../src/files/sent-file.ts'

/** A file that arrives in two pieces, as it might from a platform. */
export function aSentFile({ name, bytes }: { name: string; bytes: Uint8Array }): SentFile {
  const half = Math.ceil(bytes.byteLength / 2)
  return { name, open: async () => inPieces([bytes.subarray(0, half), bytes.subarray(half)]) }
}

/** A file that cannot be fetched. */
export function aLostFile(name: string, fault: Error): SentFile {
  return { name, open: () => Promise.reject(fault) }
}

/** All of a file. @throws what its person is told */
export async function bytesOf(file: SentFile | undefined): Promise<Uint8Array> {
  if (!file) throw new Error('no such file')
  const pieces: Uint8Array[] = []
  for await (const piece of await file.open()) pieces.push(piece)
  return new Uint8Array(Buffer.concat(pieces))
}

async function* inPieces(pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}
