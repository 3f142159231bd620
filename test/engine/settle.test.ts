import { describe, expect, test } from 'bun:test'
import type { Outcome } from '../../src/engine/outcome.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { settle } from '../../src/engine/settle.ts'

const now = 1_000_000
const half = () => 0.5
const usage = { tokens: 7 }

const settled = (outcome: Outcome, before = {}, policy = {}) =>
  settle({ failures: 0, throttles: 0, turnedAwayAt: null, ...before }, outcome, {
    retries: 2,
    timing: DEFAULT_TIMING,
    now,
    random: half,
    unresolved: false,
    ...policy,
  })

describe('settle', () => {
  const failed: Outcome = { kind: 'failed', error: 'Node 3 broke.', usage }
  const throttled: Outcome = { kind: 'throttled', error: 'Too many requests.', slow: true }

  test.each<[string, Outcome, object, object]>([
    [
      'a success is final',
      { kind: 'succeeded', outputs: { a: 1 }, usage },
      {},
      { status: 'succeeded', outputs: { a: 1 }, warning: null, usage },
    ],
    [
      'a partial success keeps its warning',
      { kind: 'succeeded', outputs: {}, warning: 'One node failed.', usage },
      {},
      { status: 'succeeded', warning: 'One node failed.' },
    ],
    [
      'a rejected row fails at once',
      { kind: 'rejected', error: 'No.' },
      {},
      { status: 'failed', error: 'No.' },
    ],
    [
      'the first failure waits half of 2 s',
      failed,
      {},
      { status: 'pending', availableAt: now + 1_000, failures: 1, error: 'Node 3 broke.' },
    ],
    [
      'the second waits half of 4 s',
      failed,
      { failures: 1 },
      { status: 'pending', availableAt: now + 2_000, failures: 2 },
    ],
    [
      'the last failure is final, and what it cost is kept',
      failed,
      { failures: 2 },
      { status: 'failed', error: 'Node 3 broke.', usage },
    ],
    [
      'throttling costs no attempt',
      throttled,
      { failures: 2, throttles: 3 },
      { status: 'pending', failures: 2, throttles: 4, availableAt: now + 4_000 },
    ],
    [
      'Retry-After is obeyed',
      { ...throttled, retryAfterMs: 30_000 },
      {},
      { status: 'pending', availableAt: now + 30_000 },
    ],
    [
      'asked to wait for a day, it waits only as long as makes the task stop: once resumed, it tries again',
      { ...throttled, retryAfterMs: 86_400_000 },
      {},
      { status: 'pending', availableAt: now + DEFAULT_TIMING.giveUpAfterMs },
    ],
    [
      'a halted row waits, unharmed',
      { kind: 'halted', error: '401', hint: 'New key.', sure: true },
      { failures: 2 },
      { status: 'pending', failures: 2 },
    ],
  ])('%s', (_, outcome, before, expected) => {
    expect(settled(outcome, before)).toMatchObject(expected)
  })

  test('after an hour of refusals a row loses an attempt after all: it may be the cause', () => {
    const since = (ms: number) => ({ turnedAwayAt: now - ms })
    expect(settled(throttled)).toMatchObject({ turnedAwayAt: now, failures: 0 })
    expect(settled(throttled, since(3_599_999))).toMatchObject({ turnedAwayAt: now - 3_599_999, failures: 0 })
    expect(settled(throttled, since(3_600_000))).toMatchObject({ turnedAwayAt: null, failures: 1 })
    expect(settled(throttled, { ...since(3_600_000), failures: 2 })).toMatchObject({ status: 'failed' })
  })

  test('without retries the first failure is final', () => {
    expect(settled(failed, {}, { retries: 0 })).toMatchObject({ status: 'failed' })
  })

  test('a run whose end is not known is looked up before the row is called again', () => {
    const lost: Outcome = { kind: 'lost', error: 'The connection was cut.' }
    expect(settled(lost, {}, { unresolved: true })).toMatchObject({
      status: 'pending',
      unresolved: true,
      failures: 0,
    })
    expect(settled(failed)).toMatchObject({ unresolved: false })
  })

  test('the wait has full jitter and an upper limit', () => {
    const wait = (random: number, failures: number) => {
      const settlement = settled(failed, { failures }, { retries: 99, random: () => random })
      return settlement.status === 'pending' ? settlement.availableAt - now : undefined
    }
    expect(wait(0, 0)).toBe(0)
    expect(wait(0.999, 0)).toBe(1998)
    expect(wait(1, 40)).toBe(DEFAULT_TIMING.retryMaxMs)
  })
})
