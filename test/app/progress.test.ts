import { describe, expect, test } from 'bun:test'
import { listProgress, type Progress, progressOf, slowedLine, textBar } from '../../src/app/progress.ts'
import type { Work } from '../../src/db/stats/work.ts'
import type { TaskStatus } from '../../src/engine/states.ts'
import type { Counts } from '../../src/engine/task.ts'
import { textOfLines } from '../../src/messages/rich-text.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

function aTask(counts: Partial<Counts>, status: TaskStatus = 'running') {
  const all = { total: 240, succeeded: 0, failed: 0, cancelled: 0, ...counts }
  return { status, counts: { ...all, left: all.total - all.succeeded - all.failed - all.cancelled } }
}

/** One span of work after the other, each with the rows settled in its parts of 30 s; the last row at the end of the last part with any. */
function workOf(...spans: { from: number; rows: number[]; lastMs?: number }[]): Work {
  const parts = spans.flatMap(({ from, rows, lastMs = 30 * SECOND }) =>
    rows
      .map((rows, i) => {
        const fromAt = from + i * 30 * SECOND
        return { fromAt, toAt: fromAt + 30 * SECOND, rows }
      })
      .map((part, i) => (i === rows.length - 1 ? { ...part, toAt: part.fromAt + lastMs } : part)),
  )
  const last = parts.findLast(({ rows }) => rows > 0)
  return { parts, lastAt: last ? last.toAt : null }
}

const endOf = ({ parts }: Work) => parts.at(-1)?.toAt ?? 0

