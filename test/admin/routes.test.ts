import { sql } from 'kysely'
import { expect, test } from 'bun:test'
import { anAdmin } from './support/admin.ts'
import { ACCESS, isAllowed } from '../../src/admin/http/access.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'
import { ON_POSTGRES } from '../support/test-database.ts'

/** What is open to who has no token. */
const OPEN = new Set([
  '/sign-in',
  '/healthz',
  '/readyz',
  '/alive',
  '/favicon.ico',
  '/assets/:name',
  '/sign-in/provider',
  '/sign-in/callback',
])
/** Links to results have tokens of their own, which say all that matters: see links.test.ts. */
const LINKS = '/r/:token'
/** What who may only look may send. */
const NO_CHANGE = new Set(['/sign-in', '/sign-out', '/preferences'])

/** Every route there is besides those of links, with the address of something that is there. */
async function allRoutes() {
  const admin = await anAdmin()
  const { id } = await admin.submit(2)
  const { path } = await new TaskVisit(admin.browse).send(csvFile('Name,Key features\nKettle,hot\n'))
  const values: Record<string, string> = {
    id,
    task_id: id,
    row: '2',
    draft: /\/new\/(\w+)/.exec(path)?.[1] ?? '',
    name: 'page.css',
    token: (await admin.withToken('Ada', 'runner')).id,
  }
  const others = admin.app.routes.filter(({ path: pattern }) => !pattern.startsWith(LINKS))
  const routes = others.map(({ method, path: pattern }) => {
    const isWorkflow = pattern.includes('workflow')
    const path = pattern.replaceAll(/:(\w+)/g, (_, name: string) =>
      isWorkflow ? admin.workflow.id : (values[name] ?? '1'),
    )
    return { method, pattern, path, isRead: method === 'GET' }
  })
  return { ...admin, id, routes }
}

test('no route is open to who has no token, but those that say nothing of anybody’s data', async () => {
  const { routes, browse, call } = await allRoutes()
  expect(routes.length).toBeGreaterThan(60)
  for (const { method, pattern, path } of routes) {
    if (OPEN.has(pattern)) continue
    for (const [face, status] of [
      [browse, 303],
      [call, 401],
    ] as const) {
      const answer = await face(path, { as: 'nobody', method })
      const isJson = pattern.startsWith('/api/')
      expect([method, path, answer.status]).toEqual([method, path, isJson ? 401 : status])
      if (answer.status === 303) expect(answer.headers.get('location')).toStartWith('/sign-in?next=')
      expect(answer.headers.get('content-security-policy')).toStartWith("default-src 'none'")
    }
  }
})

test('an open page learns whether its sign-in still holds, and which answers are ours', async () => {
  const { browse } = await anAdmin()
  for (const [as, signedIn] of [
    ['viewer', true],
    ['nobody', false],
  ] as const) {
    const answer = await browse('/alive', { as })
    expect(await answer.json()).toEqual({ signedIn })
  }
  for (const path of ['/alive', '/batch', '/batch/none'])
    expect((await browse(path)).headers.get('x-rowbot')).toBe('1')
})

test('a link is nothing without its token, whoever opens it', async () => {
  const { app, browse } = await anAdmin()
  const links = app.routes.filter(({ path }) => path.startsWith(LINKS))
  expect(links.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /r/:token',
    'GET /r/:token/result',
    'GET /r/:token/files.zip',
    'POST /r/:token/end',
  ])
  for (const as of ['admin', 'viewer', 'nobody'] as const)
    for (const { method, path } of links) {
      const answer = await browse(path.replace(':token', 'a'.repeat(43)), { as, method })
      expect([as, path, [404, 429].includes(answer.status)]).toEqual([as, path, true])
    }
})

