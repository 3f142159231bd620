import { describe, expect, test } from 'bun:test'
import {
  countTasksByStatus,
  findListedTask,
  listTaskPage,
  type TaskFilter,
} from '../../../src/db/tasks/task-list.ts'
import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'
import { totals } from '../../../src/db/stats/totals.ts'
import { countTasksByWorkflow } from '../../../src/db/workflows/workflows.ts'
import type { Submission } from '../../../src/engine/engine.ts'
import { settleRows } from '../../support/settle-rows.ts'
import { APP, anOrder, aWorkflow, openShelf } from '../../support/runner-store.ts'

const ALL = { limit: 50, offset: 0 }

/** Four tasks, oldest first: kettles and mugs of one workflow, letters of another, and one with odd characters. */
async function aList() {
  const runnerStore = await openShelf()
  const { db, clock, engine, workflow } = runnerStore
  const translate = await aWorkflow(db, { ...APP, name: 'Translate' })
  const submit = async (submission: Submission) => {
    await clock.pass(1_000)
    return engine.submit(submission)
  }
  const named = (name: string, more: Partial<Submission> = {}, of = workflow) =>
    submit(anOrder(of, 2, { parameters: { name }, ...more }))

  const kettles = await named('Kettles', { owner: 'Mei', ownerKey: 'slack:T1:U1' })
  const mugs = await named('Mugs', { owner: 'Jo', ownerKey: 'discord:1:2' })
  const letters = await named('Letters', { owner: 'Ana' }, translate)
  const odd = await named(String.raw`100%_off\now`)
  await engine.pause(mugs.id, 'Jo')
  await settleRows(db, kettles.id, [{ outputs: {} }, 'running'])
  const names = async (filter: TaskFilter, page = ALL) =>
    (await listTaskPage(db, filter, page)).tasks.map(({ name }) => name)
  return { ...runnerStore, translate, kettles, mugs, letters, odd, names }
}

describe('a page of tasks', () => {
  test('is newest first, and knows how many there are on all pages', async () => {
    const { db, names } = await aList()
    expect(await names({})).toEqual([String.raw`100%_off\now`, 'Letters', 'Mugs', 'Kettles'])
    const { tasks, total } = await listTaskPage(db, {}, { limit: 2, offset: 1 })
    expect(tasks.map(({ name }) => name)).toEqual(['Letters', 'Mugs'])
    expect(total).toBe(4)
    expect(await listTaskPage(db, {}, { limit: 2, offset: 4 })).toEqual({ tasks: [], total: 4 })
  })

  test('filters by state, by workflow, and by both', async () => {
    const { names, workflow, translate } = await aList()
    expect(await names({ statuses: ['paused', 'running'] })).toEqual(['Mugs', 'Kettles'])
    expect(await names({ workflowId: translate.id })).toEqual(['Letters'])
    expect(await names({ workflowId: workflow.id, statuses: ['paused'] })).toEqual(['Mugs'])
    expect(await names({ statuses: ['paused', 'paused'] }, { limit: 1, offset: 1 })).toEqual([])
    expect(await names({ statuses: [] })).toHaveLength(4)
  })

  test('searches name, file, owner and id; upper and lower case are the same', async () => {
    const { names, letters } = await aList()
    expect(await names({ search: 'KETTL' })).toEqual(['Kettles'])
    expect(await names({ search: 'jo' })).toEqual(['Mugs'])
    expect(await names({ search: 'Products.XLSX' })).toHaveLength(4)
    expect(await names({ search: letters.id.toUpperCase() })).toEqual(['Letters'])
    expect(await names({ search: '  ' })).toHaveLength(4)
    expect(await names({ search: 'no such thing' })).toEqual([])
  })

  test('takes %, _ and \\ literally', async () => {
    const { names, odd } = await aList()
    for (const search of ['%', '_', '\\', '%_', String.raw`f\n`])
      expect(await names({ search })).toEqual([odd.name])
    expect(await names({ search: 'K%s' })).toEqual([])
  })

  test('finds the very text that was searched for, also beyond ASCII', async () => {
    const { db, engine, workflow } = await openShelf()
    await engine.submit(anOrder(workflow, 1, { parameters: { name: 'ÄRGER 商品' } }))
    for (const search of ['ÄRGER', '商品', 'rger'])
      expect(await listTaskPage(db, { search }, ALL)).toMatchObject({ total: 1 })
  })

  test('names the workflow, the chat and its thread', async () => {
    const { db, kettles, letters } = await aList()
    const place = JSON.stringify({ platform: 'slack', link: 'https://x.slack.com/archives/C1/p1' })
    await insertTaskMessage(db, { taskId: kettles.id, owner: '{}', place, locale: 'en', message: null })
    expect(await findListedTask(db, kettles.id)).toMatchObject({
      workflowName: 'Product copywriter',
      platform: 'slack',
      link: 'https://x.slack.com/archives/C1/p1',
      counts: { total: 2, succeeded: 1, left: 1 },
    })
    expect(await findListedTask(db, letters.id)).toMatchObject({
      workflowName: 'Translate',
      platform: null,
      link: null,
    })
    expect(await findListedTask(db, 'none')).toBeUndefined()
  })
})

describe('counts of tasks', () => {
  test('name every state, also one that no task is in', async () => {
    const { db, workflow } = await aList()
    const none = { pending: 0, running: 0, paused: 0, failed: 0, cancelled: 0, completed: 0 }
    expect(await countTasksByStatus(db)).toEqual({ ...none, pending: 2, running: 1, paused: 1 })
    expect(await countTasksByStatus(db, { workflowId: workflow.id, search: 'mugs' })).toEqual({
      ...none,
      paused: 1,
    })
  })

  test('are given for each workflow', async () => {
    const { db, workflow, translate } = await aList()
    expect(await countTasksByWorkflow(db)).toEqual(
      new Map([
        [workflow.id, 3],
        [translate.id, 1],
      ]),
    )
  })
})

describe('totals', () => {
  test('add up tasks and rows, with running rows counted separately', async () => {
    const { db, letters } = await aList()
    expect(await totals(db)).toEqual({
      tasks: { pending: 2, running: 1, paused: 1, failed: 0, cancelled: 0, completed: 0 },
      rows: { pending: 6, running: 1, waiting: 0, succeeded: 1, failed: 0, cancelled: 0 },
      oldestWaitingAt: letters.createdAt,
      workflows: 2,
    })
  })

  test('of an empty database are 0', async () => {
    const { db } = await openShelf({ withWorkflow: false })
    expect(await totals(db)).toMatchObject({
      rows: { pending: 0, running: 0, waiting: 0, succeeded: 0, failed: 0, cancelled: 0 },
      oldestWaitingAt: null,
      workflows: 0,
    })
  })
})
