import { createHash } from 'node:crypto'
import { z } from 'zod'
import { say } from '../../engine/sentence.ts'
import { asMessage } from '../http/wrong-fields.ts'
import { isLimit, NO_LIMIT, parseLimitOrNone } from '../../engine/limits.ts'
import { USUAL_COMPARED } from '../../engine/comparison.ts'
import { MAX_EMAILS, MAX_URL_CHARS } from '../../app/notify-settings.ts'
import type { NotifyChoice } from '../../engine/notify.ts'
import { NAME_CHARS, RANGES } from '../../engine/parameters.ts'
import { MAX_SAMPLE } from '../../engine/trial.ts'
import type { DirectRequest } from '../../wizard/direct.ts'
import type { InspectionRequest } from '../../wizard/direct-inspection.ts'
import { rowConditionOf } from '../../workbook/row-conditions.ts'
import { MAX_KEY_COLUMNS } from '../../workbook/check/named-columns.ts'
import { MAX_ROW, rowRangesOf } from '../../workbook/row-ranges.ts'
import { DELIMITERS, type Reading } from '../../workbook/types.ts'
import { FilePart } from '../http/multipart.ts'
import { BODY_ALIASES, bodyOf } from './names.ts'
import { CONSTANTS, MAPPING } from './shapes.ts'

/** One file, or several in fields of one name. */
const parts = () =>
  z
    .preprocess(
      (given) => (given === undefined || Array.isArray(given) ? given : [given]),
      z.array(z.custom<FilePart>((part) => part instanceof FilePart)).optional(),
    )
    .meta({ type: 'array', items: { type: 'string', format: 'binary' } })

/* What a program sends for a new task: the file, and how to run it. */

const rowNumber = () => z.coerce.number().int().min(1).max(MAX_ROW).optional()

const READING = {
  workflow_id: z.string().max(64).optional(),
  sheet: z.string().max(200).optional().describe('default: the one that feeds the most inputs'),
  heading_row: rowNumber().describe('default: found'),
  heading_rows: z.coerce
    .number()
    .pipe(z.union([z.literal(1), z.literal(2)]))
    .optional()
    .describe('2: headings in two rows, as “Price / EUR”'),
  last_row: rowNumber().describe('the last row of the table; default: found'),
  rows: z
    .string()
    .max(1_000)
    .optional()
    .describe('visible, or rows of the sheet such as 3-40,88; default: all'),
  where: z
    .preprocess(
      (given) => (typeof given === 'string' ? [given] : given),
      z.array(z.string().max(1_000)).max(20).optional(),
    )
    .describe('only rows that fulfil all of these: Tone=formal, Tone!=formal, Status= (an empty cell)')
    .meta({ type: 'array', items: { type: 'string' } }),
  key: z
    .preprocess(
      (given) => (typeof given === 'string' ? [given] : given),
      z.array(z.string().min(1).max(1_000)).max(MAX_KEY_COLUMNS).optional(),
    )
    .describe(
      'headings or letters of the columns that name a row: see `seen`; default: as last time, or found',
    )
    .meta({ type: 'array', items: { type: 'string' } }),
  values: z
    .enum(['shown', 'raw'])
    .optional()
    .describe('what is sent for a cell with a format; default: shown'),
  encoding: z.string().max(40).optional().describe('of a CSV file, such as gb18030; default: found'),
  delimiter: z.enum(DELIMITERS).optional().describe('of a CSV file; default: found'),
}
export const UPLOAD_BODY = bodyOf({
  file: parts().describe(
    'the workbook: .xlsx, .xlsm, .xls, .xlsb, .ods or .csv; without one, each file is a row',
  ),
  files: parts().describe('files that its cells name, or ZIPs of them; the field may be repeated'),
  constant_files: parts().describe(
    'files that `constants` names, each as one value for all rows: neither rows nor opened, and no cell can name them; the field may be repeated',
  ),
  ...READING,
  mapping: MAPPING.optional(),
  constants: CONSTANTS.optional(),
})
export const LIMIT = z
  .string()
  .max(40)
  .refine(isLimit, asMessage(say('must-be-limit')))
