import { type Coded, say, type Sentence, without } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { outcomeOfFault, refusalOf } from '../client/faults.ts'
import type { HttpAnswer } from '../client/http.ts'
import { quote, titleOfPage } from '../client/server-text.ts'
import { outcomeOfRefusal, type Refusal } from '../outcome.ts'

const CHECK_ADDRESS = say('do-check-console-address')
const CHECK_KEY = say('do-check-admin-key')

/** Why a server does not do what its console is asked, for people. */
export async function refused(answer: HttpAnswer): Promise<UserError> {
  return errorOf(await refusalOf(answer))
}

/** The same for a refusal that has been read. */
export function errorOf(refusal: Refusal): UserError {
  const { status, code, text } = refusal
  // 1.9.2 to 1.10.1 ask even the admin key for what only a browser has (langgenius/dify, pull request 29139).
  if (status === 401 && /csrf token/i.test(text))
    return new UserError(say('console-asks-csrf'), say('do-update-to-1-11'))
  if (status === 401) return new UserError(worded(say('admin-key-refused'), refusal), CHECK_KEY)
  if (status === 403) return new UserError(worded(say('dify-call-refused'), refusal), CHECK_KEY)
  if (status === 404 && code === undefined) return new UserError(say('no-dify-console'), CHECK_ADDRESS)
  if (status === 400) return new UserError(worded(say('dify-call-refused'), refusal))
  const outcome = outcomeOfRefusal(refusal)
  const hint = outcome.kind === 'halted' ? outcome.hint : say('do-try-in-a-while')
  return new UserError('error' in outcome ? outcome.error : say('dify-refuses-the-call'), hint)
}

function worded(says: Coded, { status, code, text }: Refusal): Coded {
  const label = code === undefined ? `HTTP ${status}` : `${status} ${quote(code)}`
  const words = text.trimStart().startsWith('<') ? (titleOfPage(text) ?? '') : quote(text)
  return words === '' ? say('answer', { says, label }) : say('answer-with-words', { says, label, words })
}

/** The connection failed, or there was no answer in time. */
export function unreachable(host: string, fault: unknown, signal: AbortSignal): UserError {
  if (signal.aborted) return new UserError(say('server-too-slow', { host }), CHECK_ADDRESS)
  const outcome = outcomeOfFault(fault)
  return new UserError(
    'error' in outcome
      ? say('server-unreachable-because', { host, why: outcome.error })
      : say('server-unreachable', { host }),
    CHECK_ADDRESS,
  )
}

/** Something else answers: the page of a proxy, or a server that is no Dify. */
export function isNotDify(host: string): UserError {
  return new UserError(say('server-is-not-dify', { host }), CHECK_ADDRESS)
}

/** The same without a secret: a server may say back whatever it was sent. */
export function withoutSecret({ says: { message, hint } }: UserError, secret: string): UserError {
  const safe = (sentence: Sentence) => without(sentence, secret)
  return new UserError(safe(message), hint && safe(hint))
}
