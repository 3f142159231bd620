import type { Texts } from './texts/texts.ts'
import type { Option, Select } from './prompt.ts'
import { PROMPT_LIMITS } from './limits.ts'
import { clip } from './rich-text.ts'

/** Leaves room for “More…” and “Earlier…”. */
const PER_PAGE = PROMPT_LIMITS.options - 2
const PAGE = /^page (\d{1,4})$/

/**
 * A select with any number of options. They are split into pages; “More…” and “Earlier…” are options that show
 * another page, which works on every platform; one that can search (`hasMore`) needs no pages. If no page is given, it is the one with the selected option.
 */
export function pagedSelect(
  {
    id,
    label,
    options,
    selected,
    page,
    hasMore,
  }: Omit<Select, 'options'> & { options: Option[]; page?: number | undefined },
  { wizard: { selects } }: Texts,
): Select {
  const shown = pageOf(options, selected, page)
  const found = shown.options.some(({ value }) => value === selected)
  return {
    id,
    label: clip(label, PROMPT_LIMITS.selectLabelChars),
    options: [
      ...(shown.page > 0 ? [{ value: `page ${shown.page - 1}`, label: selects.earlier }] : []),
      ...shown.options.map(clipped),
      ...(shown.more ? [{ value: `page ${shown.page + 1}`, label: selects.more }] : []),
    ],
    ...(selected !== undefined && found && { selected }),
    ...(hasMore && { hasMore }),
  }
}

/** The page that a chosen value stands for; undefined: it is an option. */
export function pageAsked(value: string): number | undefined {
  const page = PAGE.exec(value)?.[1]
  return page === undefined ? undefined : Number(page)
}

function pageOf(options: Option[], selected: string | undefined, asked: number | undefined) {
  if (options.length <= PROMPT_LIMITS.options) return { options, page: 0, more: false }
  const last = Math.ceil(options.length / PER_PAGE) - 1
  const chosen = options.findIndex(({ value }) => value === selected)
  const page = Math.min(asked ?? Math.max(0, Math.floor(chosen / PER_PAGE)), last)
  const from = page * PER_PAGE
  return { options: options.slice(from, from + PER_PAGE), page, more: page < last }
}

/** An option within the limits of both platforms. */
export function clipped({ value, label, description, group }: Option): Option {
  const max = PROMPT_LIMITS.optionChars
  const shown = description?.replaceAll(/\s+/g, ' ').trim()
  return {
    value,
    label: clip(label.trim() || '–', max),
    ...(shown && { description: clip(shown, max) }),
    ...(group && { group: clip(group, max) }),
  }
}
