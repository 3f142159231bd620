import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStore } from '../../src/files/file-store.ts'
import { later } from './bot.ts'

/** A store in a new folder, which is deleted after the test. */
export function aFileStore(): FileStore {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-files-'))
  later(() => rmSync(folder, { recursive: true, force: true }))
  return new FileStore(folder)
}