describe('a task that runs', () => {
  const CASES: [string, { counts: Partial<Counts>; work: Work; now?: number }, Partial<Progress>][] = [
    [
      'has the rate of the last three minutes, and the time that the rows left take at it',
      {
        counts: { succeeded: 100, failed: 20 },
        work: workOf({ from: 0, rows: [...Array(20).fill(1), 12, 12, 12, 6, 6, 6] }),
      },
      { settled: 120, share: 0.5, perMinute: 18, leftMs: (120 / 18) * MINUTE },
    ],
    [
      'and has only just begun is measured by what there is',
      { counts: { succeeded: 4 }, work: workOf({ from: 0, rows: [4], lastMs: 10 * SECOND }) },
      { perMinute: 24, leftMs: (236 / 24) * MINUTE },
    ],
    [
      'and has run for less than a second has no rate yet',
      { counts: { succeeded: 4 }, work: workOf({ from: 0, rows: [4], lastMs: 900 }) },
      { perMinute: undefined, leftMs: undefined },
    ],
    [
      'and has settled nothing has no rate',
      { counts: {}, work: workOf({ from: 0, rows: [0, 0, 0] }) },
      { share: 0, perMinute: undefined, leftMs: undefined },
    ],
    [
      'and was paused in between has the rate of the time before and after, as if there had been no pause',
      {
        counts: { succeeded: 40 },
        work: workOf({ from: 0, rows: [8, 8, 8] }, { from: 9 * HOUR, rows: [8, 8] }),
      },
      { perMinute: 16, leftMs: 12.5 * MINUTE },
    ],
    [
      'and was resumed just now goes on at the rate that it had',
      {
        counts: { succeeded: 40 },
        work: workOf(
          { from: 0, rows: [8, 8, 8, 8, 8, 8] },
          { from: 9 * HOUR, rows: [0], lastMs: 2 * SECOND },
        ),
      },
      { perMinute: 16, leftMs: 12.5 * MINUTE },
    ],
    [
      'and is slow is measured by ten minutes, or half an hour',
      {
        counts: { succeeded: 20 },
        work: workOf({ from: 0, rows: Array.from({ length: 60 }, (_, i) => (i % 4 === 3 ? 1 : 0)) }),
      },
      { perMinute: 0.5 },
    ],
    [
      'and stands still has no rate any more',
      { counts: { succeeded: 60 }, work: workOf({ from: 0, rows: [10, 10, 10, 10, 10, 10, 0, 0, 0] }) },
      { perMinute: undefined, leftMs: undefined },
    ],
    [
      'keeps its rate until the next row',
      {
        counts: { succeeded: 60 },
        work: workOf({ from: 0, rows: [10, 10, 10, 10, 10, 10, 0], lastMs: 29 * SECOND }),
      },
      { perMinute: 20 },
    ],
    [
      'of which a row takes long does not stand still for a minute without one',
      {
        counts: { succeeded: 6 },
        work: workOf({ from: 0, rows: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0] }),
      },
      { perMinute: 1 },
    ],
    [
      'whose failed rows were put back has fewer settled, and its rate from those that still are',
      { counts: { succeeded: 10, failed: 0 }, work: workOf({ from: 0, rows: [5, 5] }) },
      { settled: 10, left: 230, perMinute: 10, leftMs: 23 * MINUTE },
    ],
    [
      'with 100,000 rows',
      {
        counts: { total: 100_000, succeeded: 50_000 },
        work: workOf({ from: 0, rows: Array(60).fill(3_000) }),
      },
      { share: 0.5, perMinute: 6_000, leftMs: (50_000 / 6_000) * MINUTE },
    ],
    [
      'with all rows done has nothing left to tell a time of',
      { counts: { succeeded: 200, failed: 40 }, work: workOf({ from: 0, rows: [40, 40, 40, 40, 40, 40] }) },
      { share: 1, left: 0, perMinute: undefined, leftMs: undefined },
    ],
    [
      'without any row is done',
      { counts: { total: 0 }, work: { parts: [], lastAt: null } },
      { share: 1, settled: 0, perMinute: undefined, leftMs: undefined },
    ],
    [
      'whose clock was set back an hour counts on, and no time is below zero',
      {
        counts: { succeeded: 60 },
        work: {
          parts: [
            { fromAt: HOUR, toAt: HOUR + 30 * SECOND, rows: 10 },
            { fromAt: HOUR + 30 * SECOND, toAt: HOUR + MINUTE, rows: 10 },
          ],
          lastAt: HOUR + 50 * SECOND,
        },
        now: 10,
      },
      { perMinute: 24, leftMs: (180 / 24) * MINUTE },
    ],
  ]
  test.each(CASES)('%s', (_, { counts, work, now = endOf(work) }, expected) => {
    expect(progressOf(aTask(counts), { now, work })).toMatchObject(expected)
  })

  test('shows what was settled in its last whole minutes, whatever was between them', () => {
    const work = workOf({ from: 0, rows: [1, 2, 3] }, { from: HOUR, rows: [4, 5, 6, 7] })
    const { minutes } = progressOf(aTask({ succeeded: 28 }), { now: endOf(work), work })
    expect(minutes).toEqual([3, 7, 11])
  })

  test('is slowed where Dify takes fewer calls at once', () => {
    const task = aTask({})
    const slowdown = { kind: 'throttled', atOnce: 2 } as const
    expect(progressOf(task, { now: 0, slowdown }).slowedBy).toEqual({ kind: 'throttled', atOnce: 2 })
    expect(progressOf(task, { now: 0 }).slowedBy).toBeUndefined()
    expect(progressOf({ ...task, status: 'paused' }, { now: 0, slowdown }).slowedBy).toBeUndefined()
  })
})

test('a server in trouble is told of with the rows that wait, since when, and its last words', () => {
  const since = new Date(2026, 10, 26, 14, 2).getTime()
  const slowdown = { kind: 'trouble', since, lastAnswer: 'HTTP 502.', askedEveryMs: 30_000 } as const
  const { slowedBy } = progressOf(aTask({ succeeded: 9 }), { now: 0, slowdown })
  if (!slowedBy) throw new Error('not slowed')
  const rows = slowedBy.kind === 'trouble' ? slowedBy.rows : 0
  expect(rows).toBe(231)
  expect(textOfLines([slowedLine(slowedBy, textsFor('en'))])).toBe(
    'Dify has not answered since 14:02; 231 rows wait; asked again every 30 s. Last: HTTP 502.',
  )
  expect(textOfLines([slowedLine(slowedBy, textsFor('zh'))])).toBe(
    'Dify 自 14:02 起没有响应；231 行在等待，每 30 秒重试一次。最近一次：HTTP 502.',
  )
})

