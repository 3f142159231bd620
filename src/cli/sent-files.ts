import { readdir } from 'node:fs/promises'
import { createReadStream, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { UserError } from '../engine/user-error.ts'
import type { SentFile } from '../files/gather.ts'

/**
 * The files at a path of `--files`: a folder with those inside it, or one file, such as a ZIP. Hidden ones and symbolic
 * links are left out.
 * @throws UserError if there is nothing
 */
export async function sentFilesAt(path: string): Promise<SentFile[]> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new UserError(`There is no file or folder ${path}.`)
  if (!found.isDirectory()) return [sentFile(basename(path), path)]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ name: relative(path, file), file }))
    .filter(({ name }) => !/(?:^|[/\\])\./.test(name))
  return files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, file }) => sentFile(name, file))
}

function sentFile(name: string, path: string): SentFile {
  return { name, path, open: () => Promise.resolve(createReadStream(path)) }
}
