import { describe, expect, test } from 'bun:test'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { Throttle } from '../../src/engine/throttle.ts'
import { FakeClock } from '../support/fake-clock.ts'

const never = new AbortController().signal

function throttleOf(max: number, random = () => 0) {
  const clock = new FakeClock()
  return { clock, throttle: new Throttle(max, clock, DEFAULT_TIMING, random) }
}

const turnedAway = (throttle: Throttle, clock: FakeClock, more = {}) =>
  throttle.turnedAway({ slow: true, calledAt: clock.now(), ...more })

describe('throttle', () => {
  test('gives out no more slots than the limit, and the next one when one is released', async () => {
    const { throttle } = throttleOf(2)
    const release = await throttle.slot(never)
    await throttle.slot(never)
    let third = false
    const waiting = throttle.slot(never).then(() => (third = true))
    await Bun.sleep(0)
    expect(third).toBe(false)
    release?.()
    await waiting
    expect(third).toBe(true)
  })

  test('who no longer wants a slot gets none, and takes none from the others', async () => {
    const { throttle } = throttleOf(1)
    const release = await throttle.slot(never)
    const gone = new AbortController()
    const first = throttle.slot(gone.signal)
    const second = throttle.slot(never)
    gone.abort()
    expect(await first).toBeUndefined()
    release?.()
    expect(await second).toBeFunction()
  })

  test('ten calls turned away together halve the limit once', () => {
    const { throttle, clock } = throttleOf(10)
    const calledAt = clock.now()
    for (let i = 0; i < 10; i++) throttle.turnedAway({ slow: true, calledAt })
    expect(throttle.limit).toBe(5)
  })

  test('each further wave halves it again, never below one', async () => {
    const { throttle, clock } = throttleOf(10)
    const limits = []
    for (let i = 0; i < 6; i++) {
      turnedAway(throttle, clock)
      limits.push(throttle.limit)
      await clock.pass(1)
    }
    expect(limits).toEqual([5, 2, 1, 1, 1, 1])
  })

  test('an unreachable server makes everybody wait but lowers nothing', async () => {
    const { throttle, clock } = throttleOf(4, () => 0.5)
    turnedAway(throttle, clock, { slow: false })
    expect(throttle.limit).toBe(4)
    let got = false
    const waiting = throttle.slot(never).then(() => (got = true))
    await clock.pass(499)
    expect(got).toBe(false)
    await clock.pass(1)
    await waiting
  })

  test('Retry-After holds everybody back, also when it is told by a later answer of the same wave', async () => {
    const { throttle, clock } = throttleOf(4)
    const calledAt = clock.now()
    throttle.turnedAway({ slow: true, calledAt })
    throttle.turnedAway({ slow: true, calledAt, retryAfterMs: 30_000 })
    let got = false
    const waiting = throttle.slot(never).then(() => (got = true))
    await clock.pass(29_999)
    expect(got).toBe(false)
    await clock.pass(1)
    await waiting
  })

  test('a shorter Retry-After does not end a longer one', async () => {
    const { throttle, clock } = throttleOf(4)
    turnedAway(throttle, clock, { retryAfterMs: 30_000 })
    turnedAway(throttle, clock, { retryAfterMs: 1_000 })
    let got = false
    const waiting = throttle.slot(never).then(() => (got = true))
    await clock.pass(29_999)
    expect(got).toBe(false)
    await clock.pass(1)
    await waiting
  })

  test('a Retry-After so long that the task stops holds back nobody who resumes it', async () => {
    const { throttle, clock } = throttleOf(4)
    turnedAway(throttle, clock, { retryAfterMs: DEFAULT_TIMING.giveUpAfterMs })
    expect(await throttle.slot(never)).toBeFunction()
  })

  test('the hold doubles with every wave, and a call that comes through begins anew', async () => {
    const { throttle, clock } = throttleOf(4, () => 0.5)
    const holdsFor = async (ms: number) => {
      turnedAway(throttle, clock)
      let got = false
      const waiting = throttle.slot(never).then((release) => {
        got = true
        return release?.()
      })
      await clock.pass(ms - 1)
      expect(got).toBe(false)
      await clock.pass(1)
      await waiting
    }
    for (const ms of [500, 1_000, 2_000]) await holdsFor(ms)
    throttle.passed()
    await holdsFor(500)
  })

  test('grows back by one for every quiet minute, up to the limit', async () => {
    const { throttle, clock } = throttleOf(4)
    turnedAway(throttle, clock)
    const limits = []
    for (let i = 0; i < 4; i++) {
      throttle.passed()
      limits.push(throttle.limit)
      await clock.pass(60_000)
    }
    expect(limits).toEqual([2, 3, 4, 4])
  })

  test('a new limit set by a person holds at once, but not over one that is lowered', () => {
    const { throttle, clock } = throttleOf(10)
    throttle.setMax(6)
    expect(throttle.limit).toBe(6)
    turnedAway(throttle, clock)
    throttle.setMax(20)
    expect(throttle.limit).toBe(3)
  })
})
