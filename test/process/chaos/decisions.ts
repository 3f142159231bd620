import * as fc from 'fast-check'
import type { FaultName } from '../../../src/dify/sandbox/sandbox-fault.ts'
import type { ServerTrouble } from '../../../src/dify/sandbox/trouble.ts'

/** One thing that happens. A whole number where something is chosen: of all that there are then, modulo their number. */
export type Decision = PeopleDecision | WeatherDecision

export type PeopleDecision =
  | { act: 'submit'; user: number; rows: number; concurrency: number; sample: number; fails: number }
  | { act: 'resend'; order: number }
  | TaskDecision
  | { act: 'hostile'; user: number; what: number }
  | { act: 'drop'; rows: number }
  | { act: 'click'; message: number; button: number }

/** What people do to a task. */
export type TaskDecision =
  | { act: 'pause' | 'resume' | 'stop' | 'retry' | 'delete'; task: number; user: number }
  | { act: 'again'; task: number; user: number; row: number }
  | { act: 'limit'; task: number; user: number; tokens: number | null }

/** What nobody wants. */
export type WeatherDecision =
  // the process and its machine
  | { act: 'kill'; times: number; afterMs: number }
  | { act: 'end' }
  | { act: 'freeze' | 'lock' | 'fill'; ms: number }
  | { act: 'clock'; byMs: number }
  // of several machines on Postgres
  | { act: 'worker'; which: number; how: 'kill' | 'end' | 'freeze'; ms: number }
  | { act: 'postgres'; how: 'fast' | 'immediate'; ms: number }
  // Dify and the chat
  | { act: 'faults'; fault: FaultName; times: number; every: number }
  | { act: 'trouble'; trouble: ServerTrouble; back: ServerTrouble | null; ms: number }
  | { act: 'unreachable'; ms: number }
  | { act: 'chat'; how: 'down' | 'unheard' | 'limited' | 'slow'; times: number }
  | { act: 'cut-chat' }

export interface Step {
  decision: Decision
  /** how long after the one before */
  pauseMs: number
}

/**
 * Those that only a person could put right (a key that is refused, a workflow that is gone), or that cost a row a minute
 * and more by what they are (a worker that dies), have tests of their own.
 */
const FAULT_NAMES = [
  '429',
  '429-cloudflare',
  'limit',
  '500',
  '500-after',
  '502',
  '504',
  'cut-at-once',
  'cut',
  'no-start',
  'no-end',
  'error',
  'split',
  'left-open',
  'failed',
  'partial',
  'made-up',
  'made-up-mid',
  'database-gone',
  'provider-429',
  'provider-500',
] as const satisfies FaultName[]

/** Its tasks are taken over after 12 s (queue/jobs.ts). */
const LONGER_THAN_A_LEASE_MS = 16_000

const any = fc.nat(1_000)
const user = fc.nat(2)
const ms = fc.integer({ min: 50, max: 1_500 })

const WEATHER = new Set<string>([
  'kill',
  'end',
  'freeze',
  'lock',
  'fill',
  'clock',
  'worker',
  'postgres',
  'faults',
  'trouble',
  'unreachable',
  'chat',
  'cut-chat',
])

export function isWeather(decision: Decision): decision is WeatherDecision {
  return WEATHER.has(decision.act)
}

const decision: fc.Arbitrary<Decision> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      act: fc.constant('submit' as const),
      user,
      rows: fc.integer({ min: 1, max: 12 }),
      concurrency: fc.integer({ min: 1, max: 6 }),
      sample: fc.constantFrom(0, 0, 0, 2),
      fails: fc.nat(2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('resend' as const), order: any }) },
  {
    weight: 9,
    arbitrary: fc.record({
      act: fc.constantFrom('pause', 'resume', 'resume', 'stop', 'retry', 'delete'),
      task: any,
      user,
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('again' as const), task: any, user, row: any }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('limit' as const),
      task: any,
      user,
      tokens: fc.constantFrom(null, 50, 5_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('hostile' as const), user, what: any }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('drop' as const), rows: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 10, arbitrary: fc.record({ act: fc.constant('click' as const), message: any, button: any }) },
  {
    weight: 9,
    arbitrary: fc.record({
      act: fc.constant('kill' as const),
      times: fc.integer({ min: 1, max: 3 }),
      afterMs: fc.nat(1_200),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('end' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('worker' as const),
      which: fc.nat(1),
      how: fc.constantFrom('kill', 'kill', 'end', 'freeze'),
      ms: fc.constantFrom(300, 2_000, LONGER_THAN_A_LEASE_MS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('postgres' as const),
      how: fc.constantFrom('fast', 'immediate'),
      ms,
    }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('freeze', 'lock', 'fill'), ms }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('clock' as const),
      byMs: fc.constantFrom(0, -7_200_000, -90_000, 90_000, 7_200_000),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('faults' as const),
      fault: fc.constantFrom(...FAULT_NAMES),
      times: fc.integer({ min: 1, max: 4 }),
      every: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        pair: fc.constantFrom<[ServerTrouble, ServerTrouble | null]>(
          ['worker-down', null],
          ['api-killed', null],
          ['workers-gone', 'workers-back'],
          ['redis-gone', 'redis-back'],
          ['database-gone', 'database-back'],
        ),
        ms,
      })
      .map(({ pair: [trouble, back], ms: forMs }) => ({ act: 'trouble', trouble, back, ms: forMs }) as const),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('unreachable' as const), ms }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('chat' as const),
      how: fc.constantFrom('down', 'unheard', 'limited', 'slow'),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cut-chat' as const) }) },
)

const step: fc.Arbitrary<Step> = fc.record({ decision, pauseMs: fc.nat(250) })
const AT_ONCE = 200

/** For ever the same steps for the same seed. */
export function* stepsOf(seed: number): Generator<Step> {
  for (let part = 0; ; part++) yield* fc.sample(step, { seed: seed + part * 1_000_003, numRuns: AT_ONCE })
}
