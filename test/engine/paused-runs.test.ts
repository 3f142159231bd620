import { describe, expect, test } from 'bun:test'
import type { DifyApp, LookUpResult } from '../../src/engine/outcome.ts'
import type { RunForm } from '../../src/engine/form.ts'
import { PausedRuns } from '../../src/engine/paused-runs.ts'
import { newRun } from '../../src/engine/run.ts'
import type { RunnerServices, WorkflowRuntime } from '../../src/engine/services.ts'
import { Throttle } from '../../src/engine/throttle.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import type { WaitingRow, WaitingStore } from '../../src/engine/waiting-row.ts'
import { Tracked } from '../../src/engine/tracked.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { inEnglish } from '../../src/engine/sentence.ts'

const MINUTE_MS = 60_000

/** Rows that wait, without a database. @param answerTo what Dify says of a row's run */
async function aWatch(
  count: number,
  answerTo: (row: number) => LookUpResult = () => ({ kind: 'waiting', forms: [] }),
  {
    setForm = () => {},
    ...more
  }: Pick<DifyApp, 'join' | 'stateOf'> & { setForm?: (status: string) => void } = {},
) {
  const clock = new FakeClock()
  const rows = Array.from({ length: count }, (_, i) => aRow(i + 2, clock.monotonicNow()))
  const looks: { row: number; at: number }[] = []
  const gone: number[] = []
  const failed: string[] = []
  const asked: string[] = []
  const leave = (row: WaitingRow) => void rows.splice(rows.indexOf(row), 1)
  const waiting: WaitingStore = {
    next: () => Promise.resolve(rows.toSorted((a, b) => a.availableAt - b.availableAt || a.row - b.row)[0]),
    lookAgain: async (row, at) => void (row.availableAt = at),
    goOn: async (row) => {
      gone.push(row.row)
      leave(row)
    },
    ask: async (row, forms) => {
      asked.push(...forms.map(({ nodeTitle }) => nodeTitle))
      const isThere = ({ formId }: { formId: string }) => row.forms.some((form) => form.formId === formId)
      if (!forms.every(isThere))
        row.forms = forms.map((form) => ({ ...form, id: form.formId, state: 'open', answeredAt: null }))
    },
    setForm: async (_, status) => setForm(status),
    fail: async (row, error) => {
      failed.push(inEnglish(error))
      leave(row)
    },
  }
  const timing = DEFAULT_TIMING
  const services = {
    rows: { waiting, note: () => Promise.resolve() },
    clock,
    timing,
    openedAt: clock.now(),
    random: () => 0,
  } as unknown as RunnerServices // the rest is for rows that run
  const throttle = new Throttle({ atOnce: 1 }, clock, timing)
  const runtime = {
    app: {
      canLookUp: true,
      hasQueue: true,
      lookUp: ({ user }: { user: string }) => {
        const row = Number(user.split('-').at(-2))
        looks.push({ row, at: clock.monotonicNow() })
        return Promise.resolve(answerTo(row))
      },
      ...more,
    },
    variables: [],
    throttle,
    queueMs: timing.queueMs,
    graceMs: timing.lookUpGraceMs,
  } as unknown as WorkflowRuntime // a run that waits needs no more of its app
  const stop = new AbortController()
  const watching = new PausedRuns({ id: 't' }, runtime, services, () => {}).watch(stop.signal)
  await clock.pass(0)
  return { clock, rows, looks, gone, failed, asked, watching, stop, queue: throttle.queue, runtime, services }
}

function aRow(number: number, now: number): WaitingRow {
  const row = { id: `t.${number}`, taskId: 't', rowNumber: number, attempt: 1, inputs: {} }
  const run = {
    ...newRun(row, { nonce: 'n' }, now),
    workflowRunId: `run-${number}`,
    startedAt: now,
    pausedAt: now,
  }
  const form = {
    id: `f${number}`,
    formId: `form-${number}`,
    token: 't',
    nodeTitle: 'Ask',
    expiresAt: null,
    answeredAt: null,
  }
  return {
    executionId: row.id,
    taskId: 't',
    row: number,
    run,
    availableAt: now + DEFAULT_TIMING.pausedLookMs,
    forms: [{ ...form, state: 'open' }],
  }
}

