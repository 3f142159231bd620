import { describe, expect, test } from 'bun:test'
import { runPaced, type ServerLimits } from './support/paced-server.ts'

const ROWS = 300
/** 300 rows of 2 s, ten at once. */
const UNLIMITED_MS = 60_000

describe('a server that says nothing but “too many”', () => {
  const CASES: [string, ServerLimits, { idealMs: number; ofIdeal?: number }][] = [
    ['15 calls a minute', { calls: 15 }, { idealMs: 19 * 60_000 + 4_000 }],
    ['30 calls a minute', { calls: 30 }, { idealMs: 9 * 60_000 + 6_000 }],
    ['60 calls a minute', { calls: 60 }, { idealMs: 4 * 60_000 + 12_000 }],
    ['300 calls a minute', { calls: 300 }, { idealMs: UNLIMITED_MS }],
    ['20,000 tokens a minute, 250 a call', { tokens: 20_000 }, { idealMs: 3 * 60_000 + 12_000 }],
    ['4 calls at once', { atOnce: 4 }, { idealMs: 150_000 }],
    ['nothing for 10 s', { outage: { from: 20_000, to: 30_000 } }, { idealMs: UNLIMITED_MS, ofIdeal: 1.23 }],
    [
      'nothing for the first 10 s',
      { outage: { from: 0, to: 10_000 } },
      { idealMs: UNLIMITED_MS, ofIdeal: 1.25 },
    ],
    [
      'nothing for the first 10 s, for want of tokens',
      { outage: { from: 0, to: 10_000 }, refusal: 'Rate limit on tokens per min (TPM).' },
      { idealMs: UNLIMITED_MS, ofIdeal: 1.25 },
    ],
  ]
  test.each(CASES)(
    '%s: close to the ideal time, and few calls are refused',
    async (_, limits, { idealMs, ofIdeal = 1.15 }) => {
      const { ms, refused } = await runPaced(ROWS, limits)
      expect(ms / idealMs).toBeLessThan(ofIdeal)
      expect(refused / ROWS).toBeLessThan(0.05)
    },
  )
})

describe('what a person has set', () => {
  const most = (at: number[], ms: number) =>
    Math.max(...at.map((from) => at.filter((one) => one >= from && one < from + ms).length))

  test('60 calls a minute: one a second and never more than 60 in any minute', async () => {
    const { admitted, ms, refused } = await runPaced(150, { calls: 60 }, { perMinute: 60 })
    expect([most(admitted, 999), most(admitted, 60_000), refused]).toEqual([1, 60, 0])
    expect(ms).toBeLessThan(155_000)
  })

  test('tokens a minute: the first row shows how many a row needs, and no minute has more', async () => {
    const { admitted, refused } = await runPaced(60, { tokens: 5_000 }, { tokensPerMinute: 5_000 })
    expect([most(admitted, 1_999), most(admitted, 60_000), refused]).toEqual([expect.any(Number), 20, 0])
    expect(admitted[1]).toBeGreaterThanOrEqual(2_000)
  })
})

describe('tokens a minute that a person has set', () => {
  const inMinute = (at: number[]) =>
    Math.max(...at.map((from) => at.filter((one) => one >= from && one < from + 60_000).length))

  test('a row that needs more than all of them is sent alone, once a minute', async () => {
    const row = { ms: 2_000, tokens: 9_000 }
    const { admitted } = await runPaced(8, {}, { tokensPerMinute: 5_000 }, row)
    expect(inMinute(admitted)).toBe(1)
  })

  test('rows that take longer than a minute are counted, and begin no later than these tokens ask for', async () => {
    const row = { ms: 90_000, tokens: 2_500 }
    const { admitted, ms } = await runPaced(20, {}, { tokensPerMinute: 5_000 }, row)
    expect(inMinute(admitted)).toBe(2)
    expect(ms).toBeLessThan(14 * 60_000) // two a minute, the first alone, the last 90 s
  })
})

test('one refusal among few calls costs seconds, not minutes', async () => {
  const { ms } = await runPaced(40, { outage: { from: 2_000, to: 2_100 } })
  expect(ms).toBeLessThan(12_000)
})

test('calls that are all refused after a long while do not end it: more are tried', async () => {
  const outage = { from: 60_000, to: 600_000 }
  const { ms } = await runPaced(100, { calls: 10, outage, refusalMs: 40_000 })
  expect(ms).toBeLessThan(25 * 60_000)
})
