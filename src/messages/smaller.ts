import type { Button, Option, Prompt, Select } from './prompt.ts'
import { clip, fitLines } from './rich-text.ts'

/** How much of a Prompt may be left out, least first. What a person can press stays to the end. */
const STEPS: ((prompt: Prompt) => Prompt)[] = [
  (prompt) => prompt,
  withOptions(({ value, label, group }) => ({ value, label, ...(group && { group }) })),
  withoutTable,
  withLines(1_300),
  withOptions(({ value, label }) => ({ value, label: clip(label, 24) })),
  withLines(500),
  withOptions(({ value, label }) => ({ value, label: clip(label, 8) })),
  (prompt) => ({ ...prompt, title: clip(prompt.title, 60), buttons: prompt.buttons.map(shortButton) }),
]

/** How many sizes of a Prompt there are: 0 is the whole. */
export const SIZES = STEPS.length

/** A Prompt with less in it. @param size 0: all of it; SIZES − 1: as little as possible */
export function smaller(prompt: Prompt, size: number): Prompt {
  return STEPS.slice(0, size + 1).reduce((shrunk, step) => step(shrunk), prompt)
}

/**
 * The largest size of a Prompt that fits; the smallest if none does.
 * @param from sizes below have been tried
 */
export function fitting(
  prompt: Prompt,
  fits: (prompt: Prompt) => boolean,
  from = 0,
): { prompt: Prompt; size: number } {
  for (let size = from; size < SIZES; size++) {
    const shrunk = smaller(prompt, size)
    if (fits(shrunk)) return { prompt: shrunk, size }
  }
  return { prompt: smaller(prompt, SIZES - 1), size: SIZES - 1 }
}

function shortButton(button: Button): Button {
  return { ...button, label: clip(button.label, 30) }
}

function withoutTable({ table: _table, ...prompt }: Prompt): Prompt {
  return prompt
}

function withLines(chars: number) {
  return (prompt: Prompt): Prompt => ({
    ...prompt,
    lines: fitLines(prompt.lines, chars, (left) => `… +${left}`),
  })
}

function withOptions(short: (option: Option) => Option) {
  return (prompt: Prompt): Prompt => ({
    ...prompt,
    selects: prompt.selects.map((select): Select => ({ ...select, options: select.options.map(short) })),
  })
}
