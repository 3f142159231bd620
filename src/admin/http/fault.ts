import { UserError } from '../../engine/user-error.ts'
import type { Sentence } from '../../engine/sentence.ts'

/** Codes of faults that programs read, each with its HTTP status. */
export const FAULT_STATUS = {
  bad_request: 400,
  signed_out: 401,
  read_only: 403,
  foreign_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  too_slow: 408,
  conflict: 409,
  faulty_rows: 409,
  too_large: 413,
  unknown_host: 421,
  invalid: 422,
  unreadable_file: 422,
  key_reused: 422,
  too_many: 429,
  internal: 500,
  unavailable: 503,
} as const
export type HttpFaultCode = keyof typeof FAULT_STATUS

/** A message for a person, and a code for a program. */
export class HttpFault extends UserError {
  constructor(
    readonly code: HttpFaultCode,
    message: Sentence,
    hint?: Sentence,
    readonly retryAfterSeconds?: number,
    /** of method_not_allowed: the methods that the path has */
    readonly allow?: readonly string[],
  ) {
    super(message, hint)
  }

  get status(): number {
    return FAULT_STATUS[this.code]
  }
}
