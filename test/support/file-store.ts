import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStore } from '../../src/files/file-store.ts'
import { FolderHome } from '../../src/files/folder-home.ts'
import { later } from './bot.ts'

/** A store in a new folder, which is deleted after the test. */
export function aFileStore(): FileStore {
  return aFolderStore().store
}

/** The same, and where its files are. */
export function aFolderStore() {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-files-'))
  later(() => rmSync(folder, { recursive: true, force: true }))
  const home = new FolderHome(folder)
  return { folder, store: new FileStore(folder), path: (sha256: string) => home.path(sha256) }
}

/** What is kept under a hash, wherever that is; undefined: nothing. */
export async function textIn(
  store: Pick<FileStore, 'open'>,
  sha256: string | null | undefined,
): Promise<string | undefined> {
  const pieces = await store.open(sha256 ?? '')
  return pieces && Buffer.concat(await Array.fromAsync(pieces)).toString()
}
