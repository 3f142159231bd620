import { expect, test } from 'bun:test'
import { Breaker } from '../../src/engine/breaker.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import { spoken } from '../support/spoken.ts'

const LONGEST_MS = 900_000
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
  const breaker = new Breaker(LONGEST_MS)
  return outcomes.map((outcome) => breaker.record(outcome) !== undefined)
}

test('one revoked key stops the task', () => {
  expect(watching(ok, surely)).toEqual([false, true])
})

test('three rows in a row stop it, two and a success do not', () => {
  expect(watching(perhaps, perhaps, perhaps)).toEqual([false, false, true])
  expect(watching(perhaps, perhaps, ok, perhaps, perhaps)).toEqual([false, false, false, false, false])
})

test('a row that fails for a reason of its own interrupts the series', () => {
  expect(
    spoken(watching(perhaps, perhaps, { kind: 'rejected', error: 'Bad input.' }, perhaps)),
  ).not.toContain(true)
})

test('refusals stop nothing, but a request to wait for a quarter of an hour does', () => {
  const breaker = new Breaker(LONGEST_MS)
  for (let i = 0; i < 1_000; i++) expect(breaker.record(turnedAway)).toBeUndefined()
  expect(breaker.record({ ...turnedAway, retryAfterMs: LONGEST_MS - 1 })).toBeUndefined()
  expect(spoken(breaker.record({ ...turnedAway, retryAfterMs: LONGEST_MS })?.hint)).toContain(
    'Dify asks to wait 15 min.',
  )
})

test('a server that does not answer stops nothing', () => {
  const breaker = new Breaker(LONGEST_MS)
  for (let i = 0; i < 1_000; i++) {
    expect(breaker.record({ kind: 'lost', error: 'Dify cannot be reached.' })).toBeUndefined()
  }
})
