import { expect, test } from 'bun:test'
import pino from 'pino'
import { type Actor, NotAllowed } from '../../src/app/actor.ts'
import { importApps, listImportable } from '../../src/app/import-workflows.ts'
import { removeWorkflow } from '../../src/app/workflows.ts'
import { switchWorkflow } from '../../src/app/workflow-settings.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listWorkflows } from '../../src/db/workflows/workflows.ts'
import { consoleAccess, deleteAppKey } from '../../src/dify/console/console.ts'
import { productCopywriter } from '../../src/dify/sandbox/apps/product-copywriter.ts'
import { MOST_KEYS, SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE } from '../../src/dify/sandbox/console.ts'
import { aBot, aSandbox, later, openBot, QUICK, tempFolder } from '../support/bot.ts'
import { borrowDatabase } from '../support/test-database.ts'
import { serve } from '../dify/support/serve.ts'

const ADMIN: Actor = { face: 'cli', name: 'root', role: 'admin' }
const MEMBER: Actor = { face: 'slack', name: 'Mei', role: 'member', key: 'slack:T1:U1' }
const VIEWER: Actor = { face: 'page', name: 'Vi', role: 'viewer' }
const SLOGANS = 'Slogan writer'
const TICKETS = 'Ticket classifier'

/** A bot beside a sandbox whose copywriter is here already; what it logs is in `logged`. */
async function beside(options: Parameters<typeof aBot>[0] = {}) {
  const around = await aBot(options)
  const { bot, sandbox } = around
  const server = { baseUrl: sandbox.url, adminKey: SANDBOX_ADMIN_KEY, workspaceId: SANDBOX_WORKSPACE }
  const logged = { text: '' }
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged.text += line) })
  const { db, box, runtimes, clock } = bot
  const app = { db, box, runtimes, clock, log }
  const { apps } = await listImportable(app, ADMIN, server)
  const idOf = (name: string) => apps.find((one) => one.name === name)?.id ?? name
  return {
    ...around,
    app,
    server,
    logged,
    idOf,
    list: () => listImportable(app, ADMIN, server),
    add: (...names: string[]) => importApps(app, ADMIN, server, names.map(idOf)),
    addAll: () => importApps(app, ADMIN, server, 'all'),
    names: async () => (await listWorkflows(bot.db)).map(({ name }) => name),
  }
}

test('the apps of a workspace are listed by name, with those that are here already', async () => {
  const { list, workflow, sandbox, bot } = await beside()
  const { apps, others, baseUrl } = await list()
  expect(apps.map(({ name }) => name)).toEqual(
    sandbox.apps.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b)),
  )
  expect(apps.filter(({ workflowId }) => workflowId !== undefined)).toMatchObject([
    { name: 'Product copywriter', mode: 'workflow', workflowId: workflow.id },
  ])
  expect([others, baseUrl]).toEqual([0, sandbox.url])
  // To list makes nothing.
  expect(await listWorkflows(bot.db)).toHaveLength(1)
  expect(sandbox.keysOf(SLOGANS)).toHaveLength(1)
})

test('the chosen ones are added, each with a key of its own, and the audit has each', async () => {
  const { add, names, sandbox, bot, list, idOf } = await beside()
  const added = await add(TICKETS, SLOGANS)
  expect(added).toMatchObject([
    { name: SLOGANS, kind: 'added', isKeyShared: false, workflow: { name: SLOGANS, limit: 10 } },
    { name: TICKETS, kind: 'added', isKeyShared: false },
  ])
  expect(await names()).toEqual(['Product copywriter', SLOGANS, TICKETS])
  expect(sandbox.keysOf(SLOGANS)).toHaveLength(2)
  // From there, rows link to the app’s log in Dify.
  const consoleUrl = `${new URL(sandbox.url).origin}/app/${idOf(SLOGANS)}`
  expect((await listWorkflows(bot.db)).find(({ name }) => name === SLOGANS)).toMatchObject({ consoleUrl })
  const { entries } = await listAudit(bot.db)
  expect(entries.map(({ action, who }) => [action, who])).toEqual([
    ['workflow.add', 'root'],
    ['workflow.add', 'root'],
  ])
  const here = (await list()).apps.filter(({ workflowId }) => workflowId !== undefined)
  expect(here.map(({ name }) => name)).toEqual(['Product copywriter', SLOGANS, TICKETS])
})

