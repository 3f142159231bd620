/*
 * A flag is a reason to look at one output of a row that succeeded. It is a fact beside the row, never a state: nothing
 * fails by it. Outputs are judged by their own task alone (judge/): what most rows have is right there, whatever it is.
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
  /** of `as-others`: how many other rows have the same */
  count?: number
  /** of `as-input`: name of the input */
  input?: string
}

const WORDS: Record<FlagCode, (flag: Omit<Flag, 'output'>) => string> = {
  empty: () => 'empty',
  refusal: () => 'the model refused',
  cut: () => 'ends in mid-sentence',
  'no-json': () => 'not valid JSON',
  short: () => 'far shorter than the others',
  'as-input': ({ input }) => `the same as the input ${input ?? ''}`.trim(),
  'as-others': ({ count }) => `the same as in ${count ?? 'many'} other rows`,
  script: () => 'in another script than the others',
  'odd-value': () => 'not one of the values that the others have',
}

/** For files, the command line and programs: `copy: empty; title: the model refused`. */
export function flagsText(flags: Flag[]): string {
  return flags.map((flag) => `${flag.output}: ${flagText(flag)}`).join('; ')
}

/** In English, without the output’s name. */
export function flagText(flag: Omit<Flag, 'output'>): string {
  return WORDS[flag.code](flag)
}
