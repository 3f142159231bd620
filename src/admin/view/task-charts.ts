import type { TaskPageFacts } from '../live/task-page-facts.ts'
import type { Visitor } from '../visitor.ts'
import { type Html, html } from './html.ts'
import { barChart, lineChart } from './line-chart.ts'
import { clockTime } from './time.ts'

/** Rows a minute over its time, and how long rows take. */
export function taskCharts({ course, spread }: TaskPageFacts, { words }: Visitor): Html {
  if (!course && !spread) return html``
  const { page, numbers } = words
  const seconds = (value: number) => numbers.duration(value * 1000)
  return html`<section class="card charts" aria-label="${page.task.charts}">
    ${
      course
        ? html`<div>
            <h2>${page.task.perMinute}</h2>
            ${lineChart(course.settled, { css: 'chart', label: page.task.perMinuteLabel(course.perMinute(Math.max(...course.settled))) })}
            <div class="chart-ends">
              <span>${clockTime(course.fromAt)}</span
              ><span>${page.list.rateAMinute(course.perMinute(Math.max(...course.settled)))} ↑</span
              ><span>${clockTime(course.toAt)}</span>
            </div>
          </div>`
        : ''
    }
    ${
      spread
        ? html`<div>
            <h2>${page.task.durations}</h2>
            ${barChart(
              spread.buckets.map(({ count }) => count),
              page.task.durationsLabel(seconds(spread.p50Seconds), seconds(spread.p95Seconds)),
            )}
            <div class="chart-ends">
              <span>${seconds(spread.buckets[0]?.fromSeconds ?? 0)}</span
              ><span>${page.task.median(seconds(spread.p50Seconds), seconds(spread.p95Seconds))}</span
              ><span>${seconds(spread.buckets.at(-1)?.toSeconds ?? 0)}</span>
            </div>
          </div>`
        : ''
    }
  </section>`
}
