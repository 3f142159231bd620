import { buffer } from 'node:stream/consumers'
import { ZipFile } from 'yazl'

/** A ZIP with these files. */
export async function aZip(files: { name: string; bytes: Uint8Array }[]): Promise<Uint8Array> {
  const zip = new ZipFile()
  for (const { name, bytes } of files) zip.addBuffer(Buffer.from(bytes), name)
  zip.end()
  return new Uint8Array(await buffer(zip.outputStream))
}