const ranged = ({ min, max }: { min: number; max: number }) => z.number().int().min(min).max(max).optional()
export const EXECUTE_BODY = bodyOf(
  {
    upload_id: z.string().min(1).max(64),
    ...READING,
    mapping: MAPPING.optional(),
    constants: CONSTANTS.optional(),
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
    only_new: z
      .boolean()
      .default(false)
      .describe(
        'rows that an earlier task has answered get that answer and are not called: see `seen` of the upload',
      ),
    each: z
      .boolean()
      .default(false)
      .describe('call every row, also those that send the same as another; by default these get its answer'),
    sample: z
      .number()
      .int()
      .min(0)
      .max(MAX_SAMPLE)
      .optional()
      .describe(
        'run so many rows, chosen to differ, then pause; 1: the first row. With `against`: how many rows to compare, 20 by default, 0: all',
      ),
    against: z
      .string()
      .max(64)
      .optional()
      .describe('id of a second workflow: both run the same rows, and /comparison says how they compare'),
    notify: z
      .strictObject({
        webhook: z.string().max(MAX_URL_CHARS).nullable().optional().describe('a URL; null: none'),
        email: z.array(z.string().max(254)).max(MAX_EMAILS).optional().describe('addresses; []: none'),
        folder: z.boolean().optional().describe('write the result to the results folder'),
      })
      .optional()
      .describe('who else is notified when it has ended; what is left out is as the settings say'),
    limit: z
      .union([LIMIT, z.literal(NO_LIMIT)])
      .optional()
      .describe(
        'how much all its calls may cost, such as 5 USD or 200000 tokens; then it pauses. none: as much as they do. Default: per_task of the workflow',
      ),
    try_first: z.boolean().default(false).describe('the same as a sample of 1'),
  },
  BODY_ALIASES,
)
export type ExecuteBody = z.output<typeof EXECUTE_BODY>

export function directRequestOf(body: ExecuteBody): DirectRequest {
  const { name, concurrency, retries, timeout_seconds: timeoutSeconds } = body
  return {
    ...inspectionRequestOf(body),
    parameters: {
      ...(name !== undefined && { name }),
      ...(concurrency !== undefined && { concurrency }),
      ...(retries !== undefined && { retries }),
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    },
    skipFaulty: body.skip_faulty,
    ...(body.limit !== undefined && { limit: parseLimitOrNone(body.limit) }),
    onlyNew: body.only_new,
    callEach: body.each,
    notify: notifyChoiceOf(body),
    tryFirst: body.sample ?? (body.try_first ? 1 : body.against === undefined ? 0 : USUAL_COMPARED),
    ...(body.against !== undefined && { against: body.against }),
  }
}

function notifyChoiceOf({ notify }: ExecuteBody): NotifyChoice | undefined {
  if (!notify) return undefined
  const { webhook, email, folder } = notify
  return {
    ...(webhook !== undefined && { webhook }),
    ...(email !== undefined && { emails: email }),
    ...(folder !== undefined && { folder }),
  }
}

/** @throws UserError if `rows` names none, or one of `where` is no condition */
export function inspectionRequestOf(
  body: Pick<ExecuteBody, keyof typeof READING | 'mapping' | 'constants'>,
): InspectionRequest {
  const { sheet, heading_row, heading_rows, last_row, rows, where, key, values, encoding, delimiter } = body
  const reading: Reading = {
    ...(sheet !== undefined && { sheet }),
    ...(heading_row !== undefined && { headingRow: heading_row }),
    ...(heading_rows !== undefined && { headingRows: heading_rows }),
    ...(last_row !== undefined && { lastRow: last_row }),
    ...(rows !== undefined && { rows: rows === 'visible' ? rows : rowRangesOf(rows) }),
    ...(where !== undefined && { where: where.map(rowConditionOf) }),
    ...(key !== undefined && { key }),
    ...(values !== undefined && { values }),
    ...(encoding !== undefined && { encoding }),
    ...(delimiter !== undefined && { delimiter }),
  }
  return { workflowId: body.workflow_id, reading, mapping: body.mapping, constants: body.constants }
}

/**
 * Of the request with its upload's id, and, if its upload is still open, with its content in place of the id: a script
 * that runs again uploads the same file again. Whatever the order of the fields: the validator has put them in its own.
 * @param content hash of what was uploaded, and how it was to be read
 */
export function fingerprintOf(body: ExecuteBody, content: string | undefined): string {
  const parts = [body, ...(content === undefined ? [] : [{ ...body, upload_id: `content ${content}` }])]
  return parts.map(hashOf).join('.')
}

/** True if they have a hash in common: by upload or by content. */
export function isSameRequest(a: string, b: string): boolean {
  const hashes = new Set(a.split('.'))
  return b.split('.').some((hash) => hashes.has(hash))
}

function hashOf({ mapping, constants, only_new, each, ...body }: ExecuteBody): string {
  const rows = only_new || each ? [{ only_new, each }] : [] // a request of before they existed is the same as ever
  return createHash('sha256')
    .update(JSON.stringify([body, sorted(mapping), ...(constants ? [sorted(constants)] : []), ...rows]))
    .digest('hex')
}

function sorted(record: Record<string, unknown> = {}): [string, unknown][] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
