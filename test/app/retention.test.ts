import { expect, test } from 'bun:test'
import { DAY_MS, deleteOld, KEEP_ALL, type Retention } from '../../src/app/retention.ts'
import { resumeTask, retryTask, runAgain } from '../../src/app/tasks.ts'
import { writeTaskResult } from '../../src/app/results.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { sumUsage } from '../../src/db/stats/task-facts.ts'
import { findUpload } from '../../src/db/drafts/uploads.ts'
import { aBot, SETUP, tempFolder } from '../support/bot.ts'

const ALL: Retention = { ...KEEP_ALL, upload: 10, inputs: 10, outputs: 10, files: 10, log: 10 }

/** Two tasks that have ended: one of them `days` ago. */
async function ended(days: number) {
  const cast = await aBot()
  const { bot } = cast
  const old = await cast.submit(4)
  bot.startRunner()
  await cast.ended(old.id)
  const fresh = await cast.submit(2, {}, (row) => `another ${row}`)
  await cast.ended(fresh.id)
  await bot.db
    .updateTable('batch_tasks')
    .set({ finished_at: Date.now() - days * DAY_MS })
    .where('id', '=', old.id)
    .execute()
  const rowsOf = (id: string) =>
    bot.db.selectFrom('task_executions').selectAll().where('task_id', '=', id).orderBy('row_number').execute()
  return { ...cast, old, fresh, rowsOf }
}

const goOn = () => Promise.resolve(true)

test('what is old of a task is deleted by its own setting, and counts, states and money stay', async () => {
  const { bot, old, fresh, rowsOf, find } = await ended(11)
  const before = await rowsOf(old.id)
  const spent = await sumUsage(bot.db, old.id)
  await deleteOld(bot, KEEP_ALL, goOn)
  expect(await rowsOf(old.id)).toEqual(before)

  await deleteOld(bot, { ...KEEP_ALL, inputs: 10 }, goOn)
  const withoutInputs = await rowsOf(old.id)
  expect(withoutInputs.map(({ cells, inputs, input_hash }) => [cells, inputs, input_hash])).toEqual(
    before.map(() => ['[]', '{}', null]),
  )
  expect(withoutInputs.map(({ outputs }) => outputs)).toEqual(before.map(({ outputs }) => outputs))

  await deleteOld(bot, ALL, goOn)
  const rows = await rowsOf(old.id)
  const kept = (all: typeof rows) =>
    all.map(({ row_number, status, tokens, price_nano, finished_at }) => [
      row_number,
      status,
      tokens,
      price_nano,
      finished_at,
    ])
  expect(kept(rows)).toEqual(kept(before))
  expect(await sumUsage(bot.db, old.id)).toEqual(spent)
  expect((await find(old.id)).counts).toMatchObject({ total: 4, succeeded: 4 })
  expect(Object.keys((await find(old.id)).deleted).toSorted()).toEqual([
    'files',
    'inputs',
    'log',
    'outputs',
    'upload',
  ])
  const text = JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  expect(text).not.toContain('Kettle')
  expect(await findUpload(bot.db, old.uploadId)).toBeUndefined()
  const logs = await bot.db.selectFrom('execution_logs').select('id').where('task_id', '=', old.id).execute()
  expect(logs).toEqual([])

  expect((await rowsOf(fresh.id))[0]?.cells).toContain('Kettle')
  expect(await findUpload(bot.db, fresh.uploadId)).toBeDefined()
  const { entries } = await listAudit(bot.db, { action: 'task.expire' })
  expect(entries.every(({ target, who }) => target === old.id && who === 'settings')).toBe(true)
  expect(entries).toHaveLength(5)
})

test('a task whose rows were deleted does not run again, and says so; nor is there a result', async () => {
  const { bot, old, find } = await ended(11)
  await deleteOld(bot, { ...KEEP_ALL, outputs: 10 }, goOn)
  const said = /Rows of “a task” were deleted on \d{4}-\d\d-\d\d because they were old/
  for (const act of [
    () => resumeTask(bot, SETUP, old.id),
    () => retryTask(bot, SETUP, old.id),
    () => runAgain(bot, SETUP, old.id, [2]),
  ])
    await expect(act()).rejects.toThrow(said)
  const writing = writeTaskResult(bot.db, await find(old.id), 'x', {
    path: `${tempFolder()}/x.xlsx`,
    limits: bot.config.limits,
  })
  await expect(writing).rejects.toThrow('The outputs of “a task” were deleted')
})

test('a task that runs, is paused, or whose result waits to be delivered is not touched', async () => {
  const { bot, old, rowsOf } = await ended(11)
  const before = await rowsOf(old.id)
  const set = (status: 'paused' | 'running' | 'completed') =>
    bot.db.updateTable('batch_tasks').set({ status }).where('id', '=', old.id).execute()
  await bot.stopRunner(0)
  for (const status of ['paused', 'running'] as const) {
    await set(status)
    await deleteOld(bot, ALL, goOn)
    expect(await rowsOf(old.id)).toEqual(before)
  }
  await set('completed')
  const delivery = {
    task_id: old.id,
    what: 'result',
    task_end: 1,
    state: 'due',
    try_at: 0,
    created_at: 0,
  } as const
  await bot.db.insertInto('deliveries').values(delivery).execute()
  await deleteOld(bot, ALL, goOn)
  expect(await rowsOf(old.id)).toEqual(before)
})

test('a deletion that was interrupted goes on where it is marked, whatever the settings say by then', async () => {
  const { bot, old, rowsOf } = await ended(11)
  await deleteOld(bot, { ...KEEP_ALL, inputs: 10 }, () => Promise.resolve(false))
  expect((await listAudit(bot.db, { action: 'task.expire' })).total).toBe(0)
  await bot.db
    .updateTable('task_executions')
    .set({ cells: '["left over"]' })
    .where('task_id', '=', old.id)
    .execute()
  await deleteOld(bot, KEEP_ALL, goOn)
  expect((await rowsOf(old.id)).map(({ cells }) => cells)).toEqual(['[]', '[]', '[]', '[]'])
  expect((await listAudit(bot.db, { action: 'task.expire' })).total).toBe(1)
})

test('old lines of the audit are deleted, which is a line of its own', async () => {
  const { bot } = await aBot()
  const at = bot.clock.now() - 31 * DAY_MS
  const line = { who: 'mei', role: 'admin', face: 'page', action: 'sign-in' }
  for (let i = 0; i < 300; i++)
    await bot.db
      .insertInto('audit_log')
      .values({ ...line, at })
      .execute()
  await bot.db
    .insertInto('audit_log')
    .values({ ...line, at: at + 2 * DAY_MS })
    .execute()
  await deleteOld(bot, { ...KEEP_ALL, audit: 30 }, goOn)
  const { entries } = await listAudit(bot.db)
  expect(entries.map(({ action, details }) => [action, details?.['lines']])).toEqual([
    ['audit.expire', 300],
    ['sign-in', undefined],
  ])
})
