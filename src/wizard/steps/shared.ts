import type { Words } from '../../messages/texts/texts.ts'
import { type State, without } from '../draft.ts'
import type { Line } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import type { Sight } from '../step-context.ts'
import { bold, clip, code, dotted } from '../../messages/rich-text.ts'

export const FILE_NAME_CHARS = 80

export function titleOf({ words }: Sight, step: number, title: keyof Words['wizard']['titles']): string {
  return clip(words.wizard.step(step, words.wizard.titles[title]), PROMPT_LIMITS.titleChars)
}

/** `products-q3.xlsx · sheet Products · 240 rows` */
export function fileLine({ draft, words }: Sight): Line {
  const { look } = draft.state
  return dotted(
    code(clip(draft.fileName, FILE_NAME_CHARS)),
    look && words.wizard.sheet(bold(look.sheet)),
    look && words.wizard.rows(look.rows),
  )
}

/** As a file name without its ending: `products-q3`. */
export function stemOf(fileName: string): string {
  return fileName.replace(/\.[^.]{1,5}$/, '') || fileName
}

/** The columns as they were chosen by hand hold, and the check is looked at again where that is any change. */
export function mapped({ edited = {}, ...state }: State): { state: State; look: boolean } {
  if (Object.keys(edited).length === 0) return { state: { ...state, step: 'check' }, look: false }
  const kept = without(state, 'remembered', 'byHeadings')
  return { state: { ...kept, step: 'check', mapping: { ...state.mapping, ...edited } }, look: true }
}
