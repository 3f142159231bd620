import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keptName } from '../../src/engine/files.ts'
import { type FileEncryption, FileStore } from '../../src/files/file-store.ts'
import { FolderHome } from '../../src/files/folder-home.ts'
import { later } from './bot.ts'
import { ENCRYPTED } from './test-database.ts'

/** Files are encrypted with this key. */
export const ENCRYPTING: FileEncryption = { isOn: true, key: () => Promise.resolve(KEY) }
/** What is encrypted can be read, and new files are not. */
export const READING: FileEncryption = { ...ENCRYPTING, isOn: false }
const KEY = new Uint8Array(32).fill(7)

/** As the run of the tests says: see test-database.ts. */
const USUAL = ENCRYPTED ? ENCRYPTING : READING

/** What a file is called where it is kept, unless a test says otherwise. */
export function usualName(sha256: string): string {
  return keptName(sha256, ENCRYPTED ? 'encrypted' : 'plain')
}

/** A store in a new folder, which is deleted after the test. */
export function aFileStore(): FileStore {
  return aFolderStore().store
}

/** The same, and where its files are. */
export function aFolderStore(encryption = USUAL) {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-files-'))
  later(() => rmSync(folder, { recursive: true, force: true }))
  const home = new FolderHome(folder)
  const path = (sha256: string) => home.path(keptName(sha256, encryption.isOn ? 'encrypted' : 'plain'))
  return { folder, store: new FileStore(folder, [], encryption), path }
}

/** What is kept under a hash, wherever that is; undefined: nothing. */
export async function textIn(
  store: Pick<FileStore, 'open'>,
  sha256: string | null | undefined,
): Promise<string | undefined> {
  const pieces = await store.open(sha256 ?? '')
  return pieces && Buffer.concat(await Array.fromAsync(pieces)).toString()
}
