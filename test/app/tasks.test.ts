import { describe, expect, test } from 'bun:test'
import { type Actor, NotAllowed } from '../../src/app/actor.ts'
import {
  deleteTask,
  findTaskFor,
  pauseTask,
  resumeTask,
  retryTask,
  runAgain,
  stopTask,
  submitTask,
  type TaskApp,
} from '../../src/app/tasks.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { versionOfRows } from '../../src/db/rows/row-states.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { UnknownTask } from '../../src/engine/engine.ts'
import { aBot, orderOf } from '../support/bot.ts'
import { refuseWrites } from '../support/refuse-writes.ts'

const OWNER: Actor = { face: 'slack', name: 'Mei', role: 'member', key: 'slack:T1:U1' }
const OTHER: Actor = { face: 'discord', name: 'Jo', role: 'member', key: 'discord::7' }
const NAMESAKE: Actor = { face: 'discord', name: 'Mei', role: 'member', key: 'discord::8' }
const ADMIN: Actor = { face: 'cli', name: 'root', role: 'admin' }
const VIEWER: Actor = { face: 'page', name: 'Vi', role: 'viewer' }

const ACTS = {
  pause: pauseTask,
  resume: resumeTask,
  stop: stopTask,
  retry: retryTask,
  delete: deleteTask,
} satisfies Record<string, (app: TaskApp, actor: Actor, id: string) => Promise<unknown>>
type Verb = keyof typeof ACTS

/** Mei’s task of three rows, one of which has failed, in a state in which the act is possible; nobody is in the audit yet. */
async function aTaskTo(verb: Verb) {
  const { bot, workflow } = await aBot()
  const { id } = await bot.engine.submit({ ...orderOf(workflow, 3), owner: 'Mei', ownerKey: 'slack:T1:U1' })
  await bot.db.updateTable('task_executions').set({ status: 'failed' }).where('row_number', '=', 3).execute()
  await bot.db.updateTable('batch_tasks').set({ failed: 1 }).execute()
  if (verb === 'resume') await bot.engine.pause(id, 'Mei')
  if (verb === 'delete') await bot.engine.stop(id, 'Mei')
  return { bot, id, entries: async () => (await listAudit(bot.db)).entries }
}

const ACTORS = { owner: OWNER, admin: ADMIN, 'another person': OTHER, 'a namesake': NAMESAKE, viewer: VIEWER }

describe.each(Object.keys(ACTS) as Verb[])('%s', (verb) => {
  test.each(['owner', 'admin'] as const)(
    'is done for the %s, and the audit says who and where',
    async (who) => {
      const { bot, id, entries } = await aTaskTo(verb)
      const before = await findTask(bot.db, id)
      const actor = ACTORS[who]
      await ACTS[verb](bot, actor, id)
      expect(await findTask(bot.db, id)).not.toEqual(before)
      const details = {
        task: 'a task',
        ...(verb === 'retry' && { rows: 1 }),
        ...(who === 'owner' && { person: 'slack:T1:U1' }),
      }
      expect(await entries()).toEqual([
        {
          id: expect.any(Number),
          at: expect.any(Number),
          who: actor.name,
          role: actor.role,
          face: actor.face,
          action: `task.${verb}`,
          target: id,
          details,
        },
      ])
    },
  )

  test.each(['another person', 'a namesake', 'viewer'] as const)(
    'is refused to %s, and nothing is changed or kept',
    async (who) => {
      const { bot, id, entries } = await aTaskTo(verb)
      const before = await findTask(bot.db, id)
      await expect(ACTS[verb](bot, ACTORS[who], id)).rejects.toThrow(NotAllowed)
      expect(await findTask(bot.db, id)).toEqual(before)
      expect(await entries()).toEqual([])
    },
  )

  test('is not done when the audit cannot be written', async () => {
    const { bot, id } = await aTaskTo(verb)
    const before = await findTask(bot.db, id)
    await refuseWrites(bot.db, 'insert', 'audit_log')
    await expect(ACTS[verb](bot, OWNER, id)).rejects.toThrow('disk full')
    expect(await findTask(bot.db, id)).toEqual(before)
  })

  test('of a task that is not there names it', async () => {
    const { bot } = await aBot()
    await expect(ACTS[verb](bot, ADMIN, 'zzzz')).rejects.toThrow(new UnknownTask('zzzz').message)
  })
})

