import { describe, expect, test } from 'bun:test'
import type { FaultName } from '../../src/dify/sandbox/sandbox-fault.ts'
import { VERSION } from '../../src/engine/this-program.ts'
import { healthOf } from '../../src/serve/health.ts'
import { ADMIN_TOKEN, anAdmin } from '../admin/support/admin.ts'
import { hideTable } from '../support/refuse-writes.ts'

/** What `/metrics` says of one name, by its labels. */
function samples(text: string, name: string): Record<string, number> {
  const lines = text.split('\n').flatMap((line) => {
    const [, labels = '', value] = new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`).exec(line) ?? []
    return value === undefined ? [] : [[labels, Number(value)] as const]
  })
  return Object.fromEntries(lines)
}

describe('health', () => {
  test('is told to anybody, and says nothing of anybody’s data', async () => {
    const { bot, call, submit, ended } = await anAdmin({
      health: () => healthOf(bot, { isDraining: false, chats: { slack: 'off', discord: 'connected' } }),
    })
    bot.startRunner()
    await ended((await submit(1)).id)
    const alive = await call('/healthz', { as: 'nobody' })
    expect(alive.status).toBe(200)
    expect(await alive.json()).toEqual({ ok: true, version: VERSION })
    const ready = await call('/readyz', { as: 'nobody' })
    expect(ready.status).toBe(200)
    expect(ready.headers.get('cache-control')).toBe('no-store')
    expect(await ready.json()).toEqual({
      ready: true,
      parts: {
        process: 'running',
        database: 'ok',
        tasks: 'run here',
        slack: 'off',
        discord: 'connected',
      },
    })
  })

  test('is good while another process runs the tasks, and says so', async () => {
    const { bot, call } = await anAdmin({ health: () => healthOf(bot, { isDraining: false, chats: {} }) })
    const ready = await call('/readyz', { as: 'nobody' })
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({ parts: { tasks: 'not run here' } })
  })

  test.each([
    [{ isDraining: true, chats: {} }, { process: 'draining' }],
    [{ isDraining: false, chats: { slack: 'connected', discord: 'fatal' } }, { discord: 'fatal' }],
  ] as const)('%j is 503', async (situation, parts) => {
    const { bot, call } = await anAdmin({ health: () => healthOf(bot, situation) })
    const asked = await call('/readyz', { as: 'nobody' })
    expect(asked.status).toBe(503)
    expect(await asked.json()).toMatchObject({ ready: false, parts })
    expect((await call('/healthz', { as: 'nobody' })).status).toBe(200)
  })

  test('a chat that comes back by itself is no reason against it', async () => {
    const { bot } = await anAdmin()
    const chats = { slack: 'reconnecting', discord: 'starting' } as const
    expect(await healthOf(bot, { isDraining: false, chats })).toMatchObject({ ready: true })
  })

  test('a database that does not answer is 503', async () => {
    const { bot, call } = await anAdmin({ health: () => healthOf(bot, { isDraining: false, chats: {} }) })
    await hideTable(bot.db, 'workflows')
    const asked = await call('/readyz', { as: 'nobody' })
    expect(asked.status).toBe(503)
    expect(await asked.json()).toMatchObject({ parts: { database: 'does not answer' } })
  })
})

describe('metrics', () => {
  test('are for who has a token, and looking is enough', async () => {
    const { call } = await anAdmin()
    expect((await call('/metrics', { as: 'nobody' })).status).toBe(401)
    const asked = await call('/metrics', { as: 'viewer' })
    expect(asked.status).toBe(200)
    expect(asked.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  })

  test('tell tasks and rows by state, and how long the oldest task has waited', async () => {
    const { bot, call, submit } = await anAdmin()
    const { id } = await submit(3)
    await bot.db
      .updateTable('batch_tasks')
      .set({ created_at: Date.now() - 60_000 })
      .where('id', '=', id)
      .execute()
    await bot.engine.pause((await submit(2)).id, 'mei')
    const text = await (await call('/metrics')).text()
    expect(samples(text, 'rowbot_tasks')).toMatchObject({
      'status="pending"': 1,
      'status="paused"': 1,
      'status="completed"': 0,
    })
    expect(samples(text, 'rowbot_rows')).toMatchObject({ 'status="pending"': 5, 'status="succeeded"': 0 })
    expect(samples(text, 'rowbot_workflows')).toEqual({ '': 1 })
    expect(samples(text, 'rowbot_queue_age_seconds')['']).toBeWithin(59, 70)
  })

  test('count every attempt by its outcome, what is tried again, and what Dify turned away', async () => {
    const { bot, call, submit, ended, sandbox } = await anAdmin()
    const faults = new Map<unknown, FaultName[]>([
      ['Kettle 2', ['failed']],
      ['Kettle 3', ['429']],
      ['Kettle 4', ['failed', 'failed', 'failed']],
    ])
    sandbox.misbehaveBy(({ route, inputs }) =>
      route === 'run' ? faults.get(inputs['name'])?.shift() : undefined,
    )
    bot.startRunner()
    await ended((await submit(4, { retries: 2, concurrency: 1 })).id)
    const text = await (await call('/metrics')).text()
    expect(samples(text, 'rowbot_attempts_total')).toEqual({
      'outcome="succeeded"': 3,
      'outcome="failed"': 4,
      'outcome="throttled"': 1,
      'outcome="rejected"': 0,
      'outcome="lost"': 0,
      'outcome="halted"': 0,
      'outcome="waiting"': 0,
    })
    expect(samples(text, 'rowbot_retries_total')).toEqual({ '': 3 })
    expect(samples(text, 'rowbot_throttles_total')).toEqual({ '': 1 })
    expect(samples(text, 'rowbot_call_seconds_count')).toMatchObject({ 'outcome="succeeded"': 3 })
    expect(samples(text, 'rowbot_rows')).toMatchObject({ 'status="succeeded"': 3, 'status="failed"': 1 })
    expect(samples(text, 'rowbot_workflows_throttled')).toEqual({ '': 1 })
  })

  test('are all there from the first time they are asked for, at zero: an alarm on something rare needs that', async () => {
    const { call } = await anAdmin({ env: { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' } })
    const text = await (await call('/metrics')).text()
    expect(samples(text, 'rowbot_attempts_total')).toMatchObject({ 'outcome="halted"': 0 })
    expect(samples(text, 'rowbot_call_seconds_count')).toMatchObject({ 'outcome="halted"': 0 })
    expect(samples(text, 'rowbot_notifications_total')).toMatchObject({
      'channel="email",result="refused"': 0,
    })
    expect(samples(text, 'rowbot_chat_calls_total')).toMatchObject({
      'platform="slack",call="upload",result="gone"': 0,
    })
    expect(text).not.toContain('platform="discord"')
  })

  test('have no label with an id, a name or a secret', async () => {
    const { bot, call, submit, ended, workflow } = await anAdmin()
    bot.startRunner()
    const { id } = await submit(2, { name: 'a name of a task' })
    await ended(id)
    const text = await (await call('/metrics')).text()
    for (const told of [id, workflow.id, workflow.name, 'a name of a task', 'Kettle', ADMIN_TOKEN])
      expect(text).not.toContain(told)
  })
})
