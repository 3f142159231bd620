import type { HttpFaultCode } from './fault.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** The body of every fault of the API: problem details (RFC 9457), with our code and the two sentences beside them. */
export interface ProblemBody {
  type: string
  title: string
  status: number
  detail: string
  code: HttpFaultCode
  message: string
  hint: string | null
}

/** What every fault of one code has in common. */
const TITLES: Record<HttpFaultCode, string> = {
  bad_request: 'The request cannot be read',
  signed_out: 'Not signed in',
  read_only: 'Read-only',
  foreign_origin: 'Sent from another site',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  too_slow: 'Too slow',
  conflict: 'Its state does not allow it',
  faulty_rows: 'Faulty rows',
  too_large: 'Too large',
  unknown_host: 'Unknown host',
  invalid: 'Invalid request',
  unreadable_file: 'Unreadable file',
  key_reused: 'Idempotency-Key used before',
  too_many: 'Too many wrong tokens',
  internal: 'Internal error',
  unavailable: 'Unavailable for now',
}

interface ProblemFacts {
  code: HttpFaultCode
  status: number
  message: string
  hint?: string | undefined
}

export function problemOf({ code, status, message, hint }: ProblemFacts): ProblemBody {
  const type = `urn:rowbot:fault:${code}`
  const detail = hint === undefined ? message : `${message} ${hint}`
  return { type, title: TITLES[code], status, detail, code, message, hint: hint ?? null }
}