test('no write is taken from who may only look, nor from another site, nor as a read', async () => {
  const { routes, browse, call, bot, id } = await allRoutes()
  const writes = routes.filter(({ isRead }) => !isRead)
  expect(writes.length).toBeGreaterThan(30)
  for (const { method, pattern, path } of writes) {
    const foreign = await browse(path, { method, headers: { 'sec-fetch-site': 'cross-site' } })
    expect([method, path, foreign.status]).toEqual([method, path, 403])
    if (NO_CHANGE.has(pattern)) continue
    for (const face of [browse, call]) {
      const answer = await face(path, { as: 'viewer', method })
      expect([method, path, answer.status]).toEqual([method, path, 403])
    }
  }
  const task = await bot.db.selectFrom('batch_tasks').select('status').where('id', '=', id).executeTakeFirst()
  expect(task).toEqual({ status: 'pending' })
})

test('every route says who it is for, and nobody else is let in', async () => {
  const { app, routes, withToken } = await allRoutes()
  const all = app.routes.map(({ method, path }) => `${method} ${path}`)
  expect(Object.keys(ACCESS).toSorted()).toEqual(all.toSorted())
  const people = {
    admin: await withToken('a', 'admin'),
    runner: await withToken('b', 'runner'),
    viewer: await withToken('c', 'viewer'),
  }
  for (const { method, pattern, path } of routes) {
    const least = ACCESS[`${method} ${pattern}`] ?? 'admin'
    for (const role of ['runner', 'viewer'] as const) {
      if (isAllowed(least, role)) continue
      for (const face of [people[role].browse, people[role].call]) {
        const answer = await face(path, { method })
        expect([role, method, path, answer.status]).toEqual([role, method, path, 403])
      }
    }
  }
})

test('somebody else’s task is for a runner one that there is not, wherever it is asked for', async () => {
  const { routes, withToken, bot, id } = await allRoutes()
  const { browse, call } = await withToken('Bo', 'runner')
  const ofTask = routes.filter(({ path }) => path.split('/').includes(id))
  expect(ofTask.length).toBeGreaterThan(50)
  for (const { method, path, isRead } of ofTask)
    for (const face of [browse, call])
      for (const verb of isRead ? [method, 'HEAD'] : [method]) {
        const answer = await face(path, { method: verb })
        const none = await face(path.replace(id, 'none'), { method: verb })
        expect([verb, path, answer.status, none.status]).toEqual([verb, path, 404, 404])
        expect((await answer.text()).replaceAll(id, 'none')).toBe(await none.text())
      }
  const task = await bot.db.selectFrom('batch_tasks').select('status').where('id', '=', id).executeTakeFirst()
  expect(task).toEqual({ status: 'pending' })
})

test.each([
  '/%62atch/TASK',
  '/batch//TASK',
  '//batch/TASK',
  '/batch/TASK/',
  '/batch/./TASK',
  '/api/batch/TASK/status/',
])('no other way of writing %p leads around that', async (written) => {
  const { withToken, id } = await allRoutes()
  const { browse, call } = await withToken('Bo', 'runner')
  for (const each of [id, id.replace(/./, (c) => `%${c.charCodeAt(0).toString(16)}`)])
    for (const face of [browse, call])
      expect((await face(written.replace('TASK', each))).status).toBeOneOf([404, 405])
})

test('nothing is changed by a read, and nobody keeps what it answers', async () => {
  const { routes, browse, bot } = await allRoutes()
  // Postgres does not count them for one connection.
  const changes = async () =>
    ON_POSTGRES ? [] : (await sql`select total_changes() as n`.execute(bot.db)).rows
  const before = await changes()
  for (const { method, pattern, path, isRead } of routes) {
    // This task has no files, and is compared with no other.
    if (!isRead || pattern.includes('/files') || pattern.includes('/comparison')) continue
    for (const verb of [method, 'HEAD']) {
      const answer = await browse(path, { method: verb })
      expect([verb, path, answer.status < 400]).toEqual([verb, path, true])
      await answer.body?.cancel()
      if (pattern === '/assets/:name' || pattern === '/favicon.ico') continue
      expect([path, answer.headers.get('cache-control')]).toEqual([path, 'no-store'])
    }
  }
  expect(await changes()).toEqual(before)
})
