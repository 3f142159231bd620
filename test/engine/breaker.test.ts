import { expect, test } from 'bun:test'
import { Breaker } from '../../src/engine/breaker.ts'
import type { Outcome } from '../../src/engine/outcome.ts'

const GIVE_UP_MS = 900_000
const ok: Outcome = { kind: 'succeeded', outputs: {}, usage: {} }
const perhaps: Outcome = {
  kind: 'halted',
  error: 'Dify says forbidden.',
  hint: 'Publish the app.',
  sure: false,
}
const surely: Outcome = { ...perhaps, sure: true }
const turnedAway: Outcome = { kind: 'throttled', error: 'Too many requests.', slow: true }

const watching = (...outcomes: Outcome[]) => {
  const breaker = new Breaker(GIVE_UP_MS, 0)
  return outcomes.map((outcome) => breaker.record(outcome, 0) !== undefined)
}

test('one revoked key stops the task', () => {
  expect(watching(ok, surely)).toEqual([false, true])
})

test('three rows in a row stop it, two and a success do not', () => {
  expect(watching(perhaps, perhaps, perhaps)).toEqual([false, false, true])
  expect(watching(perhaps, perhaps, ok, perhaps, perhaps)).toEqual([false, false, false, false, false])
})

test('a row that fails on its own account breaks the series', () => {
  expect(watching(perhaps, perhaps, { kind: 'rejected', error: 'Bad input.' }, perhaps)).not.toContain(true)
})

test('being turned away for a quarter of an hour stops it, with the last answer as the reason', () => {
  const breaker = new Breaker(GIVE_UP_MS, 0)
  expect(breaker.record(turnedAway, GIVE_UP_MS - 1)).toBeUndefined()
  expect(breaker.record(turnedAway, GIVE_UP_MS)?.error).toContain('For 15 min no call has come through')
  expect(breaker.record(turnedAway, GIVE_UP_MS)?.error).toContain('Too many requests.')
})

test('any call that comes through starts that clock anew', () => {
  const breaker = new Breaker(GIVE_UP_MS, 0)
  breaker.record(ok, GIVE_UP_MS - 1)
  expect(breaker.record(turnedAway, GIVE_UP_MS + 1)).toBeUndefined()
})