test('what the state of a task forbids is refused, and not kept as done', async () => {
  const { bot, id, entries } = await aTaskTo('pause')
  await expect(resumeTask(bot, OWNER, id)).rejects.toThrow('cannot be resumed')
  await expect(deleteTask(bot, OWNER, id)).rejects.toThrow('cannot be deleted')
  await expect(retryTask(bot, OWNER, id, { rows: [2] })).rejects.toThrow('None of these rows has failed.')
  expect(await entries()).toEqual([])
})

describe('whoever names what they saw', () => {
  /** Row 3 of three has failed, and fails again whenever it runs. */
  async function aFailedRow() {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(3, { retries: 0 }, (row) => (row === 3 ? '[sandbox: failed]' : 'x'))
    bot.startRunner()
    const { finishedAt } = await ended(id)
    const calls = () => sandbox.hits().length
    return { bot, id, endedAt: finishedAt ?? 0, version: await versionOfRows(bot.db, id, [3]), calls, ended }
  }

  test('lets a failed row run once, and not again when it has failed once more', async () => {
    const { bot, id, version, calls, ended } = await aFailedRow()
    await retryTask(bot, ADMIN, id, { rows: [3], version })
    expect((await ended(id)).counts.failed).toBe(1)
    const called = calls()
    const late = retryTask(bot, ADMIN, id, { rows: [3], version })
    await expect(late).rejects.toThrow('A row has changed since you looked.')
    expect(calls()).toBe(called)
    expect((await findTask(bot.db, id))?.status).toBe('completed')
    // Whoever has seen that pays for it.
    await retryTask(bot, ADMIN, id, { rows: [3], version: await versionOfRows(bot.db, id, [3]) })
    await ended(id)
    expect(calls()).toBe(called + 1)
  })

  test.each<[string, typeof retryTask]>([
    ['all failed rows', retryTask],
    ['rows to look at', (app, actor, id, seen) => runAgain(app, actor, id, [2, 3], seen)],
  ])('by the end of the task lets %s run once', async (_what, act) => {
    const { bot, id, endedAt, calls, ended } = await aFailedRow()
    await act(bot, ADMIN, id, { endedAt })
    await ended(id)
    const called = calls()
    await expect(act(bot, ADMIN, id, { endedAt })).rejects.toThrow('A row has changed since you looked.')
    expect(calls()).toBe(called)
  })
})

test('who may not act on a task is told whose it is', async () => {
  const { bot, id } = await aTaskTo('pause')
  const refused = await findTaskFor(bot, OTHER, id).catch((fault: unknown) => fault)
  expect(refused).toMatchObject({ owner: 'Mei', message: 'This task is Mei’s.' })
  expect(await findTaskFor(bot, OWNER, id)).toMatchObject({ id })
})

describe('a new task', () => {
  const ofMei = { owner: 'Mei', ownerKey: 'slack:T1:U1' }

  test.each(['owner', 'admin'] as const)('is made by its %s, once in the audit', async (who) => {
    const { bot, workflow } = await aBot()
    const { id } = await submitTask(bot, ACTORS[who], { ...orderOf(workflow, 3), ...ofMei })
    expect(await findTask(bot.db, id)).toMatchObject({ owner: 'Mei', ownerKey: 'slack:T1:U1' })
    const { name, face } = ACTORS[who]
    expect((await listAudit(bot.db)).entries).toMatchObject([
      { action: 'task.create', target: id, who: name, face, details: { task: 'a task', rows: 3 } },
    ])
  })

  test.each(['another person', 'viewer'] as const)('is not made in somebody’s name by %s', async (who) => {
    const { bot, workflow } = await aBot()
    const submitted = submitTask(bot, ACTORS[who], { ...orderOf(workflow, 3), ...ofMei })
    await expect(submitted).rejects.toThrow(NotAllowed)
    expect(await bot.db.selectFrom('batch_tasks').selectAll().execute()).toEqual([])
    expect((await listAudit(bot.db)).entries).toEqual([])
  })

  test('that cannot be made leaves nothing in the audit', async () => {
    const { bot, workflow } = await aBot()
    const off = { ...orderOf(workflow, 3), workflow: { ...workflow, enabled: false } }
    await expect(submitTask(bot, ADMIN, off)).rejects.toThrow('switched off')
    const gone = { ...orderOf(workflow, 3), draft: { id: 'none', nonce: 'none', inChat: false } }
    await expect(submitTask(bot, ADMIN, gone)).rejects.toThrow()
    expect((await listAudit(bot.db)).entries).toEqual([])
  })
})
