import { openPromise } from 'yauzl'

/** What is in a ZIP: the bytes of each file by its name. */
export async function filesInZip(path: string): Promise<Map<string, Buffer>> {
  const zip = await openPromise(path)
  const files = new Map<string, Buffer>()
  for await (const entry of zip.eachEntry()) {
    const pieces = await Array.fromAsync(await zip.openReadStreamPromise(entry))
    files.set(entry.fileName, Buffer.concat(pieces))
  }
  return files
}
