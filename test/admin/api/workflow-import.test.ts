import { expect, test } from 'bun:test'
import { z } from 'zod'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { listWorkflows } from '../../../src/db/workflows/workflows.ts'
import { SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE } from '../../../src/dify/sandbox/console.ts'
import { aProgram } from './support/program.ts'

const PATH = '/api/workflows/import'
const APPS = z.object({
  apps: z.array(z.looseObject({ id: z.string(), name: z.string(), status: z.string() })),
})

async function besideDify() {
  const program = await aProgram({ runs: false })
  const server = {
    base_url: program.sandbox.url,
    admin_key: SANDBOX_ADMIN_KEY,
    workspace_id: SANDBOX_WORKSPACE,
  }
  const ask = (more: object = {}, init?: Parameters<typeof program.ask>[3]) =>
    program.ask('POST', PATH, { ...server, ...more }, init)
  const idsOf = async (...names: string[]) =>
    APPS.parse((await ask()).json).apps.flatMap(({ id, name }) => (names.includes(name) ? [id] : []))
  return { ...program, asked: ask, idsOf }
}

test('without apps they are listed and nothing is added; with ids, those are added', async () => {
  const { asked, idsOf, bot, workflow, sandbox } = await besideDify()
  const listed = await asked()
  expect(listed).toMatchObject({ status: 200, json: { base_url: sandbox.url, other_apps: 0 } })
  const { apps } = APPS.parse(listed.json)
  expect(apps).toHaveLength(sandbox.apps.length)
  expect(apps.filter(({ status }) => status !== 'new')).toMatchObject([
    { name: 'Product copywriter', status: 'existing', workflow_id: workflow.id },
  ])
  expect(await listWorkflows(bot.db)).toHaveLength(1)

  sandbox.misbehave('403', { route: 'about', app: 'Ticket classifier' })
  const ids = await idsOf('Slogan writer', 'Ticket classifier')
  const added = await asked({ apps: ids })
  expect(APPS.parse(added.json).apps).toMatchObject([
    { name: 'Slogan writer', status: 'added', shared_key: false, message: null },
    { name: 'Ticket classifier', status: 'failed', message: expect.stringContaining('has been disabled') },
  ])
  expect((await listAudit(bot.db, { who: 'API' })).entries.map(({ action }) => action)).toEqual([
    'workflow.add',
  ])
  const all = APPS.parse((await asked({ apps: 'all' })).json).apps
  expect(all.filter(({ status }) => status === 'failed')).toEqual([])
  expect(await listWorkflows(bot.db)).toHaveLength(sandbox.apps.length)
  for (const told of [listed.text, added.text]) {
    expect(told).not.toContain(SANDBOX_ADMIN_KEY)
    expect(told).not.toMatch(/app-[\da-z]{20,}/)
  }
})

test.each<[object, number, string]>([
  [{ admin_key: 'wrong-admin-key' }, 409, 'Dify does not let this admin API key into this workspace'],
  [{ workspace_id: 'nobody' }, 409, 'That is not the id of a workspace.'],
  [{ base_url: 'wrong-admin-key' }, 422, 'base_url'],
  [{ apps: [] }, 422, 'apps'],
  [{ apps: 'some' }, 422, 'apps'],
  [{ adminkey: 'wrong-admin-key' }, 422, 'admin_key'],
])('%p is refused with %p, and no key is repeated', async (more, status, said) => {
  const { asked } = await besideDify()
  const refused = await asked(more)
  expect([refused.status, refused.text]).toEqual([status, expect.stringContaining(said)])
  for (const key of ['wrong-admin-key', SANDBOX_ADMIN_KEY]) expect(refused.text).not.toContain(key)
})

test('it is for admins only', async () => {
  const { asked, withToken, bot } = await besideDify()
  expect((await asked({ apps: 'all' }, { as: 'viewer' })).status).toBe(403)
  const runner = await withToken('Ada', 'runner')
  expect((await runner.call(PATH, { method: 'POST' })).status).toBe(403)
  expect(await listWorkflows(bot.db)).toHaveLength(1)
})
