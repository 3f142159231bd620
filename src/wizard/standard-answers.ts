import { UserError } from '../engine/user-error.ts'
import { textsFor } from '../messages/texts/texts.ts'
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
 * A click on a step that is over, with the draft as it is put in the message's place: should the last edit never have
 * arrived, the buttons that are said to be the current ones must be there.
 */
export function stale(context: StepContext, texts = context.texts): Answer {
  const refresh = { draftId: context.draft.id, prompt: promptOf(context) }
  return { ...tell(texts.wizard.private.stale), refresh }
}

/** What the message of a draft becomes that is over. */
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

/** What a person is told of a fault that they can do something about. @throws every other one */
export function sentenceOf(fault: unknown): string {
  if (!(fault instanceof UserError)) throw fault
  return fault.hint ? `${fault.message} ${fault.hint}` : fault.message
}
