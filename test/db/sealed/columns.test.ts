import { expect, test } from 'bun:test'
import { CLEAR_COLUMNS, SEALED_COLUMNS } from '../../../src/db/sealed/columns.ts'
import { openShelf } from '../../support/runner-store.ts'

const SEALED: Record<string, Record<string, unknown>> = SEALED_COLUMNS
const CLEAR: Record<string, Record<string, unknown>> = CLEAR_COLUMNS

test('every column with texts is encrypted, or there is a reason why it is not', async () => {
  const { db } = await openShelf()
  const tables = (await db.introspection.getTables()).filter(
    ({ schema }) => schema === undefined || schema === 'public',
  )
  expect(tables.length).toBeGreaterThan(30)
  const undecided: string[] = []
  const both: string[] = []
  const known = new Set<string>()
  for (const { name, columns } of tables) {
    for (const column of columns.filter(({ dataType }) => dataType.toLowerCase() === 'text')) {
      const isSealed = column.name in (SEALED[name] ?? {})
      const isClear = column.name in (CLEAR[name] ?? {}) || 'all' in (CLEAR[name] ?? {})
      if (!isSealed && !isClear) undecided.push(`${name}.${column.name}`)
      if (isSealed && isClear) both.push(`${name}.${column.name}`)
      known.add(`${name}.${column.name}`)
    }
  }
  expect(undecided).toEqual([])
  expect(both).toEqual([])
  const listed = [SEALED, CLEAR].flatMap((list) =>
    Object.entries(list).flatMap(([table, columns]) =>
      Object.keys(columns).map((column) => `${table}.${column}`),
    ),
  )
  expect(listed.filter((name) => !name.endsWith('.all') && !known.has(name))).toEqual([])
})
