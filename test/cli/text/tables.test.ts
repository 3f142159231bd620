import { expect, test } from 'bun:test'
import { summaryLines } from '../../../src/cli/text/summary.ts'
import { taskTable } from '../../../src/cli/text/tasks.ts'
import { type TaskView, findTask } from '../../../src/db/tasks/tasks.ts'
import { openShelf } from '../../support/runner-store.ts'

async function aTask(change: Partial<TaskView>): Promise<TaskView> {
  const { db, submit } = await openShelf()
  const task = await findTask(db, (await submit(3)).id)
  if (!task) throw new Error('no task')
  return { ...task, createdAt: 0, ...change }
}

test('tasks are a table, the names last', async () => {
  const [one, other] = [
    await aTask({ id: 'k7f2', name: '商品' }),
    await aTask({ id: '商', name: 'products' }),
  ]
  const counts = { total: 3, succeeded: 1, failed: 1, cancelled: 1, left: 0 }
  const lines = taskTable([one, { ...other, status: 'cancelled', counts }])
  const at = (line = '') => Bun.stringWidth(line.slice(0, line.search(/商品|products/)))
  expect(lines[1]).toStartWith('商    cancelled  2/3  1 failed  ')
  expect(at(lines[0])).toBe(at(lines[1]))
})

test('the rows of each error stand under each other, in any script', async () => {
  const failures = [
    { error: '模型拒绝了输入', count: 2, rows: [31, 88] },
    { error: 'Timed out.', count: 1, rows: [140] },
    { error: 'x'.repeat(90), count: 9, rows: [3] },
  ]
  const task = { ...(await aTask({ status: 'completed', startedAt: 0, finishedAt: 1_000 })), workedMs: 1_000 }
  const [, ...lines] = summaryLines({
    task,
    failures,
    spent: { tokens: 0, prices: [], unpriced: 0, unknownCalls: 0 },
    flagged: { rows: [], groups: [], edited: 0, kept: 0 },
  })
  const at = (line = '') => Bun.stringWidth(line.slice(0, line.indexOf('  row')))
  expect(at(lines[0])).toBe(at(lines[1]))
  expect(lines[0]).toEndWith('  rows 31, 88')
  expect(lines[2]).toEndWith('x  rows 3, …')
})
