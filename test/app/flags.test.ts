import { expect, test } from 'bun:test'
import { judgeTask } from '../../src/app/flags.ts'
import { runAgain } from '../../src/app/tasks.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { aBot, orderOf } from '../support/bot.ts'
import { aJudgedTask, GOOD, OWNER, settleAll } from '../support/judged-task.ts'

test('what there is to look at is found by its reason, with the rows of the sheet', async () => {
  const { flagged } = await aJudgedTask()
  expect(await flagged()).toEqual({
    rows: [2, 3],
    groups: [
      { code: 'empty', rows: [2] },
      { code: 'refusal', rows: [3] },
    ],
    edited: 0,
    kept: 0,
  })
})

test('nothing is said of a task that runs, that was never judged, or of which rows have run since', async () => {
  const { bot, flagged } = await aJudgedTask()
  const set = (values: object) => bot.db.updateTable('batch_tasks').set(values).execute()
  for (const values of [{ status: 'running' }, { judged: null }, { judged: 11 }]) {
    await set(values)
    expect((await flagged()).rows).toEqual([])
    await set({ status: 'completed', judged: 12 })
  }
  expect((await flagged()).rows).toEqual([2, 3])
})

test('judging again takes back what no longer holds', async () => {
  const { bot, id, flagged } = await aJudgedTask()
  await bot.db
    .updateTable('task_executions')
    .set({ outputs: JSON.stringify(GOOD[0]) })
    .where('row_number', '=', 2)
    .execute()
  await judgeTask(bot.db, id)
  expect((await flagged()).rows).toEqual([3])
})

test('rows that failed are no longer among them', async () => {
  const { bot, flagged } = await aJudgedTask([{ error: 'no' }])
  await bot.db.updateTable('task_executions').set({ status: 'failed' }).where('row_number', '=', 2).execute()
  expect((await flagged()).rows).toEqual([3])
})

test('rows to look at run again, their outputs stay until there are new ones, and the audit says so', async () => {
  const { bot, id, task, flagged } = await aJudgedTask()
  expect(await runAgain(bot, OWNER, id)).toMatchObject({ rows: 2 })
  expect((await task()).counts).toMatchObject({ succeeded: 10, left: 2 })
  expect((await flagged()).rows).toEqual([])
  const waiting = await bot.db
    .selectFrom('task_executions')
    .select(['row_number', 'outputs'])
    .where('status', '=', 'pending')
    .execute()
  expect(waiting.map(({ row_number, outputs }) => [row_number, outputs !== null])).toEqual([
    [2, true],
    [3, true],
  ])
  const { entries } = await listAudit(bot.db)
  expect(entries[0]).toMatchObject({ action: 'task.again', who: 'Mei', target: id, details: { rows: 2 } })

  await settleAll(bot.db, id, [{ outputs: { text: '' } }, { error: 'no' }])
  expect((await task()).counts).toMatchObject({ succeeded: 11, failed: 1, left: 0 })
  expect((await flagged()).rows).toEqual([2])
})

test('a task that was paused with rows left does not run these, too, because others run again', async () => {
  const { bot, id, task } = await aJudgedTask()
  const row = { status: 'pending', finished_at: null } as const
  await bot.db.updateTable('task_executions').set(row).where('row_number', '=', 13).execute()
  await bot.db.updateTable('batch_tasks').set({ status: 'paused', succeeded: 11, judged: 11 }).execute()
  await expect(runAgain(bot, OWNER, id)).rejects.toThrow('the row that is left would run, too.')
  expect(await task()).toMatchObject({ status: 'paused', counts: { succeeded: 11, left: 1 } })
})

test('where nothing is to look at, nothing runs again', async () => {
  const { bot, workflow } = await aBot()
  const { id } = await bot.engine.submit({ ...orderOf(workflow, 2), owner: 'Mei', ownerKey: OWNER.key })
  await expect(runAgain(bot, OWNER, id)).rejects.toThrow(`There is nothing to look at in task ${id}.`)
})

test('while a large task is judged, everybody else has turns, and rows that run again meanwhile count', async () => {
  const { bot, workflow } = await aBot()
  const { id } = await bot.engine.submit(orderOf(workflow, 1_000))
  const outputs = JSON.stringify(GOOD[0])
  await bot.db.updateTable('task_executions').set({ status: 'succeeded', attempt: 1, outputs }).execute()
  await bot.db.updateTable('batch_tasks').set({ status: 'running', succeeded: 1_000 }).execute()
  let turns = 0
  const turn = () => {
    turns++
    next = setImmediate(turn)
  }
  let next = setImmediate(turn)
  await judgeTask(bot.db, id)
  clearImmediate(next)
  expect(turns).toBeGreaterThan(10)
  expect(await findTask(bot.db, id)).toMatchObject({ judged: 1_000 })

  const judging = judgeTask(bot.db, id)
  await bot.engine.runAgain(id, 'Mei', { rows: [2] })
  await judging
  expect(await findTask(bot.db, id)).toMatchObject({ judged: null })
})
