import { diffWordsWithSpace } from 'diff'
import type { Texts } from '../../messages/texts/texts.ts'
import { clip } from '../../messages/rich-text.ts'
import { html, type Html } from './html.ts'
import { isolated } from './value.ts'

/** Longer texts are compared by their beginnings: the file has them whole. */
const COMPARED_CHARS = 1_500
/** Texts that have little in common would take long, and their differences are all of them. */
const LONGEST_MS = 50

/** Two texts as one, in which what only the first has is deleted, and what only the second has is inserted. */
export function wordDifferences(a: string, b: string, { comparison, page: { marks } }: Texts): Html {
  const [first, second] = [clip(a, COMPARED_CHARS), clip(b, COMPARED_CHARS)]
  const parts = diffWordsWithSpace(first, second, { timeout: LONGEST_MS })
  if (!parts) return html`<del>${isolated(first)}</del> <ins>${isolated(second)}</ins>`
  return html`<bdi class="differences"
    >${parts.map(({ value, added, removed }) => {
      if (added)
        return html`<ins><span class="hidden-text">${comparison.added}${marks.colon}</span>${value}</ins>`
      if (removed)
        return html`<del><span class="hidden-text">${comparison.removed}${marks.colon}</span>${value}</del>`
      return html`${value}`
    })}</bdi
  >`
}
