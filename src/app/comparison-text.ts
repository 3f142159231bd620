import { samePercent, type SideTally } from '../engine/comparison-tally.ts'
import { type SideName, SIDES } from '../engine/comparison.ts'
import type { Line } from '../messages/prompt.ts'
import { bold, clip } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Comparison } from './comparison.ts'

/** What the two are called beside each other. */
export const LETTERS = { a: 'A', b: 'B' } as const satisfies Record<SideName, string>

const NAME_CHARS = 60
const ERROR_CHARS = 300

/** `A · Copywriter: $0.41, 2.1 s a row, 3 failed`, the same of B, and how many are the same. */
export function comparisonLines(comparison: Comparison, texts: Texts): Line[] {
  const { tally } = comparison
  const words = texts.comparison
  const { compared, same } = tally
  const percent = samePercent(tally)
  const said =
    compared === 0
      ? words.nothingSucceeded
      : percent === undefined || same === null
        ? words.nothingInCommon
        : words.same(percent, same, compared)
  return [
    ...SIDES.map((side): Line => [
      bold(`${LETTERS[side]} · ${clip(comparison[side].workflow, NAME_CHARS)}`),
      `: ${sideText(tally[side], texts)}`,
    ]),
    [bold(said)],
    ...SIDES.flatMap((side) => {
      const { error } = comparison[side].task
      return error === null
        ? []
        : [[words.stoppedBecause(LETTERS[side], clip(texts.say(error), ERROR_CHARS))]]
    }),
  ]
}

function sideText({ prices, seconds, failed }: SideTally, { tasks, comparison }: Texts): string {
  return comparison.side({
    prices: prices.map(({ nano, currency }) => tasks.price(nano, currency)),
    seconds,
    failed,
  })
}
