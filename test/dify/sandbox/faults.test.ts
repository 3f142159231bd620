import { describe, expect, test } from 'bun:test'
import type { FaultName } from '../../../src/dify/sandbox/sandbox-fault.ts'
import { startSandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import type { LookUpResult } from '../../../src/engine/outcome.ts'
import { attempt, openSandboxApp, sandboxForTests } from '../support/cast.ts'

const here = sandboxForTests()
const shortly = () => AbortSignal.timeout(5_000)
const SLOGAN = { app: 'Slogan writer', inputs: { topic: 'tea' } }
const CHAT = { app: 'Gift adviser', inputs: { query: 'tea' } }

/** What a row makes of each fault that a marker can ask for, and what a look-up then says where one is needed. */
test.each([
  ['limit', {}, { kind: 'throttled' }, undefined],
  ['not-published', {}, { kind: 'halted' }, undefined],
  ['made-up', {}, { kind: 'lost', ifUnknown: { kind: 'failed' } }, 'unknown'],
  ['made-up-mid', {}, { kind: 'lost' }, 'succeeded'],
  ['provider-429', {}, { kind: 'throttled', by: 'provider' }, undefined],
  ['provider-429', SLOGAN, { kind: 'throttled', by: 'provider' }, undefined],
  ['provider-429', CHAT, { kind: 'throttled', by: 'provider' }, undefined],
  ['provider-quota', {}, { kind: 'halted' }, undefined],
  ['provider-quota', SLOGAN, { kind: 'halted' }, undefined],
  ['provider-key', {}, { kind: 'halted' }, undefined],
  ['provider-context', {}, { kind: 'rejected' }, undefined],
  ['provider-500', {}, { kind: 'failed' }, undefined],
  ['half-answer', SLOGAN, { kind: 'failed' }, undefined],
  ['half-answer', CHAT, { kind: 'failed' }, undefined],
  ['database-gone', {}, { kind: 'lost', inTrouble: true }, 'unknown'],
] satisfies [FaultName, object, object, LookUpResult['kind'] | undefined][])(
  '%s of a row: %j is %j, and then %s',
  async (fault, call, expected, then) => {
    here.sandbox.misbehave(fault)
    const { outcome, lookUp } = await attempt(here.sandbox, call)
    expect(outcome).toMatchObject(expected)
    if (then !== undefined) expect((await lookUp(outcome.ids)).kind).toBe(then)
  },
)

test.each([
  ['queued', 'unknown'],
  ['worker-gone', 'running'],
  ['gone-silent', 'succeeded'],
  ['silence', 'succeeded'],
  ['redis-gone', 'unknown'],
] satisfies [FaultName, LookUpResult['kind']][])(
  '%s ends with the row’s own time, and a look-up says %s',
  async (fault, then) => {
    here.sandbox.misbehave(fault)
    const { outcome, lookUp } = await attempt(here.sandbox, { signal: AbortSignal.timeout(100) })
    expect(outcome.kind).toBe('lost')
    expect((await lookUp(outcome.ids)).kind).toBe(then)
  },
)

test('a call that is queued for a while runs then, and its client hears all of it', async () => {
  const { outcome } = await attempt(here.sandbox, {
    inputs: { name: 'Kettle', features: 'steel [sandbox: queued=30]' },
  })
  expect(outcome.kind).toBe('succeeded')
})

test('a row whose worker is shut down is stopped by nobody of ours', async () => {
  here.sandbox.misbehave('worker-down')
  const { outcome } = await attempt(here.sandbox)
  expect(JSON.stringify(outcome)).toContain('worker is shutting down')
})

test('who joins a run again may hear nothing but pings, with the snapshot before them', async () => {
  here.sandbox.misbehave({ deafRejoin: true, delayMs: 20 })
  const { outcome, user } = await attempt(here.sandbox)
  const run = outcome.ids?.workflowRunId ?? ''
  const path = `/workflow/${run}/events?user=${user}&include_state_snapshot=true`
  const key = here.sandbox.apps.find(({ name }) => name === 'Product copywriter')?.key ?? ''
  const answer = await fetch(`${here.sandbox.url}${path}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(100),
  })
  let text = ''
  try {
    for await (const piece of answer.body ?? []) text += new TextDecoder().decode(piece)
  } catch {
    // it never ends by itself
  }
  expect(text).toContain('workflow_started')
  expect(text).not.toContain('workflow_finished')
  expect(text.split('event: ping').length).toBeGreaterThan(2)
})

describe('with so many workers', () => {
  test('no more runs begin at once, and the rest wait and are all done', async () => {
    const sandbox = startSandbox({ delayMs: 20, workers: 2 })
    const all = await Promise.all(Array.from({ length: 6 }, () => attempt(sandbox)))
    expect(all.map(({ outcome }) => outcome.kind)).toEqual(Array.from({ length: 6 }, () => 'succeeded'))
    expect(sandbox.peaks()['Product copywriter']).toBe(2)
    expect(sandbox.hits()).toHaveLength(6)
    await sandbox.stop()
  })

  test('one that is killed leaves its run behind, and another takes the next', async () => {
    const sandbox = startSandbox({ delayMs: 60_000, workers: 1 })
    const first = attempt(sandbox, { signal: AbortSignal.timeout(200) })
    while (sandbox.hits().length === 0) await Bun.sleep(1)
    sandbox.misbehave({ delayMs: 0 })
    const second = attempt(sandbox)
    await Bun.sleep(20)
    await sandbox.cause('worker-killed')
    expect((await second).outcome.kind).toBe('succeeded')
    expect((await first).outcome.kind).toBe('lost')
    expect(sandbox.hits().map(({ status }) => status)).toEqual(['running', 'succeeded'])
    await sandbox.stop()
  })
})

test('trouble comes over HTTP too, and a new API process answers on the same address', async () => {
  const { sandbox } = here
  const tell = (trouble: string) =>
    fetch(`${sandbox.url.replace('/v1', '')}/sandbox/trouble`, {
      method: 'POST',
      body: JSON.stringify({ trouble }),
    })
  sandbox.misbehave({ delayMs: 300 })
  const cut = attempt(sandbox)
  const before = sandbox.hits().length
  while (sandbox.hits().length === before) await Bun.sleep(1)
  expect((await tell('api-killed')).status).toBe(200)
  const { outcome, lookUp } = await cut
  expect(outcome.kind).toBe('lost')
  while (sandbox.hits().at(-1)?.status === 'running') await Bun.sleep(1)
  expect((await lookUp(outcome.ids)).kind).toBe('succeeded')
  expect((await tell('dance')).status).toBe(400)
})

test('a killed API process ends what it runs itself: a chat’s answer is empty', async () => {
  const { sandbox } = here
  sandbox.misbehave({ delayMs: 60_000 })
  const cut = attempt(sandbox, CHAT)
  while (sandbox.hits().at(-1)?.status !== 'running') await Bun.sleep(1)
  await sandbox.cause('api-killed')
  expect((await cut).outcome.kind).toBe('lost')
  expect(sandbox.hits().at(-1)).toMatchObject({ status: 'stopped' })
  const { user } = await cut
  const found = await openSandboxApp(sandbox, CHAT.app).lookUp({ user, attemptedAt: Date.now() }, shortly())
  expect(found.kind).not.toBe('succeeded')
})
