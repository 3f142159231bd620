import { expect, test } from 'bun:test'
import pino from 'pino'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { raiseTaskLimit, setTaskLimit } from '../../../src/db/tasks/task-limit.ts'
import { setMonthLimit } from '../../../src/db/usage/month-limits.ts'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { parseLimit } from '../../../src/engine/limits.ts'
import { progressOf } from '../../../src/app/progress.ts'
import { TaskActions } from '../../../src/bots/handlers/task-actions.ts'
import { factsOf } from '../../../src/bots/task-facts.ts'
import { taskPrompt } from '../../../src/bots/task-prompt.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'
import { asker, textOf } from '../../wizard/support/cast.ts'
import { nano } from '../../support/nano.ts'
import { anOrder } from '../../support/runner-store.ts'
import { aDesk } from '../support/cast.ts'

async function pausedAtLimit() {
  const cast = await aDesk()
  const { db, engine, clock } = cast
  const workflow = cast.workflows[0]
  if (!workflow) throw new Error('no workflow')
  const ownerKey = 'slack:T1:U-Mei'
  const limit = parseLimit('5 USD')
  const { id } = await engine.submit(anOrder(workflow, 5, { owner: 'Mei', ownerKey, limit }))
  await db.updateTable('batch_tasks').set({ status: 'paused', at_limit: 1 }).where('id', '=', id).execute()
  const find = async () => {
    const task = await findTask(db, id)
    if (!task) throw new Error('no task')
    return task
  }
  const shown = async (locale = 'en') => {
    const task = await find()
    const progress = progressOf(task, { now: clock.now(), work: undefined, slowdown: undefined })
    return taskPrompt(
      await factsOf(db, task, { now: clock.now(), progress, pageUrl: undefined }),
      textsFor(locale),
    )
  }
  const { engineFor, timing, runtimes, hasRunner } = cast.bot
  const tasks = new TaskActions({
    bot: { db, clock, engineFor, timing, runtimes, hasRunner, log: pino({ level: 'silent' }) },
    isAdmin: () => false,
    makeResult: () => Promise.reject(new Error('no result is asked for')),
    slowdown: () => undefined,
  })
  /** One call of it has cost so much, in USD. */
  const spend = async (price: number) => {
    const row = await db
      .selectFrom('task_executions')
      .selectAll()
      .where('task_id', '=', id)
      .executeTakeFirstOrThrow()
    const run = {
      execution_id: row.id,
      attempt: 1,
      task_id: id,
      row_number: row.row_number,
      user: 'u',
      sent_at: 1,
    }
    const end = { status: 'succeeded', price_nano: nano(price), currency: 'USD' } as const
    await db
      .insertInto('runs')
      .values({ ...run, ...end })
      .execute()
  }
  return { db, workflow, tasks, id, find, shown, spend, mei: asker('Mei'), jo: asker('Jo') }
}

test('a task that is paused at its limit says so, and offers to raise it instead of a resume', async () => {
  const { shown } = await pausedAtLimit()
  const prompt = await shown()
  expect(textOf(prompt)).toContain('At its limit: $0.00 of $5.00 spent; 5 rows left')
  expect(prompt.buttons.map(({ label }) => label)).toEqual(['+$5.00', 'Stop'])
  expect((await shown('zh-CN')).buttons.map(({ label }) => label)).toEqual(['+$5.00', '停止'])
})

test('a double click raises the limit once, by what it was at first, and the task goes on', async () => {
  const { tasks, mei, id, find, db } = await pausedAtLimit()
  const said = await Promise.all([tasks.act(mei, id, 'raise'), tasks.act(mei, id, 'raise')])
  expect(said).toEqual(
    expect.arrayContaining([
      { done: expect.stringContaining('continues, up to $10.00.') },
      { refused: expect.stringContaining('is not paused at its limit any more.') },
    ]),
  )
  expect(await find()).toMatchObject({ status: 'pending', atLimit: false, limit: parseLimit('10 USD') })
  const { entries } = await listAudit(db, { limit: 10, offset: 0 })
  expect(entries.filter(({ action }) => action === 'task.limit')).toHaveLength(1)

  await db.updateTable('batch_tasks').set({ status: 'paused', at_limit: 1 }).where('id', '=', id).execute()
  await tasks.act(mei, id, 'raise')
  expect(await find()).toMatchObject({ limit: parseLimit('15 USD') })
})

test('a refused raise leaves everything as it was', async () => {
  const { tasks, mei, id, find, db, workflow } = await pausedAtLimit()
  const before = await find()
  await db.transaction().execute((trx) => {
    const usedUp = { nano: 0n, currency: 'USD' }
    return setMonthLimit(trx, { of: 'workflow', subject: workflow.id, name: workflow.name }, usedUp)
  })
  expect(await tasks.act(mei, id, 'raise')).toEqual({ refused: expect.stringContaining('for this month') })
  expect(await find()).toEqual(before)
  expect((await listAudit(db, { limit: 10, offset: 0 })).entries).toEqual([])
})

test('a raise of a limit that somebody has changed meanwhile changes nothing', async () => {
  const { db, id, find } = await pausedAtLimit()
  const raise = (from: string) =>
    db
      .transaction()
      .execute((trx) => raiseTaskLimit(trx, id, { from: parseLimit(from), to: parseLimit('10 USD') }))
  await db.transaction().execute((trx) => setTaskLimit(trx, id, parseLimit('100 USD')))
  expect(await raise('5 USD')).toBe(false)
  expect(await find()).toMatchObject({ atLimit: true, limit: parseLimit('100 USD') })
  expect(await raise('100 USD')).toBe(true)
})

test('where the calls in flight cost far more than expected, it stays paused until it is raised far enough', async () => {
  const { tasks, mei, id, find, spend } = await pausedAtLimit()
  await spend(12)
  expect(await tasks.act(mei, id, 'raise')).toEqual({
    refused: expect.stringContaining('The limit is 10.00 USD now, but 12.00 is spent already.'),
  })
  expect(await find()).toMatchObject({ status: 'paused', atLimit: true, limit: parseLimit('10 USD') })
  await tasks.act(mei, id, 'raise')
  await tasks.act(mei, id, 'raise')
  expect(await find()).toMatchObject({ status: 'paused', limit: parseLimit('20 USD') })
  await tasks.act(mei, id, 'raise')
  expect(await find()).toMatchObject({ status: 'pending', limit: parseLimit('25 USD') })
})

test('a limit in another unit is raised by what it is, not by what the first one was', async () => {
  const { db, id, find } = await pausedAtLimit()
  const set = (written: string) =>
    db.transaction().execute((trx) => setTaskLimit(trx, id, parseLimit(written)))
  await set('8 USD')
  expect((await find()).limitStep).toEqual(parseLimit('5 USD'))
  await set('200k tokens')
  expect((await find()).limitStep).toEqual(parseLimit('200k tokens'))
  await set('3 EUR')
  expect((await find()).limitStep).toEqual(parseLimit('3 EUR'))
})

test('nobody else raises it', async () => {
  const { tasks, jo, id, find } = await pausedAtLimit()
  expect(await tasks.act(jo, id, 'raise')).toEqual({ refused: expect.stringContaining('Mei') })
  expect(await find()).toMatchObject({ limit: parseLimit('5 USD'), atLimit: true })
})
