import type { Texts } from '../../messages/texts/texts.ts'
import { type DraftState, type Inspection, without } from '../draft.ts'
import type { Line } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import type { FaultCode } from '../../workbook/fault.ts'
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

/** `products-q3.xlsx · sheet Products · 240 rows`; without a sheet, `40 files, a row each` */
export function fileLine({ draft, texts }: StepContext): Line {
  const { inspection, listsFiles } = draft.state
  if (inspection && listsFiles) {
    const isNamed = draft.fileName !== texts.files.filesName(inspection.rows)
    const rows = texts.wizard.files.aRowEach(inspection.rows)
    return dotted(isNamed && code(clip(draft.fileName, FILE_NAME_CHARS)), rows)
  }
  return dotted(
    code(clip(draft.fileName, FILE_NAME_CHARS)),
    inspection && inspection.delimiter === undefined && texts.wizard.sheet(bold(inspection.sheet)),
    inspection && texts.wizard.rows(inspection.rows),
  )
}

/** Nothing is wrong with the sheet; Rowbot only does not choose for a person. */
const QUESTIONS = new Set<FaultCode>(['near-column', 'two-sheets', 'rows-above', 'two-heading-rows'])

/** True if only a choice is missing for the sheet to run. */
export function isQuestion({ faults }: Inspection): boolean {
  const fatal = faults.filter((group) => group.fatal)
  return fatal.length > 0 && fatal.every(({ code }) => QUESTIONS.has(code))
}

/** How many rows can run, in one sentence. */
export function verdictOf(inspection: Inspection, { wizard }: Texts): string {
  const { good, rows } = inspection
  if (isQuestion(inspection)) return wizard.chooseFirst
  if (good === 0) return wizard.nothingRuns
  return good === rows ? wizard.allRun(rows) : wizard.cannotRun(rows - good)
}

/** A file name without its extension: `products-q3`. */
export function stemOf(fileName: string): string {
  return fileName.replace(/\.[^.]{1,5}$/, '') || fileName
}

/** Applies the columns and the values for all rows chosen by hand; inspects again if any has changed. */
export function applyMapping({
  edited = {},
  editedConstants = {},
  notAsLastTime: _said,
  ...state
}: DraftState): {
  state: DraftState
  reinspect: boolean
} {
  const hasMapping = Object.keys(edited).length > 0
  if (!hasMapping && Object.keys(editedConstants).length === 0)
    return { state: { ...state, step: 'check' }, reinspect: false }
  const rest = hasMapping ? without(state, 'remembered', 'byHeadings') : state
  const constants = constantsAfter(state.constants, editedConstants)
  const mapping = { ...state.mapping, ...edited }
  // An input whose value was taken back is fed by its heading again.
  for (const [name, value] of Object.entries(editedConstants))
    if (value === null && mapping[name] === null && state.constants?.[name] !== undefined)
      delete mapping[name]
  return { state: { ...rest, step: 'check', mapping, constants }, reinspect: true }
}

/** The values for all rows, with what was edited. */
export function constantsAfter(
  constants: Record<string, string> = {},
  edited: Record<string, string | null> = {},
): Record<string, string> {
  const all = Object.entries({ ...constants, ...edited })
  return Object.fromEntries(all.filter((one): one is [string, string] => one[1] !== null))
}
