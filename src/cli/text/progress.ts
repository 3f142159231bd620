import type { TaskView } from '../../db/tasks/tasks.ts'
import { durationText } from '../../engine/duration.ts'

/** When how many rows were settled, oldest first. */
export type Samples = { at: number; settled: number }[]

const BAR_CELLS = 28
/** The rate is that of the last minute: an early slow start should not haunt the estimate. */
const WINDOW_MS = 60_000

export function settledRows({ counts }: Pick<TaskView, 'counts'>): number {
  return counts.total - counts.left
}

/** Adds what is known now, and drops what is too old to count. */
export function sampled(samples: Samples, task: Pick<TaskView, 'counts'>, now: number): Samples {
  const recent = samples.filter(({ at }, i) => at >= now - WINDOW_MS || i === samples.length - 1)
  return [...recent, { at: now, settled: settledRows(task) }]
}

/** `████████░░░░  131/236  3 failed  18/min  6 min left` */
export function progressText(
  { counts }: Pick<TaskView, 'counts'>,
  samples: Samples,
  loweredTo?: number,
): string {
  const settled = settledRows({ counts })
  const parts = [bar(settled, counts.total), `${settled}/${counts.total}`]
  if (counts.failed > 0) parts.push(`${counts.failed} failed`)
  const perMinute = rate(samples)
  if (perMinute !== undefined && counts.left > 0) {
    parts.push(
      `${rateText(perMinute)}/min`,
      `${durationText(roundedMs((counts.left / perMinute) * 60_000))} left`,
    )
  }
  if (loweredTo !== undefined) parts.push(`slowed to ${loweredTo} at once: Dify says “too many requests”`)
  return parts.join('  ')
}

/** Settled rows a minute over the samples; undefined while that says nothing. */
function rate(samples: Samples): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.at - first.at < 1_000 || last.settled === first.settled) return undefined
  return ((last.settled - first.settled) / (last.at - first.at)) * 60_000
}

function rateText(perMinute: number): string {
  return perMinute < 10
    ? perMinute.toFixed(1).replace(/\.0$/, '')
    : Math.round(perMinute).toLocaleString('en')
}

/** An estimate in whole minutes when it is long: seconds would only flicker. */
function roundedMs(ms: number): number {
  if (ms < 60_000) return Math.ceil(ms / 1000) * 1000
  return Math.round(ms / 60_000) * 60_000
}

function bar(done: number, total: number): string {
  const cells = total === 0 ? BAR_CELLS : Math.floor((done / total) * BAR_CELLS)
  return '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells)
}
