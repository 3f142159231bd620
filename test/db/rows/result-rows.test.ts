import { expect, test } from 'bun:test'
import { outputNames, resultRows } from '../../../src/db/rows/result-rows.ts'
import { settleRows } from '../../support/settle-rows.ts'
import { openShelf } from '../../support/runner-store.ts'
import { ENCRYPTED } from '../../support/test-database.ts'

const MEGABYTE = 'x'.repeat(2 ** 20)

// Encrypted, they are a third larger: fewer come at a time.
test.skipIf(ENCRYPTED)('large rows of a result come a few at a time, and none is missing', async () => {
  const { db, submit } = await openShelf()
  const { id } = await submit(8)
  await settleRows(
    db,
    id,
    Array.from({ length: 8 }, () => ({ outputs: { text: MEGABYTE.repeat(3) } })),
  )
  const chunks: number[][] = []
  for await (const rows of resultRows(db, id)) chunks.push(rows.map(({ row }) => row))
  expect(chunks).toEqual([
    [2, 3, 4],
    [5, 6, 7],
    [8, 9],
  ])
})

test('small rows come in chunks of 500, with those that were left out in their place', async () => {
  const { db, submit } = await openShelf()
  const leftOut = [{ row: 503, cells: ['Mug'], fault: 'B503: Name is empty.' }]
  const { id } = await submit(501, { leftOut })
  const chunks: number[][] = []
  for await (const rows of resultRows(db, id)) chunks.push(rows.map(({ row }) => row))
  expect(chunks.map((rows) => rows.length)).toEqual([500, 2])
  expect(chunks.flat()).toEqual(Array.from({ length: 502 }, (_, i) => i + 2))
})

test('the names of all outputs are found, however large the answers', async () => {
  const { db, submit } = await openShelf()
  const { id } = await submit(4)
  await settleRows(db, id, [
    { outputs: { text: MEGABYTE.repeat(9) } },
    { outputs: { constructor: 'a', text: 'b' } },
    { error: 'No.' },
    { outputs: { late: MEGABYTE } },
  ])
  expect(await outputNames(db, id)).toEqual(['text', 'constructor', 'late'])
})
