import { z } from 'zod'
import type { UserError } from '../../engine/user-error.ts'
import { Refused } from '../../wizard/refused.ts'
import { Fault, type FaultCode } from '../fault.ts'

/** What every fault of the API is. */
export const FAULT = z
  .object({
    code: z.string().describe('one word for a program'),
    message: z.string().describe('what is wrong, a sentence'),
    hint: z.string().nullable().describe('what to do about it'),
  })
  .meta({ id: 'Fault' })

/** What a route may answer beside what it is for, beyond what every route may. */
export function faults<S extends 404 | 409 | 413>(...statuses: S[]): Record<S, typeof FAULT> {
  // `as`: made of the statuses themselves.
  return Object.fromEntries(statuses.map((status) => [status, FAULT])) as Record<S, typeof FAULT>
}

const REASONS = {
  upload: 'not_found',
  workflow: 'invalid',
  mapping: 'invalid',
  rows: 'conflict',
} as const satisfies Record<Refused['reason'], FaultCode>

const FIELDS = { upload: '', workflow: 'workflow_id: ', mapping: 'mapping: ', rows: '' } as const

/** A program’s request that the wizard refuses, with the field that it is about. */
export function toFault({ reason, message, hint }: Refused): Fault {
  return new Fault(REASONS[reason], FIELDS[reason] + message, hint)
}

/** The file is not what it must be. */
export function unreadable({ message, hint }: UserError): Fault {
  return new Fault('unreadable_file', message, hint)
}
