/*
 * Terms
 *
 * - flag: a reason to look at one output of a row that succeeded. A fact beside the row, never a state: nothing fails by it.
 * - traits: what judging needs to know of one value, without its text (traits.ts)
 * - norm: what the values of one output have in common over a task (norm.ts)
 *
 * A value is judged by its own task alone: what most rows have is right there, whatever it is. So an output that is
 * always short, always JSON or always the same is never flagged for that.
 */

export const FLAG_CODES = [
  /** nothing in it, or only blanks */
  'empty',
  /** the model says that it will not, or cannot */
  'refusal',
  /** ends in mid-sentence, where the others end theirs */
  'cut',
  /** no JSON, where the others are */
  'no-json',
  /** far shorter than the others */
  'short',
  /** the row's own input, unchanged */
  'as-input',
  /** the same as in many other rows that asked something else */
  'as-others',
  /** in another script (Latin, Han, …) than the others */
  'script',
  /** not one of the few values that all others have */
  'odd-value',
] as const
export type FlagCode = (typeof FLAG_CODES)[number]

export interface Flag {
  /** name of the output */
  output: string
  code: FlagCode
  /** of `as-others`: how many rows have the same; of `as-input`: not used */
  count?: number
  /** of `as-input`: name of the input */
  input?: string
}
