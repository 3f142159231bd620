import { parseLimitOrNone, type TaskLimit } from '../engine/limits.ts'
import type { Line } from '../messages/prompt.ts'
import type { StepContext } from './step-context.ts'

/** `Pauses at 5 USD`. What the workflow says is marked as such. */
export function limitLines({ draft, workflow, texts }: StepContext): Line[] {
  const limit = chosenLimit({ draft, workflow })
  if (!limit) return []
  const line = texts.tasks.pausesAt(limit)
  return [[draft.state.limit === undefined ? texts.wizard.ofWorkflow(line) : line]]
}

/** How much the task may cost: what its owner says, else what the workflow does. Null: as much as it does. */
export function chosenLimit({ draft, workflow }: Pick<StepContext, 'draft' | 'workflow'>): TaskLimit | null {
  const { limit } = draft.state
  return limit === undefined ? (workflow?.perTask ?? null) : parseLimitOrNone(limit)
}