describe('calls that Dify has taken', () => {
  const slowdown = { kind: 'throttled', atOnce: 2 } as const
  const work = { parts: [], lastAt: null }
  const textOf = (facts: Partial<Work>, locale: 'en' | 'zh-CN' = 'en') => {
    const { slowedBy } = progressOf(aTask({}), { now: 200_000, slowdown, work: { ...work, ...facts } })
    return slowedBy && textOfLines([slowedLine(slowedBy, textsFor(locale))])
  }

  test('and that wait in its queue are said to, once it is longer than a free worker needs', () => {
    expect(textOf({ queued: { count: 7, waitMs: 43_000 } })).toBe(
      '7 rows wait in Dify’s queue, about 40 s so far.',
    )
    expect(textOf({ queued: { count: 1, waitMs: 9_999 } })).toStartWith('Slowed to 2 at once')
  })

  test('and that nothing is heard of are said to be silent, before anything else but trouble', () => {
    const silent = { count: 2, since: 200_000 - 150_000 }
    const text = 'No sign of life from 2 runs for 2 min; Rowbot keeps asking Dify.'
    expect(textOf({ silent, queued: { count: 7, waitMs: 43_000 } })).toBe(text)
    expect(textOf({ silent: { count: 1, since: 300_000 } })).toContain('for 0 s') // the clock was set back
  })
})

test.each(['pending', 'paused', 'completed', 'failed', 'cancelled'] as const)(
  'a task that is %s has counts but no rate',
  (status) => {
    const work = workOf({ from: 0, rows: [10, 10] })
    const cancelled = status === 'cancelled' ? 110 : 0
    const progress = progressOf(aTask({ succeeded: 20, failed: 10, cancelled }, status), {
      now: MINUTE,
      work,
    })
    expect(progress).toMatchObject({ done: 20, failed: 10, settled: 30, share: 0.125 })
    expect(progress).toMatchObject({ perMinute: undefined, leftMs: undefined, minutes: [] })
  },
)

test('of a list, the work of those that run is asked for at once, and of none where none runs', async () => {
  const asked: string[][] = []
  const sources = {
    now: MINUTE,
    slowdown: (workflowId: string) =>
      workflowId === 'slow' ? ({ kind: 'throttled', atOnce: 1 } as const) : undefined,
    work: (taskIds: string[]) => {
      asked.push(taskIds)
      return Promise.resolve(new Map([['b', workOf({ from: 0, rows: [5, 5] })]]))
    },
  }
  const tasks = [
    { id: 'a', workflowId: 'w', ...aTask({}, 'paused') },
    { id: 'b', workflowId: 'slow', ...aTask({ succeeded: 10 }) },
    { id: 'c', workflowId: 'w', ...aTask({}) },
  ]
  const listed = await listProgress(tasks, sources)
  expect(listed.map(({ task, progress }) => [task.id, progress.perMinute, progress.slowedBy?.kind])).toEqual([
    ['a', undefined, undefined],
    ['b', 10, 'throttled'],
    ['c', undefined, undefined],
  ])
  await listProgress(tasks.slice(0, 1), sources)
  expect(asked).toEqual([['b', 'c']])
})

test.each([
  [0, '░░░░'],
  [0.99, '▓▓▓░'],
  [1, '▓▓▓▓'],
])('the bar of %p is %p: full only when all is settled', (share, bar) => {
  expect(textBar({ share }, 4, '▓')).toBe(bar)
})
