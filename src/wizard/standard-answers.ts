import { UserError } from '../engine/user-error.ts'
import { faultText } from '../messages/fault-text.ts'
import { type Texts, textsFor } from '../messages/texts/texts.ts'
import type { Answer } from './answer.ts'
import type { Draft } from './draft.ts'
import type { Prompt } from '../messages/prompt.ts'
import { sentences, titled } from '../messages/limits.ts'
import type { StepContext } from './step-context.ts'
import { promptOf } from './steps/steps.ts'

export const NOTHING: Answer = { kind: 'nothing' }

export function tell(...lines: string[]): Extract<Answer, { kind: 'tell' }> {
  return { kind: 'tell', prompt: sentences(...lines) }
}

/**
 * The answer to a click on a past step. It also updates the message to the current step, as the last edit may not
 * have arrived and the text refers to the current buttons.
 */
export function stale(context: StepContext, texts = context.texts): Answer {
  const refresh = { draftId: context.draft.id, prompt: promptOf(context) }
  return { ...tell(texts.wizard.private.stale), refresh }
}

/** What an ended draft’s message shows. */
export function ended(draft: Draft): Prompt {
  return titled(draft.fileName, endedText(draft))
}

export function endedText({ status, locale }: Pick<Draft, 'status' | 'locale'>): string {
  const { ended } = textsFor(locale).wizard
  switch (status) {
    case 'cancelled':
      return ended.cancelled
    case 'started':
      return ended.started
    case 'failed':
      return ended.interrupted
    case 'expired':
    case 'open':
    case 'reading':
      return ended.expired
  }
}

/** The message of a fault that a person can do something about. @throws any other fault */
export function sentenceOf(fault: unknown, texts: Texts): string {
  if (!(fault instanceof UserError)) throw fault
  return faultText(fault, texts)
}
