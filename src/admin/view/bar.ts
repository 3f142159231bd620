import type { Counts } from '../../engine/task.ts'
import type { Words } from '../../words/words.ts'
import { type Html, html } from './html.ts'

const PARTS = ['succeeded', 'failed', 'cancelled'] as const
const CLASSES = { succeeded: 'done', failed: 'failed', cancelled: 'cancelled' } as const
/** A failed row of ten thousand must be seen. */
const LEAST_WIDTH = 0.6

/** Done, failed and not run, in a row; what is left is the track. */
export function stackedBar(counts: Counts, { page }: Words): Html {
  let x = 0
  const parts = PARTS.map((part) => {
    const share = counts.total === 0 ? 0 : (counts[part] / counts.total) * 100
    if (share === 0) return ''
    const width = Math.max(share, LEAST_WIDTH)
    const rect = html`<rect
      class="${CLASSES[part]}"
      x="${rounded(x)}"
      y="0"
      width="${rounded(width)}"
      height="10"
    />`
    x += width
    return rect
  })
  const said = page.list.bar(counts.succeeded, counts.failed, counts.cancelled, counts.left)
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
