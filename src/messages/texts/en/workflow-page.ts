import type { Numbers } from '../numbers.ts'
import type { Rich } from './wizard.ts'

/** The page of one workflow. */
export const workflowPage = (n: Numbers) => ({
  all: 'All workflows',
  changes: {
    title: 'Changed in Dify',
    hint: 'Rows are still checked by what Rowbot knows. Sync takes the changes over.',
    asked: <S>(when: S): Rich<S> => ['Dify was last asked ', when, '.'],
    taken: <S>(when: S): Rich<S> => ['Taken over at the last sync, ', when],
  },
  record: {
    title: 'How it does',
    success: 'Success',
    percent: (percent: number, rows: number, days: number) =>
      `${percent} % of ${rows === 1 ? '1 row' : `${n.count(rows)} rows`} in ${days} days`,
    noneEnded: (days: number) => `no row has ended in ${days} days`,
    aRow: 'A row',
    takes: (takes: string, price: string | undefined) =>
      price === undefined ? `takes ${takes} on average` : `takes ${takes} and costs ${price} on average`,
    noCost: 'not known yet: no row has succeeded',
    lastStarted: 'Last started',
    never: 'never',
    tasks: 'Tasks',
  },
  health: {
    title: 'Health',
    asked: 'Dify was asked',
    answered: 'it answered',
    notAnswered: 'it did not answer as it should',
    lastRow: 'Last row that ended',
    succeeded: 'it succeeded',
    failed: 'it failed',
    none: 'none yet',
    speed: 'Calls now',
    full: 'as many as its limits allow',
    stopped: <S>(since: S): Rich<S> => ['held back: Dify has not answered since ', since, '.'],
    askedEvery: (every: string) => `One call asks again every ${every}.`,
    error: 'Last error',
    noError: 'none in its last tasks',
    errorAt: (row: number) => `row ${n.count(row)} of`,
    version: 'Version',
    versionSeen: <S>(since: S): Rich<S> => ['first run ', since],
    versionUnknown: 'not known: no run has named it',
    server: 'Server',
    synced: 'Last synced',
    inDify: 'In Dify',
    app: 'the app',
    log: 'its log',
  },
  limits: {
    title: 'Limits and access',
    calls: 'Calls',
    perTask: 'A task at most',
    noPerTask: 'as much as it costs',
    outputs: 'Must give',
    noOutputs: 'whatever it gives will do',
    access: 'Who may use it',
  },
  tasks: {
    title: 'Last tasks',
    own: 'Your last tasks',
    none: 'No task has been started with it yet.',
    all: (count: number) => `All ${n.count(count)} tasks`,
    columns: { state: 'State', task: 'Task', rows: 'Rows', started: 'Started', by: 'By' },
  },
  inputs: 'Inputs',
  test: {
    title: 'Test one row',
    hint: 'Starts a task of one row with what you type here. It is called and paid like any other row.',
    run: 'Run this row',
    off: 'It is switched off. Switch it on to test it.',
    notForYou: 'You may only look. Somebody who may start tasks can test it.',
    required: 'required',
    optional: 'optional',
    none: '– (no value)',
    files: (isOne: boolean, kinds: string) =>
      [kinds === '' ? '' : `It takes: ${kinds}.`, isOne ? 'Replaces what is written above.' : '']
        .filter(Boolean)
        .join(' '),
    needed: (input: string) => `Give a value: “${input}” is required.`,
    taskName: (workflow: string) => `Test of ${workflow}`,
    fileName: (workflow: string) => `${workflow} test`,
    row: 'Row',
  },
})
