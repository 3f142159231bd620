import { describe, expect, test } from 'bun:test'
import { listOutputFiles } from '../../src/db/rows/output-files.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { setImported } from '../../src/db/workflows/imported-apps.ts'
import { openBorrowed } from '../support/test-database.ts'

const OPEN = {
  SQLite: async () => {
    const db = await openSqlite(':memory:')
    return { db, close: () => db.destroy() }
  },
  Postgres: openBorrowed,
}

describe.each(['SQLite', 'Postgres'] as const)('an empty list on %s', (name) => {
  test('has nothing in it, and everything outside of it', async () => {
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
})