test('a run that waits is looked up after half a minute, then less and less often', async () => {
  const { clock, looks, stop, watching } = await aWatch(1)
  const from = clock.monotonicNow()
  await clock.pass(60 * MINUTE_MS)
  const seconds = looks.map(({ at }) => Math.round((at - from) / 1000))
  expect(seconds.slice(0, 4)).toEqual([30, 60, 90, 135])
  expect(seconds.length).toBeLessThan(15)
  stop.abort()
  await watching
})

test('of 2,000 runs that wait, no more than two a second are looked up', async () => {
  const { clock, looks, stop, watching } = await aWatch(2_000)
  await clock.pass(2 * MINUTE_MS)
  for (const { at } of looks)
    expect(looks.filter((look) => look.at >= at && look.at < at + 1_000).length).toBeLessThanOrEqual(2)
  expect(looks.length).toBeGreaterThan(100)
  stop.abort()
  await watching
}, 60_000)

test('a run that goes on or is over is followed by a lane, and the watch ends with the last', async () => {
  const ends: LookUpResult[] = [
    { kind: 'running' },
    { kind: 'succeeded', outputs: {}, usage: {} },
    { kind: 'failed', error: 'It was stopped.', stopped: true },
    { kind: 'unknown' },
  ]
  const { clock, gone, watching } = await aWatch(ends.length, (row) => ends[row - 2] ?? { kind: 'running' })
  await clock.pass(MINUTE_MS)
  expect(gone).toEqual([2, 3, 4, 5])
  await watching
})

test('runs that wait take no worker of Dify: more calls are sent beside them', async () => {
  const { clock, queue, stop, watching } = await aWatch(5)
  const since = clock.monotonicNow()
  await clock.pass(2 * MINUTE_MS)
  expect(queue.hasStartedSince(since)).toBeFalse()
  stop.abort()
  await watching
})

test('a form that the API does not have, but that Dify still asks, does not fail its row before its time', async () => {
  const asks = { forms: [] as RunForm[] }
  const { clock, rows, failed, watching } = await aWatch(1, undefined, {
    join: () => Promise.resolve({ kind: 'waiting', forms: asks.forms }),
  })
  const form = rows[0]?.forms[0]
  if (!form) throw new Error('The row asks nothing.')
  form.expiresAt = clock.now() + 60 * MINUTE_MS
  form.state = 'expired' // an answer heard that there is no such form
  asks.forms = [{ ...form, nodeId: 'a', content: '', fields: [], actions: [] }]
  await clock.pass(50 * MINUTE_MS)
  expect(failed).toEqual([])
  await clock.pass(60 * MINUTE_MS)
  expect(failed).toHaveLength(1)
  await watching
})

test('the time of an answered run counts from when it is followed, not while no lane was free', async () => {
  const { clock, rows, stop, watching, runtime, services } = await aWatch(1)
  const answeredAt = clock.monotonicNow() + MINUTE_MS
  await clock.pass(60 * MINUTE_MS)
  const [row] = rows
  if (!row) throw new Error('The row is gone.')
  const timeOf = (heardAt: number) =>
    new Tracked({ ...row.run, resumedAt: answeredAt, heardAt }, runtime, services).marks.started
  expect(timeOf(answeredAt)).toBe(clock.monotonicNow())
  expect(timeOf(answeredAt + 30_000)).toBe(answeredAt)
  stop.abort()
  await watching
})

test('a server that does not answer changes nothing', async () => {
  const { clock, rows, gone, failed, stop, watching } = await aWatch(1, () => ({
    kind: 'lost',
    error: 'No answer.',
  }))
  await clock.pass(10 * MINUTE_MS)
  expect([rows.length, gone, failed]).toEqual([1, [], []])
  stop.abort()
  await watching
})

