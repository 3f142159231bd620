import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import {
  DEFAULT_SHARE_TIMING,
  type SharedLimits,
  NOT_SHARED_YET,
  renew,
  type ShareAnswer,
  type ShareTiming,
} from '../../src/engine/shares.ts'
import { ThrottleShare } from '../../src/engine/throttle-share.ts'

const TIMING: ShareTiming = {
  ...DEFAULT_SHARE_TIMING,
  windowMs: 61_000,
  runEndsMs: 1_260_000,
  growEveryMs: 60_000,
}

/** A machine: what it believes may be late, and what it sends may never arrive. */
class Machine {
  readonly share = new ThrottleShare({ changed: () => {} })
  taken = 0
  waiting = 0
  made = 0
  /** calls that are over, which it does not know yet */
  unheard = 0
  isFrozen = false
  isDead = false
  /** an answer that is on its way */
  answer: { answer: ShareAnswer; until: number } | undefined

  constructor(readonly name: string) {}
}

class Story {
  now = 1_000_000
  shared: SharedLimits
  readonly machines: Machine[]
  /** calls whose machine is gone and that go on at the server */
  lost = 0
  largest: number

  constructor(limit: number, count: number) {
    this.shared = { ...NOT_SHARED_YET, limits: { atOnce: limit } }
    this.machines = Array.from({ length: count }, (_, index) => new Machine(`m${index}`))
    this.largest = limit
  }

  get underWay(): number {
    return this.machines.reduce((sum, { taken, unheard }) => sum + taken - unheard, this.lost)
  }

  /** Calls of machines that have not renewed their line. */
  get openCalls(): number {
    const alive = new Set(
      this.shared.lines.flatMap(({ machine, expiresAt }) => (expiresAt > this.now ? machine : [])),
    )
    return this.machines.reduce(
      (sum, { name, taken, unheard }) => sum + (alive.has(name) ? 0 : taken - unheard),
      this.lost,
    )
  }

  /** Its line is renewed; the answer is on its way. */
  ask(machine: Machine): void {
    if (machine.isDead || machine.isFrozen || machine.answer) return
    const limits = this.shared.limits
    const rates = { perMinute: NONE, tokensPerMinute: NONE }
    const use = { now: this.now, taken: machine.taken, waiting: machine.waiting, limits, rates, rowTokens: 0 }
    const report = machine.share.report(use, machine.name, {})
    const { shared, answer } = renew({ ...this.shared, openCalls: this.openCalls }, report, TIMING, this.now)
    this.shared = shared
    machine.answer = { answer, until: this.now + TIMING.leaseMs - TIMING.marginMs }
  }

  arrive(machine: Machine, isLost = false): void {
    if (machine.isDead || machine.isFrozen || !machine.answer) return
    const { answer, until } = machine.answer
    machine.answer = undefined
    if (!isLost) machine.share.take({ ...answer, until })
  }

  begin(machine: Machine): void {
    if (machine.isDead || machine.isFrozen || machine.waiting === 0) return
    if (machine.taken >= machine.share.most(this.now)) return
    machine.waiting--
    machine.taken++
    machine.made++
  }

  end(machine: Machine): void {
    if (machine.unheard < machine.taken && machine.isFrozen) machine.unheard++
    if (machine.taken === 0 || machine.isFrozen || machine.isDead) return
    machine.taken--
    machine.unheard = Math.max(0, machine.unheard - 1)
  }

  die(machine: Machine): void {
    if (machine.isDead || this.machines.filter(({ isDead }) => !isDead).length === 1) return
    machine.isDead = true
    this.lost += machine.taken - machine.unheard
    machine.taken = 0
    machine.unheard = 0
    machine.waiting = 0
  }
}

/** Thousands of others: ROWBOT_MODEL_RUNS=5000 */
const RUNS = Number(process.env['ROWBOT_MODEL_RUNS'] ?? 300)
const NONE = { used: () => 0, isHeldBack: false }

