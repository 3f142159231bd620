import { usedUpText } from '../app/usage.ts'
import { LETTERS } from '../app/comparison-text.ts'
import { SIDES } from '../engine/comparison.ts'
import type { Line } from '../messages/prompt.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { LimitFacts, TaskFacts } from './task-facts.ts'

/** At which limit a task has paused; of two that are compared, both. */
export function pausedAtLines({ limit, limits }: Pick<TaskFacts, 'limit' | 'limits'>, texts: Texts): Line[] {
  if (!limits) return limitLines(limit, texts)
  return SIDES.flatMap((side) =>
    limitLines(limits[side], texts).map((line): Line => [`${LETTERS[side]} · `, ...line]),
  )
}

export function limitLines({ limitUse, usedUp }: LimitFacts, texts: Texts): Line[] {
  return [
    ...(limitUse ? [[texts.tasks.atLimit(limitUse)]] : []),
    ...(usedUp ? [[usedUpText(usedUp, texts)]] : []),
  ]
}