test('a form whose time is up fails its row, but only after Dify could have let the run go on', async () => {
  const { clock, rows, failed, watching } = await aWatch(1)
  const form = rows[0]?.forms[0]
  if (form) form.expiresAt = clock.now() + 5 * MINUTE_MS
  await clock.pass(7 * MINUTE_MS)
  expect(failed).toEqual([])
  await clock.pass(2 * MINUTE_MS)
  expect(failed).toHaveLength(1)
  expect(failed[0]).toMatch(
    /^Nobody answered by \d\d:\d\d \(Ask\)\.$|^Nobody answered by \d\d:\d\d on [\d-]+ \(Ask\)\.$/,
  )
  await watching
})

test('a form that Dify still takes an answer for is not late, whatever the machine’s clock says', async () => {
  const { clock, rows, failed, stop, watching } = await aWatch(1, undefined, {
    stateOf: () => Promise.resolve('open'),
  })
  const form = rows[0]?.forms[0]
  if (form) form.expiresAt = clock.now() + 60 * MINUTE_MS
  clock.jump(120 * MINUTE_MS) // somebody sets it forth
  await clock.pass(30 * MINUTE_MS)
  expect([rows.length, failed]).toEqual([1, []])
  stop.abort()
  await watching
})

test('an answer that was given while the clock was ahead is asked about once it is put back', async () => {
  const became: string[] = []
  const { clock, rows, stop, watching } = await aWatch(1, undefined, {
    stateOf: () => Promise.resolve('open'),
    setForm: (status) => void became.push(status),
  })
  const form = rows[0]?.forms[0]
  if (form) Object.assign(form, { state: 'answering', answeredAt: clock.now() + 120 * MINUTE_MS })
  await clock.pass(MINUTE_MS)
  expect(became).toEqual(['open'])
  stop.abort()
  await watching
})

describe('a run that asks somebody else by now, of which no look-up tells', () => {
  const second = (expiresAt: number) => ({
    formId: 'form-b',
    token: 't',
    nodeId: 'b',
    nodeTitle: 'Ask the manager',
    content: '',
    fields: [],
    actions: [],
    expiresAt,
  })

  test('because nobody answered in time, does not fail: it waits for that answer', async () => {
    const until = { second: 0 }
    const { clock, rows, failed, asked, stop, watching } = await aWatch(1, undefined, {
      stateOf: ({ token }) => Promise.resolve(token === 't' && asked.length === 0 ? 'gone' : 'open'),
      join: () => Promise.resolve({ kind: 'waiting', forms: [second(until.second)] }),
    })
    until.second = clock.now() + 60 * MINUTE_MS
    const form = rows[0]?.forms[0]
    if (form) form.expiresAt = clock.now() + 5 * MINUTE_MS
    await clock.pass(30 * MINUTE_MS)
    expect([failed, asked]).toEqual([[], ['Ask the manager']])
    stop.abort()
    await watching
  })

  test('does not fail either where Dify does not tell what became of the first form', async () => {
    const until = { second: 0 }
    const { clock, rows, failed, asked, stop, watching } = await aWatch(1, undefined, {
      join: () => Promise.resolve({ kind: 'waiting', forms: [second(until.second)] }),
    })
    until.second = clock.now() + 60 * MINUTE_MS
    const form = rows[0]?.forms[0]
    if (form) form.expiresAt = clock.now() + 5 * MINUTE_MS
    await clock.pass(30 * MINUTE_MS)
    expect([failed, asked]).toEqual([[], ['Ask the manager']])
    stop.abort()
    await watching
  })

  test('because somebody answered in Dify, is noticed long before the first form ends', async () => {
    const { clock, asked, stop, watching } = await aWatch(1, undefined, {
      stateOf: () => Promise.resolve(asked.length === 0 ? 'answered' : 'open'),
      join: () => Promise.resolve({ kind: 'waiting', forms: [second(Number.MAX_SAFE_INTEGER)] }),
    })
    await clock.pass(60 * MINUTE_MS)
    expect(asked).toEqual(['Ask the manager'])
    stop.abort()
    await watching
  })
})
