import type { DraftVerb } from '../../messages/click-ids.ts'
import type { StepName } from '../draft.ts'
import { fileForm } from '../forms.ts'
import type { Prompt } from '../../messages/prompt.ts'
import { type Move, type Sight, STALE, type Step } from '../step-context.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { fitLines } from '../../messages/rich-text.ts'
import { checkStep } from './check.ts'
import { columnsStep } from './columns.ts'
import { confirmStep } from './confirm.ts'
import { parametersStep } from './parameters.ts'
import { workflowStep } from './workflow.ts'

const STEPS: Record<StepName, Step> = {
  workflow: workflowStep,
  check: checkStep,
  columns: columnsStep,
  parameters: parametersStep,
  confirm: confirmStep,
}

export function promptOf(sight: Sight): Prompt {
  const prompt = STEPS[stepOf(sight)].prompt(sight)
  return { ...prompt, lines: fitLines(prompt.lines, PROMPT_LIMITS.lineChars, () => '…') }
}

/** What a click comes to; another file and the end of it are there in every step. */
export function answerOf(sight: Sight, verb: DraftVerb, value: string): Move {
  if (verb === 'cancel') return { cancel: true }
  if (verb === 'file') return { form: fileForm(sight) }
  return STEPS[stepOf(sight)].answers[verb]?.(sight, value) ?? STALE
}

/** A workflow that was deleted or forbidden meanwhile has to be chosen anew. */
export function stepOf({ draft, workflow }: Sight): StepName {
  return workflow ? draft.state.step : 'workflow'
}
