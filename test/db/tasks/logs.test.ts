import { expect, test } from 'bun:test'
import { countLogs, insertLog, listLogs } from '../../../src/db/tasks/logs.ts'
import { openShelf } from '../../support/runner-store.ts'
import { inEnglish } from '../../../src/engine/sentence.ts'

test('a log is read a page at a time, newest first, the whole task’s or one row’s', async () => {
  const { db, submit } = await openShelf()
  const { id } = await submit(2)
  for (const row of [2, 3, 2])
    await insertLog(db, {
      taskId: id,
      executionId: `${id}.${row}`,
      at: row,
      event: 'row.attempt',
      message: `${row}`,
    })
  const messages = async (page: object) =>
    (await listLogs(db, { taskId: id, ...page })).map((e) => inEnglish(e.message))

  expect(await countLogs(db, { taskId: id })).toBe(4)
  expect(await messages({ limit: 2 })).toEqual(['2', '3'])
  expect(await messages({ limit: 2, offset: 2 })).toEqual(['2', 'by mei'])
  expect(await countLogs(db, { taskId: id, executionId: `${id}.2` })).toBe(2)
  expect(await messages({ executionId: `${id}.3` })).toEqual(['3'])
  expect(await countLogs(db, { taskId: 'other', executionId: `${id}.2` })).toBe(0)
})
