import type { Texts } from '../../messages/texts/texts.ts'
import { type DraftState, without } from '../draft.ts'
import type { Line } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import type { StepContext } from '../step-context.ts'
import { bold, clip, code, dotted } from '../../messages/rich-text.ts'

export const FILE_NAME_CHARS = 80

export function titleOf(
  { texts }: StepContext,
  step: number,
  title: keyof Texts['wizard']['titles'],
): string {
  return clip(texts.wizard.step(step, texts.wizard.titles[title]), PROMPT_LIMITS.titleChars)
}

/** `products-q3.xlsx · sheet Products · 240 rows` */
export function fileLine({ draft, texts }: StepContext): Line {
  const { inspection } = draft.state
  return dotted(
    code(clip(draft.fileName, FILE_NAME_CHARS)),
    inspection && texts.wizard.sheet(bold(inspection.sheet)),
    inspection && texts.wizard.rows(inspection.rows),
  )
}

/** As a file name without its ending: `products-q3`. */
export function stemOf(fileName: string): string {
  return fileName.replace(/\.[^.]{1,5}$/, '') || fileName
}

/** The columns as they were chosen by hand hold, and the check is looked at again where that is any change. */
export function applyMapping({ edited = {}, ...state }: DraftState): {
  state: DraftState
  reinspect: boolean
} {
  if (Object.keys(edited).length === 0) return { state: { ...state, step: 'check' }, reinspect: false }
  const rest = without(state, 'remembered', 'byHeadings')
  return { state: { ...rest, step: 'check', mapping: { ...state.mapping, ...edited } }, reinspect: true }
}
