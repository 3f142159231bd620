import { expect, test } from 'bun:test'
import { durationSpread, settledPerBucket } from '../../../src/db/stats/pace.ts'
import { settleRows } from '../../support/settle-rows.ts'
import { openShelf } from '../../support/runner-store.ts'

async function settledTask(fates: Parameters<typeof settleRows>[2]) {
  const runnerStore = await openShelf()
  const { id } = await runnerStore.submit(fates.length + 1)
  await settleRows(runnerStore.db, id, fates)
  return { ...runnerStore, id }
}

test('rows are counted by the part of the time in which they were settled', async () => {
  const at = [999, 1_000, 1_499, 1_500, 2_999, 3_000]
  const { db, id } = await settledTask(at.map((at, i) => (i % 2 ? { error: 'x', at } : { outputs: {}, at })))
  expect(await settledPerBucket(db, id, { from: 1_000, to: 3_000, buckets: 4 })).toEqual([2, 1, 0, 1])
  expect(await settledPerBucket(db, id, { from: 0, to: 10_000, buckets: 1 })).toEqual([6])
  expect(await settledPerBucket(db, id, { from: 0, to: 10_000, buckets: 0 })).toEqual([])
})

test('rows are spread by how long they took, in buckets that grow', async () => {
  const { db, id } = await settledTask([
    ...[1, 1.5, 3, 16].map((seconds) => ({ outputs: {}, seconds })),
    { error: 'Broke.' },
  ])
  const spread = await durationSpread(db, id, 4)
  expect(spread?.buckets.map(({ count }) => count)).toEqual([2, 1, 0, 1])
  const ends = spread?.buckets.flatMap(({ fromSeconds, toSeconds }) => [fromSeconds, toSeconds])
  expect(ends?.map((end) => Math.round(end * 100) / 100)).toEqual([1, 2, 2, 4, 4, 8, 8, 16])
  expect(spread).toMatchObject({ p50Seconds: 1.5, p95Seconds: 16 })
})

test('rows that all took the same time are one bucket, and those that took no time are in the first', async () => {
  const alike = await settledTask([2, 2].map((seconds) => ({ outputs: {}, seconds })))
  expect(await durationSpread(alike.db, alike.id)).toEqual({
    buckets: [{ fromSeconds: 2, toSeconds: 2, count: 2 }],
    p50Seconds: 2,
    p95Seconds: 2,
  })
  const quick = await settledTask([0, 1].map((seconds) => ({ outputs: {}, seconds })))
  expect((await durationSpread(quick.db, quick.id, 2))?.buckets.map(({ count }) => count)).toEqual([1, 1])
})

test('without a succeeded row there is no spread', async () => {
  const { db, id } = await settledTask([{ error: 'Broke.' }])
  expect(await durationSpread(db, id)).toBeUndefined()
})
