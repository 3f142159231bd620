import { createHash } from 'node:crypto'
import { z } from 'zod'
import { NAME_CHARS, RANGES } from '../../engine/parameters.ts'
import type { DirectRequest } from '../../wizard/direct.ts'
import { MAPPING } from './shapes.ts'

/* What a program sends for a new task: the file, and how to run it. */

const MAX_ROW = 1_048_576

const READING = {
  workflow_id: z.string().max(64).optional(),
  sheet: z.string().max(200).optional().describe('default: the one that feeds the most inputs'),
  heading_row: z.coerce.number().int().min(1).max(MAX_ROW).optional().describe('default: found'),
}
export const UPLOAD_BODY = z.strictObject({
  file: z.file().describe('.xlsx or .csv'),
  ...READING,
  mapping: z.preprocess(fromText, MAPPING.optional()),
})
const ranged = ({ min, max }: { min: number; max: number }) => z.number().int().min(min).max(max).optional()
export const EXECUTE_BODY = z.strictObject({
  upload_id: z.string().min(1).max(64),
  ...READING,
  heading_row: z.number().int().min(1).max(MAX_ROW).optional(),
  mapping: MAPPING.optional(),
  name: z
    .string()
    .trim()
    .min(1)
    .max(NAME_CHARS)
    .optional()
    .describe('default: the file’s and the workflow’s'),
  concurrency: ranged(RANGES.concurrency).describe('rows at once'),
  retries: ranged(RANGES.retries).describe('further attempts of a row that failed'),
  timeout_seconds: ranged(RANGES.timeoutSeconds).describe('time limit of one row'),
  skip_faulty: z.boolean().default(true).describe('run the good rows; false: faulty rows refuse the whole'),
  try_first: z.boolean().default(false).describe('run the first row, then pause'),
})
export type ExecuteBody = z.output<typeof EXECUTE_BODY>

export function directRequestOf(body: ExecuteBody): DirectRequest {
  const { name, concurrency, retries, timeout_seconds: timeoutSeconds } = body
  return {
    workflowId: body.workflow_id,
    sheet: body.sheet,
    headingRow: body.heading_row,
    mapping: body.mapping,
    parameters: {
      ...(name !== undefined && { name }),
      ...(concurrency !== undefined && { concurrency }),
      ...(retries !== undefined && { retries }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    },
    skipFaulty: body.skip_faulty,
    tryFirst: body.try_first,
  }
}

/** Equal for equal requests, whatever the order of their fields: the validator has put them in its own order. */
export function fingerprintOf({ mapping = {}, ...body }: ExecuteBody): string {
  const sorted = Object.entries(mapping).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([body, sorted]))
    .digest('hex')
}

/** Form fields are text: parses JSON out of them. */
function fromText(given: unknown): unknown {
  if (typeof given !== 'string') return given
  try {
    return JSON.parse(given)
  } catch {
    return given // the validator then reports that it is not an object
  }
}
