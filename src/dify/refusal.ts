import { ErrorBody, parsed } from './answers.ts'
import { header, textOf, type Answer } from './http.ts'
import type { Refusal } from './outcome.ts'

/** A page of a proxy may be long; what it is shows at its beginning. */
const LARGEST_REFUSAL_BYTES = 256 * 1024

/** Reads an answer that is not what was asked for. A body that breaks off leaves what its status says. */
export async function refusalOf(answer: Answer, now = Date.now()): Promise<Refusal> {
  const text = await textOf(answer, LARGEST_REFUSAL_BYTES).catch(() => '')
  return refusalOfText(answer, text, now)
}

/** The same where the body was read already. */
export function refusalOfText(answer: Answer, text: string, now = Date.now()): Refusal {
  const body = ErrorBody.safeParse(parsed(text))
  return {
    status: answer.statusCode,
    code: body.success ? body.data.code : undefined,
    text: body.success ? (body.data.message ?? '') : text,
    retryAfterMs: retryAfterMs(header(answer, 'retry-after'), now),
    location: header(answer, 'location'),
  }
}

/** Retry-After is seconds or an HTTP date. @returns undefined where it is neither or lies in the past */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds) : undefined
}