type Step = (story: Story) => void
const index = fc.nat({ max: 4 })
const of = (act: (story: Story, machine: Machine) => void) =>
  index.map((at): Step => (story) => {
    const machine = story.machines[at % story.machines.length]
    if (machine) act(story, machine)
  })
const wants = fc.tuple(index, fc.nat({ max: 12 })).map(([at, lanes]): Step => (story) => {
  const machine = story.machines[at % story.machines.length]
  if (machine && !machine.isDead) machine.waiting = lanes
})
const passes = fc.integer({ min: 1, max: 8_000 }).map((ms): Step => (story) => {
  story.now += ms
})
/** Frozen until its line has expired and the others have its share; its calls end meanwhile. */
const frozenForLong = of((story, frozen) => {
  if (frozen.isDead) return
  frozen.isFrozen = true
  while (frozen.unheard < frozen.taken) story.end(frozen)
  for (let round = 0; round < 8; round++) {
    story.now += 2_000
    for (const machine of story.machines) {
      story.ask(machine)
      story.arrive(machine)
      story.begin(machine)
    }
  }
  frozen.isFrozen = false
  story.ask(frozen)
  story.arrive(frozen)
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: wants },
  { weight: 8, arbitrary: of((story, machine) => story.ask(machine)) },
  { weight: 8, arbitrary: of((story, machine) => story.arrive(machine)) },
  { weight: 1, arbitrary: of((story, machine) => story.arrive(machine, true)) },
  { weight: 12, arbitrary: of((story, machine) => story.begin(machine)) },
  { weight: 5, arbitrary: of((story, machine) => story.end(machine)) },
  { weight: 1, arbitrary: of((story, machine) => story.die(machine)) },
  { weight: 1, arbitrary: of((_, machine) => (machine.isFrozen = !machine.isFrozen)) },
  { weight: 3, arbitrary: passes },
  { weight: 1, arbitrary: frozenForLong },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 8 }).map((limit): Step => (story) => {
      story.shared = { ...story.shared, limits: { atOnce: limit } }
      story.largest = Math.max(story.largest, limit)
    }),
  },
  { weight: 1, arbitrary: fc.constant((story: Story) => (story.lost = Math.max(0, story.lost - 1))) },
)

const story = fc.tuple(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 5 }),
  fc.array(step, { minLength: 20, maxLength: 200, size: 'max' }),
)

test('whatever machines want, lose, or die of: all calls together never exceed the limit', () => {
  fc.assert(
    fc.property(story, ([limit, count, steps]) => {
      const told = new Story(limit, count)
      for (const each of steps) {
        each(told)
        expect(told.underWay).toBeLessThanOrEqual(told.largest)
      }
    }),
    { numRuns: RUNS },
  )
})

test('and once the others go on as usual, everybody who wants a call gets one, and the limit is used', () => {
  fc.assert(
    fc.property(story, ([limit, count, steps]) => {
      const told = new Story(limit, count)
      for (const each of steps) each(told)
      told.lost = 0
      const alive = told.machines.filter(({ isDead }) => !isDead)
      for (const machine of alive) {
        machine.isFrozen = false
        machine.made = 0
        machine.waiting = 3
      }
      let most = 0
      for (let round = 0; round < 80; round++) {
        told.now += 500
        for (const machine of alive) {
          told.ask(machine)
          told.arrive(machine)
          for (let lane = 0; lane < 3; lane++) told.begin(machine)
        }
        if (round > 40) most = Math.max(most, told.underWay)
        for (const machine of alive) {
          while (machine.taken > 0) told.end(machine)
          machine.waiting = 3
        }
      }
      expect(alive.filter(({ made }) => made === 0)).toEqual([])
      const { atOnce } = told.shared.limits
      // Where they take turns, one may have left and the next not begun: here they look twice a second.
      if (alive.length <= atOnce) expect(most).toBe(Math.min(atOnce, alive.length * 3))
    }),
    { numRuns: RUNS },
  )
})
