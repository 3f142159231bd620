import { describe, expect, test } from 'bun:test'
import { listOutputFiles } from '../../src/db/rows/output-files.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { findImported, setImported } from '../../src/db/workflows/imported-apps.ts'
import { openBorrowed } from '../support/test-database.ts'

const OPEN = {
  SQLite: async () => {
    const db = await openSqlite(':memory:')
    return { db, close: () => db.destroy() }
  },
  Postgres: openBorrowed,
}

describe.each(['SQLite', 'Postgres'] as const)('on %s', (name) => {
  test('an empty list has nothing in it, and everything outside of it', async () => {
    const { db, close } = await OPEN[name]()
    try {
      expect(await listOutputFiles(db, 't1', { rows: [] })).toEqual([])
      await db.transaction().execute((trx) => setImported(trx, 'https://dify.example', 'a1', 'w1'))
      const apps = db.selectFrom('imported_apps').select('app_id')
      expect(await apps.where('app_id', 'in', []).execute()).toEqual([])
      expect(await apps.where('app_id', 'not in', []).execute()).toEqual([{ app_id: 'a1' }])
      const either = apps.where((eb) => eb.or([eb('app_id', 'in', []), eb('workflow_id', 'in', ['w1'])]))
      expect(await either.execute()).toEqual([{ app_id: 'a1' }])
    } finally {
      await close()
    }
  })

  test('nothing is found by an id with a character 0', async () => {
    const { db, close } = await OPEN[name]()
    try {
      await db.transaction().execute((trx) => setImported(trx, 'https://dify.example', 'a1', 'w1'))
      expect(await findImported(db, 'https://dify.example', 'a1\0')).toBeUndefined()
      expect(await findImported(db, 'https://dify.example', '\0')).toBeUndefined()
    } finally {
      await close()
    }
  })
})
