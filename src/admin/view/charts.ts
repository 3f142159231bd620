import { type Html, html } from './html.ts'
import type { Progress } from '../../app/progress.ts'
import type { Texts } from '../../messages/texts/texts.ts'

const HEIGHT = 100

/** A line over an area, from 0: as wide as there are values. */
export function lineChart(values: number[], { css, label }: { css: 'spark' | 'chart'; label: string }): Html {
  const most = Math.max(...values, 1)
  const last = Math.max(values.length - 1, 1)
  const points = values.map((value, i) => `${i},${Math.round(HEIGHT - (value / most) * HEIGHT)}`)
  const line = `M${points.join('L')}`
  const area = `M0,${HEIGHT}L${points.join('L')}L${last},${HEIGHT}Z`
  return html`<svg
    class="${css}"
    viewBox="0 0 ${last} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <title>${label}</title>
    <path class="area" d="${area}" />
    <path d="${line}" />
  </svg>`
}

/** A bar for each count. */
export function barChart(counts: number[], label: string): Html {
  const most = Math.max(...counts, 1)
  const bars = counts.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(2, Math.round((count / most) * HEIGHT))
    return html`<rect x="${i + 0.08}" y="${HEIGHT - height}" width="0.84" height="${height}" />`
  })
  return html`<svg
    class="chart"
    viewBox="0 0 ${counts.length} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <title>${label}</title>
    ${bars}
  </svg>`
}

const PARTS = ['done', 'failed', 'cancelled'] as const
/** A failed row of ten thousand must be seen. */
const LEAST_WIDTH = 0.6

/** Done, failed and not run, in a row; what is left is the track. */
export function stackedBar(progress: Progress, { page }: Texts): Html {
  let x = 0
  const parts = PARTS.map((part) => {
    const share = progress.total === 0 ? 0 : (progress[part] / progress.total) * 100
    if (share === 0) return ''
    const width = Math.max(share, LEAST_WIDTH)
    const rect = html`<rect class="${part}" x="${rounded(x)}" y="0" width="${rounded(width)}" height="10" />`
    x += width
    return rect
  })
  const said = page.list.bar(progress.done, progress.failed, progress.cancelled, progress.left)
  return html`<svg
    class="bar"
    viewBox="0 0 100 10"
    preserveAspectRatio="none"
    role="img"
    aria-label="${said}"
  >
    <title>${said}</title>
    ${parts}
  </svg>`
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
