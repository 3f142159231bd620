import { parseArgs } from 'node:util'
import { randomOf } from './admin/random.ts'
import { CONNECTIONS, SLACK_EDITS_A_MINUTE } from './simulate/costs.ts'
import { type Outcome, type Scenario, simulate } from './simulate/world.ts'
import { tableText } from './support/table.ts'

const NAMES = { dify: 'Dify’s runs', postgres: 'Postgres’ cores', workers: 'workers’ cores' } as const
/** What a row waits for longer than this share of its own run is what limits all. */
const LONG = 0.2

/**
 * What would happen on a hundred machines: an event simulation with what rows cost here (simulate/costs.ts). Says where
 * the limit is. The same seed gives the same figures.
 */
export function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      tasks: { type: 'string', default: '1000' },
      rows: { type: 'string', default: '100' },
      workers: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '5' },
    },
  })
  const usual: Scenario = {
    tasks: Number(values.tasks),
    rowsOfTask: Number(values.rows),
    lanes: 3,
    workers: Number(values.workers),
    tasksAtOnce: 200,
    postgresCores: 4,
    difySlots: 500,
    rowSeconds: Number(values.seconds),
    workspaces: 1,
    editsAMinute: SLACK_EDITS_A_MINUTE,
  }
  console.log(
    `simulate: ${usual.tasks} tasks of ${usual.rowsOfTask} rows at ${usual.rowSeconds} s, ${usual.lanes} at once, seed ${values.seed}`,
  )
  const cases: [string, Scenario][] = [
    ['one worker', { ...usual, workers: 1, tasksAtOnce: usual.tasks }],
    [`${usual.workers} workers`, usual],
    ['Dify runs 3,000 at once', { ...usual, difySlots: 3_000 }],
    ['10 rows of a task at once, Dify runs 10,000', { ...usual, lanes: 10, difySlots: 10_000 }],
    ['the same, 1 s a row', { ...usual, lanes: 10, difySlots: 10_000, rowSeconds: 1 }],
    [
      'the same, Postgres with 16 cores',
      { ...usual, lanes: 10, difySlots: 10_000, rowSeconds: 1, postgresCores: 16 },
    ],
    ['ten workspaces', { ...usual, difySlots: 3_000, workspaces: 10 }],
  ]
  const outcomes = cases.map(
    ([name, scenario]) => [name, scenario, simulate(scenario, randomOf(Number(values.seed)))] as const,
  )
  console.log(tableText([HEADING, ...outcomes.map(([name, scenario, one]) => lineOf(name, scenario, one))]))
  return Promise.resolve()
}

const HEADING = [
  'case',
  'takes',
  'rows/s',
  'Dify',
  'Postgres',
  'workers',
  'edits',
  'WAL MB/s',
  'connections',
  'a turn p50/p99',
  'rows a turn',
  'oldest card',
  'limit',
]

function lineOf(name: string, scenario: Scenario, outcome: Outcome): string[] {
  const { seconds, rows, busy, walBytesASecond, turnMs, rowsOfTurn, stalestCardSeconds } = outcome
  return [
    name,
    `${seconds.toFixed(0)} s`,
    (rows / seconds).toFixed(0),
    percent(busy.dify),
    percent(busy.postgres),
    percent(busy.workers),
    percent(busy.slack),
    (walBytesASecond / 1e6).toFixed(2),
    String(scenario.workers * (CONNECTIONS.pool + CONNECTIONS.jobs + CONNECTIONS.own)),
    `${turnMs.median.toFixed(0)}/${turnMs.p99.toFixed(0)} ms`,
    rowsOfTurn.toFixed(1),
    `${stalestCardSeconds.toFixed(0)} s`,
    limitOf(scenario, outcome),
  ]
}

/** What rows wait for longest; where they hardly wait, a task takes its time because so few of its rows run at once. */
function limitOf({ rowSeconds }: Scenario, { waitedMs }: Outcome): string {
  const names = ['dify', 'postgres', 'workers'] as const
  const longest = names.toSorted((a, b) => waitedMs[b] - waitedMs[a])[0] ?? 'dify'
  return waitedMs[longest] > rowSeconds * 1000 * LONG ? NAMES[longest] : 'rows at once of a task'
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
