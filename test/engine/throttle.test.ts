import { describe, expect, test } from 'bun:test'
import type { Outcome } from '../../src/engine/outcome.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import type { RateLimits } from '../../src/engine/pacer.ts'
import { type Slot, Throttle } from '../../src/engine/throttle.ts'
import { FakeClock } from '../support/fake-clock.ts'

const never = new AbortController().signal
const done: Outcome = { kind: 'succeeded', outputs: {}, usage: {} }
const refused = { kind: 'throttled', error: 'Too many requests.', slow: true } as const
const lost: Outcome = { kind: 'lost', error: 'The server failed (HTTP 502).' }

function throttleOf(atOnce: number, limits: RateLimits = {}) {
  const clock = new FakeClock()
  const throttle = new Throttle({ atOnce, ...limits }, clock, DEFAULT_TIMING, () => 0)
  return { clock, throttle, take: () => taken(throttle) }
}

async function taken(throttle: Throttle): Promise<Slot> {
  const slot = await throttle.slot(never)
  if (!slot) throw new Error('no slot though nobody has given up')
  return slot
}

function end(slot: Slot, outcome: Outcome, row = 'a row'): void {
  slot.ended(outcome, row)
  slot.release()
}

/** Whether a slot can be had now; it is given back. */
async function isFree(throttle: Throttle): Promise<boolean> {
  const asked = new AbortController()
  const slot = throttle.slot(asked.signal)
  await Bun.sleep(0)
  asked.abort()
  const got = await slot
  got?.unused()
  got?.release()
  return got !== undefined
}

describe('throttle', () => {
  test('gives out no more slots than the limit, and the next one when one is released', async () => {
    const { throttle, take } = throttleOf(2)
    const first = await take()
    await take()
    expect(await isFree(throttle)).toBe(false)
    end(first, done)
    expect(await isFree(throttle)).toBe(true)
  })

  test('a lane that no longer wants a slot gets none, and takes none from the others', async () => {
    const { throttle, take } = throttleOf(1)
    const only = await take()
    const gone = new AbortController()
    const first = throttle.slot(gone.signal)
    const second = throttle.slot(never)
    gone.abort()
    expect(await first).toBeUndefined()
    end(only, done)
    expect(await second).toBeDefined()
  })

  test('if six of ten calls at once are refused, four are sent at once from then on', async () => {
    const { throttle, take } = throttleOf(10)
    const slots = await Promise.all(Array.from({ length: 10 }, take))
    for (const slot of slots.slice(4)) end(slot, refused)
    expect(throttle.slowdown).toEqual({ kind: 'throttled', atOnce: 4 })
  })

  test('an app’s own limit is one of calls at once, whatever was let in before', async () => {
    const { throttle, take } = throttleOf(3)
    const before = await Promise.all([take(), take(), take()])
    for (const slot of before) end(slot, done)
    const [, , third] = await Promise.all([take(), take(), take()])
    end(third, { ...refused, by: 'app' })
    expect(throttle.limit).toBe(2)
  })

  test('a lowered limit grows back by one for every quiet minute, and more slowly where that was too many', async () => {
    const { throttle, take, clock } = throttleOf(4)
    const lower = async (count: number) => {
      const slots = await Promise.all(Array.from({ length: count }, take))
      for (const slot of slots.slice(2)) end(slot, { ...refused, by: 'app' })
      for (const slot of slots.slice(0, 2)) end(slot, done)
    }
    const limitAfter = async (ms: number) => {
      await clock.pass(ms)
      end(await take(), done)
      return throttle.limit
    }
    await lower(4)
    expect([throttle.limit, await limitAfter(59_000), await limitAfter(1_000)]).toEqual([2, 2, 3])
    await lower(3)
    expect([throttle.limit, await limitAfter(60_000), await limitAfter(60_000)]).toEqual([2, 2, 3])
    expect([await limitAfter(120_000), await limitAfter(240_000)]).toEqual([4, 4])
  })

  test('Retry-After is obeyed by all calls, to the second', async () => {
    const { throttle, take, clock } = throttleOf(4)
    end(await take(), { ...refused, retryAfterMs: 30_000 })
    await clock.pass(29_999)
    expect(await isFree(throttle)).toBe(false)
    await clock.pass(1_000)
    expect(await isFree(throttle)).toBe(true)
  })

  test('setting the machine’s clock an hour back or forward changes no wait', async () => {
    const { throttle, take, clock } = throttleOf(4)
    for (const jump of [-3_600_000, 3_600_000]) {
      end(await take(), { ...refused, retryAfterMs: 30_000 })
      clock.jump(jump)
      await clock.pass(29_999)
      expect(await isFree(throttle)).toBe(false)
      await clock.pass(61_000)
      expect(await isFree(throttle)).toBe(true)
    }
  })

  describe('tokens a minute that a person has set', () => {
    const usage = { tokens: 900 }

    test('how many a row needs is still not known after one that was rejected unrun: the next one goes alone too', async () => {
      const { throttle, take } = throttleOf(4, { tokensPerMinute: 1_000 })
      end(await take(), { kind: 'rejected', error: 'Dify refused the input.' })
      const second = await take()
      expect(await isFree(throttle)).toBe(false)
      end(second, done)
      expect(await isFree(throttle)).toBe(true)
    })

    test('what a run used before the model refused it counts', async () => {
      const { throttle, take, clock } = throttleOf(4, { tokensPerMinute: 1_000 })
      end(await take(), { kind: 'succeeded', outputs: {}, usage: { tokens: 100 } })
      end(await take(), { ...refused, by: 'provider', usage })
      await clock.pass(30_000)
      expect(await isFree(throttle)).toBe(false)
      await clock.pass(32_000)
      expect(await isFree(throttle)).toBe(true)
    })
  })

  test('where nothing gets through for want of tokens, it says that single calls still ask', async () => {
    const { throttle, take } = throttleOf(4)
    end(await take(), { ...refused, error: 'Rate limit on tokens per min (TPM).' })
    expect(throttle.slowdown).toEqual({ kind: 'paced', perMinute: 1, tokensPerMinute: 0 })
  })

  test('a limit that a person sets holds at once, but does not raise one that was lowered', async () => {
    const { throttle, take } = throttleOf(10)
    throttle.setLimits({ atOnce: 6 })
    expect(throttle.limit).toBe(6)
    const slots = await Promise.all(Array.from({ length: 6 }, take))
    for (const slot of slots.slice(3)) end(slot, refused)
    throttle.setLimits({ atOnce: 20 })
    expect(throttle.limit).toBe(3)
  })
})

