import { describe, expect, test } from 'bun:test'
import { type Actor, NotAllowed } from '../../src/app/actor.ts'
import {
  addConfiguredWorkflows,
  addSandboxWorkflows,
  addWorkflow,
  changeKey,
  removeWorkflow,
  syncWorkflow,
} from '../../src/app/workflows.ts'
import { changeAccess, changeLimits, switchWorkflow } from '../../src/app/workflow-settings.ts'
import { type WorkflowApp } from '../../src/app/workflow-acts.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { findWorkflow, listWorkflows } from '../../src/db/workflows/workflows.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import { aBot, aSandbox, openBot, QUICK, tempFolder } from '../support/bot.ts'

const ADMIN: Actor = { face: 'cli', name: 'root', role: 'admin' }
const MEMBER: Actor = { face: 'slack', name: 'Mei', role: 'member', key: 'slack:T1:U1' }
const VIEWER: Actor = { face: 'page', name: 'Vi', role: 'viewer' }

const COPYWRITER = 'app-sandbox-product-copywriter'
const NAMED = { workflow: 'Product copywriter' }

type Change = (app: WorkflowApp, actor: Actor, workflow: Workflow) => Promise<unknown>

/** Each with what the audit has of it. */
const ACTS: [action: string, change: Change, details: object][] = [
  [
    'workflow.add',
    (app, actor, { baseUrl }) => addWorkflow(app, actor, { baseUrl, apiKey: 'app-sandbox-slogan-writer' }),
    { workflow: 'Slogan writer', limit: 10, address: expect.stringContaining('127.0.0.1') },
  ],
  ['workflow.sync', syncWorkflow, NAMED],
  ['workflow.key', (app, actor, workflow) => changeKey(app, actor, workflow, COPYWRITER), NAMED],
  [
    'workflow.limit',
    (app, actor, workflow) => changeLimits(app, actor, workflow, { limit: 3 }),
    { ...NAMED, from: 10, to: 3 },
  ],
  [
    'workflow.access',
    (app, actor, workflow) => changeAccess(app, actor, workflow, { users: ['U1'], channels: [], roles: [] }),
    { ...NAMED, users: ['U1'], channels: [], roles: [] },
  ],
  [
    'workflow.access',
    (app, actor, workflow) => changeAccess(app, actor, workflow, undefined),
    { ...NAMED, everyone: true },
  ],
  ['workflow.disable', (app, actor, workflow) => switchWorkflow(app, actor, workflow, 'off'), NAMED],
  ['workflow.enable', (app, actor, workflow) => switchWorkflow(app, actor, workflow, 'on'), NAMED],
  ['workflow.remove', removeWorkflow, NAMED],
]

describe.each(ACTS)('%s', (action, change, details) => {
  test('is done for an admin, and the audit says who, where and what', async () => {
    const { bot, workflow } = await aBot()
    await change(bot, ADMIN, workflow)
    const { entries } = await listAudit(bot.db)
    expect(entries).toMatchObject([{ action, who: 'root', role: 'admin', face: 'cli', details }])
    if (action !== 'workflow.add') expect(entries[0]?.target).toBe(workflow.id)
  })

  test.each([
    ['somebody of a chat', MEMBER],
    ['a viewer', VIEWER],
  ])('is refused to %s, and nothing is changed or kept', async (_who, actor) => {
    const { bot, workflow } = await aBot()
    const before = await bot.db.selectFrom('workflows').selectAll().execute()
    await expect(change(bot, actor, workflow)).rejects.toThrow(NotAllowed)
    expect(await bot.db.selectFrom('workflows').selectAll().execute()).toEqual(before)
    expect((await listAudit(bot.db)).entries).toEqual([])
  })
})

test('what Dify or a task stands against is not kept as done, and no key is told', async () => {
  const { bot, workflow, submit } = await aBot()
  await submit(1)
  await expect(removeWorkflow(bot, ADMIN, workflow)).rejects.toThrow('has tasks and cannot be removed')
  expect(await findWorkflow(bot.db, workflow.id)).toBeDefined()
  const wrong = await changeKey(bot, ADMIN, workflow, 'app-wrong').catch(String)
  expect(wrong).toBeString()
  expect(wrong).not.toContain('app-wrong')
  const other = changeKey(bot, ADMIN, workflow, 'app-sandbox-ticket-classifier')
  await expect(other).rejects.toThrow('That is the key of “Ticket classifier”')
  expect((await listAudit(bot.db)).entries).toEqual([])
})

test('an app that was there already is not new, and keeps its id and its limit', async () => {
  const { bot, workflow } = await aBot({ limit: 4 })
  const again = await addWorkflow(bot, ADMIN, { baseUrl: workflow.baseUrl, apiKey: COPYWRITER })
  expect(again).toMatchObject({ isNew: false, workflow: { id: workflow.id, limit: 4 } })
})

test('an app that the settings name is added once, by the settings', async () => {
  const { url } = aSandbox()
  const bot = await openBot(tempFolder(), QUICK, { DIFY_BASE_URL: url, DIFY_API_KEYS: COPYWRITER })
  expect(await addConfiguredWorkflows(bot)).toEqual([])
  expect(await addConfiguredWorkflows(bot)).toEqual([])
  const { entries } = await listAudit(bot.db)
  expect(entries).toMatchObject([{ action: 'workflow.add', who: 'DIFY_API_KEYS', face: 'config' }])
  expect(JSON.stringify(entries)).not.toContain(COPYWRITER)
})

test('the sandbox’s apps are in the audit when they are added, not whenever a demo brings them up to date', async () => {
  const bot = await openBot()
  await addSandboxWorkflows(bot, ADMIN)
  await addSandboxWorkflows(bot, ADMIN)
  const apps = (await listWorkflows(bot.db)).length
  expect(apps).toBeGreaterThan(1)
  expect((await listAudit(bot.db)).total).toBe(apps)
})