test('all are added at once, over more pages than one; those that are here stay as they are', async () => {
  const apps = Array.from({ length: 104 }, (_, i) => ({
    ...productCopywriter,
    name: `Copywriter ${String(i).padStart(3, '0')}`,
    key: i === 0 ? productCopywriter.key : `app-copywriter-${i}`,
  }))
  const { addAll, bot, app, workflow } = await beside({ apps })
  await switchWorkflow(app, ADMIN, workflow, 'off')
  const results = await addAll()
  expect(results).toHaveLength(104)
  expect(results.filter(({ kind }) => kind === 'added')).toHaveLength(103)
  expect(results[0]).toMatchObject({ kind: 'existing', workflowId: workflow.id })
  const all = await listWorkflows(bot.db)
  expect(all).toHaveLength(104)
  expect(all.filter(({ enabled }) => !enabled).map(({ id }) => id)).toEqual([workflow.id])
})

test('what is sent twice, also at once, adds nothing twice and makes no second key', async () => {
  const { add, names, sandbox } = await beside()
  const [first, second] = await Promise.all([add(SLOGANS), add(SLOGANS)])
  expect([first, second].flat().map(({ kind }) => kind)).toEqual(['added', 'existing'])
  expect(await add(SLOGANS, SLOGANS)).toMatchObject([{ kind: 'existing' }])
  expect(await names()).toEqual(['Product copywriter', SLOGANS])
  expect(sandbox.keysOf(SLOGANS)).toHaveLength(2)
})

test.each(['SQLite', 'Postgres'])(
  'two processes that import the same app at the same moment make one workflow of it, on %s',
  async (kind) => {
    const folder = tempFolder()
    const { url, giveBack } = kind === 'Postgres' ? await borrowDatabase() : { url: '', giveBack: () => {} }
    later(giveBack)
    const sandbox = aSandbox()
    // Both have seen that no workflow has a key of the app, and each has one made, before either goes on.
    const made = { count: 0, both: Promise.withResolvers<void>() }
    const between = serve(async (request) => {
      const { pathname, search } = new URL(request.url)
      const answer = await fetch(new URL(pathname + search, sandbox.url), {
        method: request.method,
        headers: request.headers,
        body: request.body,
      })
      if (request.method !== 'POST' || !pathname.endsWith('/api-keys')) return answer
      if (++made.count === 2) made.both.resolve()
      await made.both.promise
      return answer
    })
    later(() => between[Symbol.asyncDispose]())
    const env = { DATABASE_URL: url, ROWBOT_SECRET_KEY: 'the key of both processes' }
    const bots = [await openBot(folder, QUICK, env), await openBot(folder, QUICK, env)]
    const server = { baseUrl: between.url, adminKey: SANDBOX_ADMIN_KEY, workspaceId: SANDBOX_WORKSPACE }
    const [bot] = bots
    if (!bot) throw new Error('there is no bot')
    const { apps } = await listImportable(bot, ADMIN, server)
    const ids = apps.filter(({ name }) => name === SLOGANS).map(({ id }) => id)

    const results = (await Promise.all(bots.map((one) => importApps(one, ADMIN, server, ids)))).flat()
    expect(made.count).toBe(2)
    expect(results.map(({ kind: became }) => became).toSorted()).toEqual(['added', 'existing'])
    const [workflow, ...others] = await listWorkflows(bot.db)
    expect(others).toEqual([])
    const existing = results.find((one) => one.kind === 'existing')
    expect(existing).toMatchObject({ workflowId: workflow?.id })
    // The key that the slower one had made is gone again.
    expect(sandbox.keysOf(SLOGANS)).toHaveLength(2)
    expect((await listAudit(bot.db)).entries.map(({ action }) => action)).toEqual(['workflow.add'])
  },
)

test('an app whose keys were all deleted in Dify, or whose workflow was removed, can be imported anew', async () => {
  const { add, names, bot, app, sandbox, server, idOf } = await beside()
  const [first] = await add(SLOGANS)
  if (first?.kind !== 'added') throw new Error('it was not added')
  for (const { id } of sandbox.keysOf(SLOGANS)) await deleteAppKey(consoleAccess(server), idOf(SLOGANS), id)
  expect(await add(SLOGANS)).toMatchObject([{ kind: 'added' }])
  expect(await names()).toEqual(['Product copywriter', SLOGANS, SLOGANS])
  for (const workflow of await listWorkflows(bot.db))
    if (workflow.name === SLOGANS) await removeWorkflow(app, ADMIN, workflow)
  expect(await add(SLOGANS)).toMatchObject([{ kind: 'added' }])
})

