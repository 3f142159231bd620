import * as fc from 'fast-check'
import type { FaultName } from '../../../src/dify/sandbox/sandbox-fault.ts'
import type { ServerTrouble } from '../../../src/dify/sandbox/trouble.ts'

/** One thing that happens. A whole number where something is chosen: of all that there are then, modulo their number. */
export type Decision = PeopleDecision | WeatherDecision

export type PeopleDecision =
  | {
      act: 'submit'
      user: number
      rows: number
      concurrency: number
      sample: number
      fails: number
      asks: Asks
    }
  | { act: 'resend'; order: number }
  | TaskDecision
  /** A program follows a task by its events. `againMs`: until it connects again; browsers are told 2 s. */
  | { act: 'follow'; task: number; againMs: number }
  | { act: 'hostile'; user: number; what: number }
  | { act: 'drop'; chat: number; rows: number; asks: Asks }
  | { act: 'click' | 'act-in-chat'; chat: number; message: number; button: number }
  | AnswerDecision
  | CommandDecision

/** On the command line: of the first machine, or of one elsewhere that speaks to it with `--server`. */
export type CommandDecision =
  | { act: 'command-run'; user: number; isThere: boolean; rows: number; concurrency: number; asJson: boolean }
  | { act: 'command'; verb: Verb; task: number; user: number; isThere: boolean }
  /** somebody presses Ctrl-C, or its terminal is gone */
  | { act: 'end-command'; command: number; how: 'SIGINT' | 'SIGTERM' | 'SIGKILL' }

export type Verb = 'status' | 'pause' | 'stop' | 'resume' | 'retry' | 'result'

/** What the runs of a task wait for: nobody, or somebody who presses a button, fills in a form, or has little time. */
export type Asks = 'nothing' | 'buttons' | 'form' | 'briefly'

/** What people answer for rows that wait. */
export type AnswerDecision =
  | { act: 'answer'; task: number; user: number; form: number; action: number; isForAll: boolean }
  /** of two people at once, who do not say the same */
  | { act: 'answer-twice'; task: number; form: number }
  | { act: 'answer-in-chat'; chat: number; who: number; message: number; button: number }
  | { act: 'answer-in-dify'; run: number }

/** What people do to a task. */
export type TaskDecision =
  | { act: 'pause' | 'resume' | 'stop' | 'retry' | 'delete'; task: number; user: number }
  | { act: 'again'; task: number; user: number; row: number }
  | { act: 'limit'; task: number; user: number; tokens: number | null }

/** What nobody wants. */
export type WeatherDecision =
  // the process and its machine
  | { act: 'kill'; machine: number; times: number; afterMs: number }
  | { act: 'end'; machine: number }
  | { act: 'freeze'; machine: number; ms: number }
  | { act: 'freeze-long'; machine: number; ms: number }
  | { act: 'lock' | 'fill'; ms: number }
  | { act: 'clock'; machine: number; byMs: number }
  | { act: 'restart-database'; how: 'fast' | 'immediate'; ms: number }
  // Dify and the chat
  | { act: 'faults'; fault: FaultName; times: number; every: number }
  | { act: 'trouble'; trouble: ServerTrouble; back: ServerTrouble | null; ms: number }
  /** Dify takes an answer, and nobody hears of it; or refuses it */
  | { act: 'answers'; how: 'cut-at-once' | '500' | '502'; times: number }
  | { act: 'unreachable'; ms: number }
  | { act: 'chat'; chat: number; how: 'down' | 'unheard' | 'limited' | 'slow'; times: number }
  | { act: 'cut-chat'; chat: number }

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

const choice = fc.nat(1_000)
const asks = fc.constantFrom<Asks>('nothing', 'nothing', 'nothing', 'nothing', 'buttons', 'form', 'briefly')
const user = fc.nat(2)
const ms = fc.integer({ min: 50, max: 1_500 })

const WEATHER = new Set<string>([
  'kill',
  'end',
  'freeze',
  'freeze-long',
  'restart-database',
  'lock',
  'fill',
  'clock',
  'faults',
  'trouble',
  'answers',
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
      asks,
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('resend' as const), order: choice }) },
  {
    weight: 9,
    arbitrary: fc.record({
      act: fc.constantFrom('pause', 'resume', 'resume', 'stop', 'retry', 'delete'),
      task: choice,
      user,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('again' as const), task: choice, user, row: choice }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('limit' as const),
      task: choice,
      user,
      tokens: fc.constantFrom(null, 50, 5_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('follow' as const),
      task: choice,
      againMs: fc.integer({ min: 50, max: 4_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('hostile' as const), user, what: choice }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('drop' as const),
      chat: choice,
      rows: fc.integer({ min: 1, max: 6 }),
      asks,
    }),
  },
  {
    weight: 13,
    arbitrary: fc.record({
      act: fc.constant('click' as const),
      chat: choice,
      message: choice,
      button: choice,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('act-in-chat' as const),
      chat: choice,
      message: choice,
      button: choice,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('answer' as const),
      task: choice,
      user,
      form: choice,
      action: choice,
      isForAll: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('answer-twice' as const), task: choice, form: choice }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('answer-in-chat' as const),
      chat: choice,
      who: choice,
      message: choice,
      button: choice,
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('answer-in-dify' as const), run: choice }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('command-run' as const),
      user,
      isThere: fc.boolean(),
      rows: fc.integer({ min: 1, max: 10 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
      asJson: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('command' as const),
      verb: fc.constantFrom<Verb>('status', 'pause', 'stop', 'resume', 'retry', 'result', 'result'),
      task: choice,
      user,
      isThere: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('end-command' as const),
      command: choice,
      how: fc.constantFrom('SIGINT', 'SIGTERM', 'SIGKILL', 'SIGKILL'),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      act: fc.constant('kill' as const),
      machine: choice,
      times: fc.integer({ min: 1, max: 3 }),
      afterMs: fc.nat(1_200),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('end' as const), machine: choice }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('freeze' as const), machine: choice, ms }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('freeze-long' as const),
      machine: choice,
      ms: fc.integer({ min: 13_000, max: 18_000 }), // longer than the 12 s after which others take its tasks
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('lock', 'fill'), ms }) },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('restart-database' as const),
      how: fc.constantFrom('fast', 'immediate'),
      ms,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('clock' as const),
      machine: choice,
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
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('answers' as const),
      how: fc.constantFrom('cut-at-once', '500', '502'),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('unreachable' as const), ms }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('chat' as const),
      chat: choice,
      how: fc.constantFrom('down', 'unheard', 'limited', 'slow'),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cut-chat' as const), chat: choice }) },
)

const step: fc.Arbitrary<Step> = fc.record({ decision, pauseMs: fc.nat(250) })
const AT_ONCE = 200

/** For ever the same steps for the same seed. */
export function* stepsOf(seed: number): Generator<Step> {
  for (let part = 0; ; part++) yield* fc.sample(step, { seed: seed + part * 1_000_003, numRuns: AT_ONCE })
}
