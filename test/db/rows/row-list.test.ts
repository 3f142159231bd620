import { describe, expect, test } from 'bun:test'
import { listLeftOut } from '../../../src/db/rows/left-out.ts'
import {
  countRowsByStatus,
  findListedRow,
  listRowPage,
  type RowFilter,
} from '../../../src/db/rows/row-list.ts'
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

  test('has no row of another task', async () => {
    const { db, submit } = await aTask()
    const other = await submit(1)
    expect(await listRowPage(db, other.id, { search: 'Kettle' }, ALL)).toMatchObject({ total: 1 })
    expect(await listRowPage(db, other.id, {}, ALL)).toMatchObject({ rows: [{ row: 2 }], total: 1 })
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
