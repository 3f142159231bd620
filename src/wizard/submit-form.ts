import type { Requester } from '../messages/people.ts'
import type { FormResult } from './answer.ts'
import { constantFileFields } from './constant-form.ts'
import type { Moves } from './moves.ts'
import type { OpenDrafts } from './open-drafts.ts'
import { fill } from './read-form.ts'
import type { SentWithForm } from './sent-with-form.ts'
import { stale } from './standard-answers.ts'

/** A form of a draft as it was submitted. */
export interface SubmittedForm {
  /** of the click that opened it */
  id: string
  /** by field id */
  values: Record<string, string>
  /** undefined: no file was sent with it */
  sent: SentWithForm | undefined
}

/** What a submitted form does to its draft, or what is wrong with it. */
export async function submitForm(
  { drafts, moves }: { drafts: OpenDrafts; moves: Moves },
  requester: Requester,
  { id, values, sent }: SubmittedForm,
): Promise<FormResult> {
  const opened = await drafts.find(requester, id)
  if ('kind' in opened) return { answer: Promise.resolve(opened) }
  const { context, verb } = opened
  const keep = () => moves.keepTyped(context, verb, values)
  if (verb === 'file' || verb === 'files') {
    if (!sent) return { errors: { file: context.texts.wizard.forms.fileMissing }, keep }
    const fetch = () => sent.upload()
    return {
      answer: drafts.retryWhileChanged(requester, id, (now) =>
        verb === 'file'
          ? moves.replace(now.context, requester.person, fetch)
          : moves.addFiles(now.context, requester.person, fetch),
      ),
    }
  }
  if (sent && constantFileFields(context, verb).length > 0) {
    const form = { verb, values, sent }
    const answer = drafts.retryWhileChanged(requester, id, (now) =>
      moves.takeConstantFiles(now.context, requester.person, form),
    )
    return { answer }
  }
  const filled = fill(context, verb, values)
  if (!filled) return { answer: Promise.resolve(stale(context)) }
  if (filled.errors) return { errors: filled.errors, keep }
  const answer = drafts.retryWhileChanged(requester, id, (now) => {
    const again = fill(now.context, verb, values)
    if (!again?.state) return Promise.resolve(stale(now.context))
    const { state, reinspect: look, start } = again
    if (start) return moves.make({ start }, now.context, requester.person)
    return moves.make(look ? { state, reinspect: look } : { state }, now.context, requester.person)
  })
  return { answer }
}
