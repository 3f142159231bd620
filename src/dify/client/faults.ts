import type { Outcome } from '../../engine/outcome.ts'
import { type Coded, say } from '../../engine/sentence.ts'
import { quote } from './server-text.ts'
import { ErrorBody, parsed } from './answers.ts'
import { header, LateAnswer, textOf, type HttpAnswer } from './http.ts'
import type { Refusal } from '../outcome.ts'
import { NetworkFault } from '../../net/faults.ts'

/** With these codes, not one byte of the call has reached Dify. Any other may come after the run has started. */
const NEVER_SENT: Readonly<Record<string, Coded>> = {
  ECONNREFUSED: say('net-refused'),
  ENOTFOUND: say('net-unknown-name'),
  EAI_AGAIN: say('net-name-later'),
  EHOSTUNREACH: say('net-no-way'),
  ENETUNREACH: say('net-no-network'),
  UND_ERR_CONNECT_TIMEOUT: say('net-no-answer'),
  CERT_HAS_EXPIRED: say('tls-expired'),
  DEPTH_ZERO_SELF_SIGNED_CERT: say('tls-self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: say('tls-own-authority'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: say('tls-unverified'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: say('tls-unverified'),
  CERT_SIGNATURE_FAILURE: say('tls-unverified'),
  ERR_TLS_CERT_ALTNAME_INVALID: say('tls-other-name'),
}

/** What a connection error before the answer means for the row. */
export function outcomeOfFault(fault: unknown): Outcome {
  const { code, syscall, message } = factsOf(fault)
  if (fault instanceof LateAnswer)
    return { kind: 'lost', error: say('no-answer-within', { seconds: fault.seconds }), inTrouble: true }
  const isNetwork = fault instanceof NetworkFault
  if (code !== undefined && (isNetwork || neverSent(code, syscall))) {
    const says = isNetwork ? fault.says : (NEVER_SENT[code] ?? say('tls-broken'))
    return {
      kind: 'throttled',
      by: 'server',
      error: say('not-sent', { says, code }),
      slow: false,
      inTrouble: true,
    }
  }
  return {
    kind: 'lost',
    error: say('connection-broke-because', { why: quote(code ?? message) }),
    inTrouble: true,
  }
}

/** The same after the answer has begun: proxies cut long streams, and Dify itself may be fine. */
export function outcomeOfBreak(fault?: unknown): Outcome {
  const { code, message } = factsOf(fault)
  if (fault === undefined) return { kind: 'lost', error: say('connection-broke') }
  return { kind: 'lost', error: say('connection-broke-because', { why: quote(code ?? message) }) }
}

/** What became of a call whose signal was aborted: its time was up, or a person stopped it. */
export function outcomeOfAbort(): Outcome {
  return { kind: 'lost', error: say('call-given-up') }
}

function neverSent(code: string, syscall: string | undefined): boolean {
  // ERR_SSL_…: the handshake failed, and the call is only written once it has succeeded.
  return (
    Object.hasOwn(NEVER_SENT, code) ||
    code.startsWith('ERR_SSL_') ||
    (code === 'ETIMEDOUT' && syscall === 'connect')
  )
}

function factsOf(fault: unknown): { code?: string; syscall?: string; message: string } {
  if (!(fault instanceof Error)) return { message: 'unknown reason' }
  const { code, syscall } = fault as { code?: unknown; syscall?: unknown } // Node adds them to its errors
  return {
    message: fault.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof syscall === 'string' && { syscall }),
  }
}

/** A proxy's page may be long; its beginning is enough to recognise it. */
const LARGEST_REFUSAL_BYTES = 256 * 1024

/** Reads an answer that is a refusal. If its body breaks off, only the status counts. */
export async function refusalOf(answer: HttpAnswer, now = Date.now()): Promise<Refusal> {
  const text = await textOf(answer, LARGEST_REFUSAL_BYTES).catch(() => '')
  return refusalOfText(answer, text, now)
}

/** The same for a body that has already been read. */
export function refusalOfText(answer: HttpAnswer, text: string, now = Date.now()): Refusal {
  const body = ErrorBody.safeParse(parsed(text))
  return {
    status: answer.statusCode,
    code: body.success ? body.data.code : undefined,
    text: body.success ? (body.data.message ?? '') : text,
    retryAfterMs: retryAfterMs(header(answer, 'retry-after'), now),
    location: header(answer, 'location'),
  }
}

/** Retry-After is seconds or an HTTP date. @returns undefined when it is neither or in the past */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds) : undefined
}
