import type { DraftVerb } from '../../messages/click-ids.ts'
import type { StepName } from '../draft.ts'
import { fileForm } from '../forms.ts'
import type { Prompt } from '../../messages/prompt.ts'
import { type Move, type StepContext, STALE, type Step } from '../step-context.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { fitLines } from '../../messages/rich-text.ts'
import { checkStep } from './check.ts'
import { columnsStep } from './columns.ts'
import { confirmStep } from './confirm.ts'
import { readingStep } from './reading.ts'
import { parametersStep } from './parameters.ts'
import { workbookStep } from './workbook.ts'
import { workflowStep } from './workflow.ts'

const STEPS: Record<StepName, Step> = {
  workbook: workbookStep,
  workflow: workflowStep,
  check: checkStep,
  reading: readingStep,
  columns: columnsStep,
  parameters: parametersStep,
  confirm: confirmStep,
}

export function promptOf(context: StepContext): Prompt {
  const prompt = STEPS[stepOf(context)].prompt(context)
  return { ...prompt, lines: fitLines(prompt.lines, PROMPT_LIMITS.lineChars, () => '…') }
}

/** What a click does; replacing the file and cancelling work in every step. */
export function answerOf(context: StepContext, verb: DraftVerb, value: string): Move {
  if (verb === 'cancel') return { cancel: true }
  if (verb === 'file') return { form: fileForm(context) }
  return STEPS[stepOf(context)].answers[verb]?.(context, value) ?? STALE
}

/** Before a sheet is chosen, nothing else can be; if the chosen workflow was deleted or forbidden in the meantime, it is the workflow step again. */
export function stepOf({ draft, workflow }: StepContext): StepName {
  if (draft.state.workbooks) return 'workbook'
  return workflow ? draft.state.step : 'workflow'
}
