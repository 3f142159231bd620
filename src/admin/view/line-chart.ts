import { type Html, html } from './html.ts'

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
