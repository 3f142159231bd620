import { expect, test } from 'bun:test'
import Database from 'better-sqlite3'
import { unopened } from '../../src/cli/unopened.ts'
import { UserError } from '../../src/engine/user-error.ts'

/** What SQLite throws for these codes. */
const fault = (code: string) => new Database.SqliteError('cannot be done', code)

test.each([
  ['SQLITE_FULL', 'Is the disk full?'],
  ['SQLITE_IOERR_WRITE', 'Is the disk full?'],
  ['SQLITE_CANTOPEN', 'may read and write the file'],
  ['SQLITE_READONLY_DIRECTORY', 'may read and write the file'],
  ['SQLITE_NOTADB', 'from a backup'],
  ['SQLITE_CORRUPT', 'from a backup'],
  ['SQLITE_ERROR', 'report this'],
])('%s: only a damaged database is to be put back from a backup, which is older', (code, words) => {
  const said = unopened(fault(code), 'data')
  expect(said).toBeInstanceOf(UserError)
  expect(said.hint).toContain(words)
})
