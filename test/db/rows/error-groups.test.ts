import { expect, test } from 'bun:test'
import { failedRowNumbers, listErrorGroups } from '../../../src/db/rows/error-groups.ts'
import { settleRows } from '../../support/settle-rows.ts'
import { openShelf } from '../../support/runner-store.ts'

async function failedTask(errors: string[]) {
  const runnerStore = await openShelf()
  const { id } = await runnerStore.submit(errors.length + 1)
  await settleRows(
    runnerStore.db,
    id,
    errors.map((error, i) => ({ error, at: 3_000_000 + i })),
  )
  return { ...runnerStore, id }
}

test('errors with the same key are one group under their most frequent text; frequent groups come first', async () => {
  const { db, id } = await failedTask(['No tool.', 'Took 60 s.', 'Took 300 s.', 'Took 300 s.'])
  expect(await listErrorGroups(db, id, 10)).toEqual([
    {
      message: 'Took 300 s.',
      said: 'Took 300 s.',
      errors: ['Took 300 s.', 'Took 60 s.'],
      count: 3,
      rows: [3, 4, 5],
    },
    { message: 'No tool.', said: 'No tool.', errors: ['No tool.'], count: 1, rows: [2] },
  ])
})

test('of two equally frequent groups, the one with the latest failure is first', async () => {
  const { db, id } = await failedTask(['Old.', 'New.'])
  expect((await listErrorGroups(db, id, 10)).map(({ message }) => message)).toEqual(['New.', 'Old.'])
  expect(await listErrorGroups(db, id, 1)).toMatchObject([{ message: 'New.' }])
})

test('any text of a group gives all its rows', async () => {
  const { db, engine, id } = await failedTask(['No tool.', 'Took 60 s.', 'Took 300 s.'])
  expect(await failedRowNumbers(db, id, ['Took 60 s.'])).toEqual([3, 4])
  expect(await failedRowNumbers(db, id, ['Took 1 s.', 'No tool.'])).toEqual([2, 3, 4])
  expect(await failedRowNumbers(db, id, [])).toEqual([])
  await engine.retry(id, 'mei', [3])
  expect(await failedRowNumbers(db, id, ['Took 60 s.'])).toEqual([4])
})

test('a group names 20 rows and 20 texts at most, and counts them all', async () => {
  const { db, id } = await failedTask(Array.from({ length: 30 }, (_, i) => `Took ${i} s.`))
  const [group] = await listErrorGroups(db, id, 10)
  expect(group).toMatchObject({ count: 30 })
  expect(group?.rows).toEqual(Array.from({ length: 20 }, (_, i) => i + 2))
  expect(group?.errors).toHaveLength(20)
})

test('a thousand different errors make 500 groups', async () => {
  const { db, submit } = await openShelf()
  const { id } = await submit(1_000)
  const letters = 'abcdefghij'
  for (let i = 0; i < 1_000; i++) {
    const word = [...String(i).padStart(3, '0')].map((digit) => letters[Number(digit)]).join('')
    await db
      .updateTable('task_executions')
      .set({ status: 'failed', error: `Broke at ${word}.` })
      .where('id', '=', `${id}.${i + 2}`)
      .execute()
  }
  expect(await listErrorGroups(db, id, 1_000)).toHaveLength(500)
})

test('every failed row is counted, also when there are more than one query reads', async () => {
  const { db, submit } = await openShelf()
  const { id } = await submit(4_500)
  await db.updateTable('task_executions').set({ status: 'failed', error: 'Broke.' }).execute()
  expect(await listErrorGroups(db, id, 10)).toMatchObject([{ message: 'Broke.', count: 4_500 }])
  const numbers = await failedRowNumbers(db, id, ['Broke.'])
  expect([numbers.length, numbers.at(-1)]).toEqual([4_500, 4_501])
})
