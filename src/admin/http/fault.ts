import { UserError } from '../../engine/user-error.ts'

/** What programs read of a fault, beside its sentence: one word for each kind, and the HTTP status that goes with it. */
export const FAULT_STATUS = {
  bad_request: 400,
  signed_out: 401,
  read_only: 403,
  foreign_origin: 403,
  not_found: 404,
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

/** A sentence for a person, and a word for a program. */
export class HttpFault extends UserError {
  constructor(
    readonly code: HttpFaultCode,
    message: string,
    hint?: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message, hint)
  }

  get status(): number {
    return FAULT_STATUS[this.code]
  }
}
