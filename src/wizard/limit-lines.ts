import { parseLimit } from '../engine/limits.ts'
import type { Line } from '../messages/prompt.ts'
import type { StepContext } from './step-context.ts'

/** `Pauses at 5 USD` */
export function limitLines({ draft, texts }: StepContext): Line[] {
  const { limit } = draft.state
  return limit === undefined ? [] : [[texts.tasks.pausesAt(parseLimit(limit))]]
}