describe('a server in trouble', () => {
  const failing = async ({ take, clock }: ReturnType<typeof throttleOf>, rows: string[]) => {
    for (const row of rows) {
      end(await take(), lost, row)
      await clock.pass(0)
    }
  }

  test('five failed calls in a row over two rows open the circuit: all wait, and one asks at growing intervals', async () => {
    const whole = throttleOf(10)
    const { throttle, clock } = whole
    await failing(whole, ['a', 'b', 'a', 'b'])
    expect(throttle.slowdown).toBeUndefined()
    await failing(whole, ['a'])
    const asked: number[] = []
    const closed = new AbortController()
    const lane = async () => {
      while (!closed.signal.aborted) {
        const slot = await taken(throttle)
        asked.push(clock.monotonicNow() - 1_000_000)
        end(slot, lost, 'c')
      }
    }
    for (let i = 0; i < 5; i++) void lane()
    await clock.pass(1_200_000)
    expect(asked.map((at) => at / 1_000)).toEqual([5, 15, 35, 75, 155, 315, 615, 915])
    expect(throttle.slowdown).toMatchObject({ kind: 'trouble', askedEveryMs: 300_000 })
    closed.abort()
  })

  test('the slowdown says since when, and what the server answered last', async () => {
    const whole = throttleOf(10)
    await failing(whole, ['a', 'b', 'a', 'b', 'c'])
    expect(whole.throttle.slowdown).toEqual({
      kind: 'trouble',
      since: 1_000_000,
      lastAnswer: 'The server failed (HTTP 502).',
      askedEveryMs: 5_000,
    })
  })

  test('any answer closes the circuit, and all continue at once', async () => {
    const whole = throttleOf(3)
    const { throttle, clock, take } = whole
    await failing(whole, ['a', 'b', 'a', 'b', 'c'])
    await clock.pass(5_000)
    const asking = await take()
    expect(await isFree(throttle)).toBe(false)
    end(asking, { kind: 'failed', error: 'The model did not answer.' })
    expect(throttle.slowdown).toBeUndefined()
    expect(await isFree(throttle)).toBe(true)
  })

  test('one row alone does not open the circuit, nor do failures with an answer in between', async () => {
    const whole = throttleOf(3)
    await failing(whole, ['a', 'a', 'a', 'a', 'a', 'a'])
    end(await whole.take(), done)
    await failing(whole, ['a', 'b', 'c', 'd'])
    expect(whole.throttle.slowdown).toBeUndefined()
  })

  test('if the slot for asking is not used, another call may ask', async () => {
    const whole = throttleOf(3)
    await failing(whole, ['a', 'b', 'a', 'b', 'c'])
    await whole.clock.pass(5_000)
    const slot = await whole.take()
    slot.unused()
    slot.release()
    expect(await isFree(whole.throttle)).toBe(true)
  })

  test('a lane that is told to stop waits no longer', async () => {
    const whole = throttleOf(3)
    await failing(whole, ['a', 'b', 'a', 'b', 'c'])
    const stopped = new AbortController()
    const slot = whole.throttle.slot(stopped.signal)
    stopped.abort()
    expect(await slot).toBeUndefined()
  })
})