test('an app with ten keys is added with its newest, and that is said', async () => {
  const { add, sandbox, bot, app, server } = await beside()
  for (let i = 1; i < MOST_KEYS; i++) sandbox.makeKey(SLOGANS)
  expect(await add(SLOGANS)).toMatchObject([{ kind: 'added', isKeyShared: true }])
  expect(sandbox.keysOf(SLOGANS)).toHaveLength(MOST_KEYS)
  const added = (await listWorkflows(bot.db)).find(({ name }) => name === SLOGANS)
  const row = await bot.db
    .selectFrom('workflows')
    .select('api_key')
    .where('id', '=', added?.id ?? '')
    .executeTakeFirstOrThrow()
  expect(bot.box.open(row.api_key)).toBe(sandbox.keysOf(SLOGANS).at(-1)?.token ?? '')
  expect((await importApps(app, ADMIN, server, 'all')).filter(({ kind }) => kind === 'failed')).toEqual([])
})

test('an app whose API is switched off is named with the reason, and stops no other; the key made for it is gone', async () => {
  const { add, names, sandbox } = await beside()
  sandbox.misbehave('403', { route: 'about', app: SLOGANS })
  const [slogans, tickets] = await add(SLOGANS, TICKETS)
  if (slogans?.kind !== 'failed') throw new Error('it was added')
  expect(slogans.name).toBe(SLOGANS)
  expect(slogans.why.message).toContain("The app's API service has been disabled.")
  expect(tickets).toMatchObject({ name: TICKETS, kind: 'added' })
  expect(await names()).toEqual(['Product copywriter', TICKETS])
  expect(sandbox.keysOf(SLOGANS)).toHaveLength(1)
  expect(await add(SLOGANS)).toMatchObject([{ kind: 'added' }])
})

test('an id that the workspace does not have is named, and stops no other', async () => {
  const { add } = await beside()
  const [added, missing] = await add('0e8f1c1e-2f8e-4d0a-9a57-0d1c7d4c3f10', SLOGANS)
  expect(added).toMatchObject({ kind: 'added', name: SLOGANS })
  expect(missing).toMatchObject({ kind: 'failed', name: '0e8f1c1e-2f8e-4d0a-9a57-0d1c7d4c3f10' })
})

test('apps of other kinds are counted, not listed', async () => {
  const appOf = (kind: string | null) => ({ id: crypto.randomUUID(), name: 'An app', mode: kind })
  const server = serve(({ url }) =>
    Response.json(
      url.includes('api-keys') ? { data: [] } : { data: [appOf('channel'), appOf(null), appOf('chat')] },
    ),
  )
  later(() => server[Symbol.asyncDispose]())
  const bot = await openBot()
  const found = await listImportable(bot, ADMIN, {
    baseUrl: server.url,
    adminKey: SANDBOX_ADMIN_KEY,
    workspaceId: SANDBOX_WORKSPACE,
  })
  expect(found).toMatchObject({ others: 2, apps: [{ mode: 'chat' }] })
})

test.each([
  ['somebody of a chat', MEMBER],
  ['a viewer', VIEWER],
])('%s may neither list nor add, and Dify is not asked', async (_who, actor) => {
  const { app, server, sandbox } = await beside()
  await sandbox.stop()
  await expect(listImportable(app, actor, server)).rejects.toThrow(NotAllowed)
  await expect(importApps(app, actor, server, 'all')).rejects.toThrow(NotAllowed)
})

test('the admin key is in no log, no audit, no error and not in the database', async () => {
  const { app, server, add, logged, bot, sandbox, idOf } = await beside()
  sandbox.misbehave('403', { route: 'about', app: TICKETS })
  const results = await add(SLOGANS, TICKETS)
  const wrong = 'another-admin-key-0123'
  const refusal = await importApps(app, ADMIN, { ...server, adminKey: wrong }, [idOf(SLOGANS)]).catch(
    (fault: unknown) => fault,
  )
  expect(refusal).toBeInstanceOf(Error)
  const stored = await bot.db.selectFrom('workflows').selectAll().execute()
  const opened = stored.map(({ api_key }) => bot.box.open(api_key))
  const everything = [
    logged.text,
    Bun.inspect(refusal, { depth: 9 }),
    Bun.inspect(results, { depth: 9 }),
    JSON.stringify([stored, opened, (await listAudit(bot.db)).entries]),
  ].join('\n')
  expect(logged.text).toContain('workflow.add')
  for (const secret of [SANDBOX_ADMIN_KEY, wrong]) expect(everything).not.toContain(secret)
  // The keys of the apps are in the database only, encrypted.
  for (const { token } of sandbox.keysOf(SLOGANS))
    expect(`${logged.text}${Bun.inspect(results, { depth: 9 })}`).not.toContain(token)
})
