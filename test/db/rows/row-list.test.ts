import { describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { listLeftOut } from '../../../src/db/rows/left-out.ts'
import {
  countRowsByStatus,
  findListedRow,
  listRowPage,
  type RowFilter,
} from '../../../src/db/rows/row-list.ts'
import type { RowOrder } from '../../../src/engine/row-column.ts'
import { settleRows } from '../../support/settle-rows.ts'
import { openShelf } from '../../support/runner-store.ts'

const ALL = { limit: 50, offset: 0 }
const SLOW = (seconds: number) => `It took longer than ${seconds} s.`

/** Rows 2 to 8: done, failed, failed, failed, running, and two that wait. */
async function aTask() {
  const runnerStore = await openShelf()
  const { db } = runnerStore
  const { id } = await runnerStore.submit(7, {
    leftOut: [
      { row: 9, cells: ['Mug'], fault: 'B9: Name is empty.' },
      { row: 10, cells: ['Cup'], fault: 'B10: Name is empty.' },
    ],
  })
  await settleRows(db, id, [
    { outputs: { text: 'Says “"boils"”' }, seconds: 2 },
    { error: SLOW(60) },
    { error: 'No such tool.' },
    { error: SLOW(300) },
    'running',
  ])
  const numbers = async (filter: RowFilter, page = ALL) =>
    (await listRowPage(db, id, filter, page)).rows.map(({ row }) => row)
  return { ...runnerStore, id, numbers }
}

describe('a page of rows', () => {
  test('is in the sheet’s order, and knows how many there are on all pages', async () => {
    const { db, id, numbers } = await aTask()
    expect(await numbers({})).toEqual([2, 3, 4, 5, 6, 7, 8])
    expect(await numbers({}, { limit: 2, offset: 4 })).toEqual([6, 7])
    expect(await listRowPage(db, id, {}, { limit: 2, offset: 40 })).toEqual({ rows: [], total: 7 })
  })

  test('shows what went in and what came out', async () => {
    const { db, id } = await aTask()
    const { rows } = await listRowPage(db, id, {}, { limit: 2, offset: 0 })
    expect(rows[0]).toMatchObject({
      row: 2,
      status: 'succeeded',
      cells: ['Kettle 2'],
      inputs: { name: 'Kettle 2' },
      outputs: { text: 'Says “"boils"”' },
      attempts: 1,
      attemptedAt: 2_000_000,
      finishedAt: 2_000_000,
      availableAt: 0,
    })
    expect(rows[1]).toMatchObject({ row: 3, status: 'failed', error: SLOW(60), outputs: null })
  })

  test('filters by one state and by several, and keeps the sheet’s order', async () => {
    const { db, id, numbers } = await aTask()
    expect(await numbers({ statuses: ['failed'] })).toEqual([3, 4, 5])
    expect(await numbers({ statuses: ['pending', 'succeeded', 'running'] })).toEqual([2, 6, 7, 8])
    expect(await numbers({ statuses: ['failed', 'succeeded'] }, { limit: 2, offset: 1 })).toEqual([3, 4])
    expect(await listRowPage(db, id, { statuses: ['failed', 'pending'] }, ALL)).toMatchObject({ total: 5 })
    expect(await numbers({ statuses: ['cancelled'] })).toEqual([])
  })

  test('begins after a row of the sheet, and counts what comes after it', async () => {
    const { db, id, numbers } = await aTask()
    const rest = (filter: RowFilter) => listRowPage(db, id, filter, { limit: 1, offset: 0 })
    expect(await numbers({ after: 4 })).toEqual([5, 6, 7, 8])
    expect(await numbers({ after: 8 })).toEqual([])
    expect(await rest({ after: 3, statuses: ['failed', 'running'] })).toMatchObject({
      rows: [{ row: 4 }],
      total: 3,
    })
    expect(await rest({ after: 3, errors: [SLOW(60)] })).toMatchObject({ rows: [{ row: 5 }], total: 1 })
  })

  test('filters by an error, with all errors of its group', async () => {
    const { db, id, numbers } = await aTask()
    expect(await numbers({ errors: [SLOW(60)] })).toEqual([3, 5])
    expect(await numbers({ errors: [SLOW(60), 'No such tool.'], search: 'tool' })).toEqual([4])
    expect(await numbers({ errors: [SLOW(60)], statuses: ['succeeded'] })).toEqual([])
    expect(await listRowPage(db, id, { errors: [SLOW(1)] }, { limit: 1, offset: 1 })).toMatchObject({
      rows: [{ row: 5 }],
      total: 2,
    })
  })

  test('a row that waits again after its error has not failed with it', async () => {
    const { engine, id, numbers } = await aTask()
    await engine.retry(id, 'mei', [3])
    expect(await numbers({ errors: [SLOW(60)] })).toEqual([5])
  })

  test('searches cells, outputs and errors', async () => {
    const { numbers } = await aTask()
    expect(await numbers({ search: 'kettle 7' })).toEqual([7])
    expect(await numbers({ search: '"BOILS"' })).toEqual([2])
    expect(await numbers({ search: 'tool.' })).toEqual([4])
    expect(await numbers({ search: '%' })).toEqual([])
    expect(await numbers({ search: 'kettle', statuses: ['running', 'pending'] })).toEqual([6, 7, 8])
  })

  test('finds a row far down a long sheet', async () => {
    const { db, submit } = await openShelf()
    const { id } = await submit(12_000)
    expect(await listRowPage(db, id, { search: 'Kettle 11999' }, ALL)).toMatchObject({
      rows: [{ row: 11_999 }],
      total: 1,
    })
  })

  test('searches one column as it is shown: with a person’s value in place of the machine’s', async () => {
    const { db, numbers } = await aTask()
    const edits = { text: { value: 'Simmers', by: 'mei', at: 1 } }
    await db
      .updateTable('task_executions')
      .set({ edited_outputs: JSON.stringify(edits) })
      .where('row_number', '=', 2)
      .execute()
    const column = { of: 'outputs', name: 'text' } as const
    expect(await numbers({ search: 'simmers', column })).toEqual([2])
    expect(await numbers({ search: 'simmers' })).toEqual([2])
    expect(await numbers({ search: 'boils', column })).toEqual([])
    expect(await numbers({ search: 'mei', column })).toEqual([])
    expect(await numbers({ search: 'kettle', column: { of: 'inputs', name: 'name' } })).toHaveLength(7)
    expect(
      await numbers({ errors: [SLOW(60)], search: 'kettle 5', column: { of: 'inputs', name: 'name' } }),
    ).toEqual([5])
  })

  test('has no row of another task', async () => {
    const { db, submit } = await aTask()
    const other = await submit(1)
    expect(await listRowPage(db, other.id, { search: 'Kettle' }, ALL)).toMatchObject({ total: 1 })
    expect(await listRowPage(db, other.id, {}, ALL)).toMatchObject({ rows: [{ row: 2 }], total: 1 })
  })
})

describe('rows in an order', () => {
  const sorted = (by: RowOrder['by'], isDescending = false): RowFilter => ({ order: { by, isDescending } })

  test('come from the last of the sheet to the first, in some states or all, and a page at a time', async () => {
    const { numbers } = await aTask()
    expect(await numbers(sorted('row', true))).toEqual([8, 7, 6, 5, 4, 3, 2])
    expect(await numbers(sorted('row', true), { limit: 2, offset: 2 })).toEqual([6, 5])
    expect(await numbers({ ...sorted('row', true), statuses: ['failed', 'succeeded'] })).toEqual([5, 4, 3, 2])
    expect(await numbers({ ...sorted('row', true), search: 'kettle', statuses: ['failed'] })).toEqual([
      5, 4, 3,
    ])
  })

  test('by seconds and price, those without any last, equal ones as in the sheet', async () => {
    const { db, numbers } = await aTask()
    const took = { 2: [9, 4_000_000_000n], 3: [2, 90n], 4: [null, null], 5: [9, null], 6: [10, 90n] } as const
    for (const [row, [seconds, price]] of Object.entries(took))
      await db
        .updateTable('task_executions')
        .set({ seconds, price_nano: price })
        .where('row_number', '=', Number(row))
        .execute()
    expect(await numbers(sorted('seconds'))).toEqual([3, 2, 5, 6, 4, 7, 8])
    expect(await numbers(sorted('seconds', true))).toEqual([6, 2, 5, 3, 4, 7, 8])
    expect(await numbers(sorted('price', true))).toEqual([2, 3, 6, 4, 5, 7, 8])
    expect(await numbers({ ...sorted('seconds', true), statuses: ['failed'] })).toEqual([5, 3, 4])
    expect(await numbers({ ...sorted('seconds', true), errors: [SLOW(60)] })).toEqual([5, 3])
    expect(await numbers({ ...sorted('seconds', true), search: 'kettle 3' })).toEqual([3])
  })

  test('by a column: numbers by size, then texts whatever their case, a person’s value as such', async () => {
    const { db, numbers } = await aTask()
    const given = { 2: '10', 3: 9, 4: 'beta', 5: 'Alpha', 6: ['list'], 7: ' ', 8: '1.5' }
    for (const [row, text] of Object.entries(given))
      await db
        .updateTable('task_executions')
        .set({ outputs: JSON.stringify({ text }), inputs: JSON.stringify({ name: text }) })
        .where('row_number', '=', Number(row))
        .execute()
    const rising = [8, 3, 2, 6, 5, 4, 7]
    expect(await numbers(sorted({ of: 'inputs', name: 'name' }))).toEqual(rising)
    expect(await numbers(sorted({ of: 'outputs', name: 'text' }))).toEqual(rising)
    expect(await numbers(sorted({ of: 'outputs', name: 'text' }, true))).toEqual([4, 5, 6, 2, 3, 8, 7])
    expect(await numbers(sorted({ of: 'outputs', name: 'nothing' }))).toEqual([2, 3, 4, 5, 6, 7, 8])
    await db
      .updateTable('task_executions')
      .set({ edited_outputs: JSON.stringify({ text: { value: 'zeta', by: 'mei', at: 1 } }) })
      .where('row_number', '=', 8)
      .execute()
    expect(await numbers(sorted({ of: 'outputs', name: 'text' }))).toEqual([3, 2, 6, 5, 4, 8, 7])
  })

  test('are in order over all windows of a long sheet', async () => {
    const { db, submit } = await openShelf()
    const { id } = await submit(9_001)
    await db
      .updateTable('task_executions')
      .set({ seconds: sql<number>`(row_number * 7919) % 1000` })
      .execute()
    const { rows, total } = await listRowPage(db, id, sorted('seconds', true), { limit: 9_001, offset: 0 })
    const wanted = rows.map(({ row }) => row).toSorted((a, b) => secondsOf(b) - secondsOf(a) || a - b)
    expect(total).toBe(9_001)
    expect(rows.map(({ row }) => row)).toEqual(wanted)
    expect(new Set(wanted).size).toBe(9_001)
    function secondsOf(row: number) {
      return (row * 7919) % 1000
    }
  })
})

test('one row is found by its number', async () => {
  const { db, id } = await aTask()
  expect(await findListedRow(db, id, 4)).toMatchObject({ row: 4, error: 'No such tool.' })
  expect(await findListedRow(db, id, 9)).toBeUndefined()
})

test('rows that were left out are listed with their fault', async () => {
  const { db, id } = await aTask()
  expect(await listLeftOut(db, id, { limit: 1, offset: 1 })).toEqual({
    rows: [{ row: 10, cells: ['Cup'], fault: 'B10: Name is empty.' }],
    total: 2,
  })
})

test('rows are counted by state, running ones separately from waiting ones', async () => {
  const { db, id } = await aTask()
  expect(await countRowsByStatus(db, id)).toEqual({
    pending: 2,
    running: 1,
    waiting: 0,
    succeeded: 1,
    failed: 3,
    cancelled: 0,
  })
  expect(await countRowsByStatus(db, 'none')).toMatchObject({ pending: 0, running: 0 })
})
