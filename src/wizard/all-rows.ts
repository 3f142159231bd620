import type { Variable } from '../engine/workflow.ts'
import type { Line } from '../messages/prompt.ts'
import { clip, code, dotted } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { defaultOf } from '../workbook/check/defaults.ts'
import type { DraftState } from './draft.ts'
import type { StepContext } from './step-context.ts'
import { constantsAfter } from './steps/title-and-file.ts'

/** What an input without a column is given on every row, and who says so. */
export interface ForAllRows {
  text: string
  by: keyof Texts['wizard']['forAllRows']
}

/** The value given for all rows, otherwise the workflow’s own default. Also while both are being edited. */
export function forAllRows(
  { constants, editedConstants, lastTime = {} }: DraftState,
  variable: Variable,
  column: number | null,
): ForAllRows | undefined {
  if (column !== null) return undefined
  const { name } = variable
  const given = constantsAfter(constants, editedConstants)
  const text = Object.hasOwn(given, name) ? given[name] : undefined
  if (text !== undefined) {
    const isLast = Object.hasOwn(lastTime, name) && lastTime[name] === text
    return { text, by: isLast ? 'lastTime' : 'given' }
  }
  const own = defaultOf(variable)
  return own && { text: own.text, by: 'default' }
}

/** `Tone ← formal (all rows)` */
export function constantPair(label: string, { text, by }: ForAllRows, texts: Texts): Line {
  return [clip(label, 40), ' ← ', code(clip(text, 40)), texts.wizard.forAllRows[by]]
}

/** `Tone ← formal (all rows) · Language ← English (the workflow’s own default)` */
export function constantLines({
  draft: { state },
  workflow,
  texts,
}: Pick<StepContext, 'draft' | 'workflow' | 'texts'>): Line[] {
  const given = (workflow?.variables ?? []).flatMap((variable) => {
    const constant = forAllRows(state, variable, state.inspection?.mapping[variable.name] ?? null)
    return constant ? [constantPair(variable.label, constant, texts)] : []
  })
  return given.length === 0 ? [] : [dotted(...given.slice(0, CONSTANTS_NAMED))]
}

const CONSTANTS_NAMED = 12

/** Values of last time that are not used, one line each. */
export function notAsLastTime({ draft: { state }, texts }: Pick<StepContext, 'draft' | 'texts'>): Line[] {
  return (state.notAsLastTime ?? []).map(({ label, text, why }) => [
    texts.wizard.notAsLastTime(clip(label, 40), clip(text, 40), why),
  ])
}
