import { Elysia } from 'elysia'
import { z } from 'zod'
import { UnknownInput, WrongInput } from '../../app/new-inputs.ts'
import { rowsNamed } from '../../app/rows-named.ts'
import { retryTask, type RetryOf, runAgain } from '../../app/tasks.ts'
import { textToEdit } from '../../engine/review.ts'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { MAX_ROW, NotRows } from '../../workbook/row-ranges.ts'
import { HttpFault } from '../http/fault.ts'
import { asMessage } from '../http/wrong-fields.ts'
import type { AdminContext } from '../options.ts'
import { changedTask, detail, DONE } from './acted.ts'
import { bodyOf } from './names.ts'
import { faults, programOf, requireTask } from './requests.ts'
import { ROW_ID, ROWS, TASK_AND_COST, TASK_ID } from './shapes.ts'

const RETRIED = z.object({
  ...DONE,
  task: TASK_AND_COST,
  rows: z.number().int().describe('how many run again'),
  retried_count: z.number().int().describe('the same as rows'),
})
const VERSION = z
  .string()
  .max(64)
  .optional()
  .describe('of one row as you saw it: if it has changed since, 409, and nothing runs')
/** What is sent is of one row, but none is named: it must not be taken for all of them. */
const ROWS_MISSING = { path: ['rows'], message: asMessage(say('field-missing')) }
const RETRY = bodyOf({
  rows: ROWS,
  error: z.string().max(10_000).optional().describe('one text of a group of errors: all rows of the group'),
  version: VERSION,
})
  .refine(
    ({ rows, error }) => rows === undefined || error === undefined,
    asMessage(say('give-one-of', { names: ['rows', 'error'] })),
  )
  .refine(({ rows, version }) => version === undefined || rows !== undefined, ROWS_MISSING)
  .optional()
const SEEN_ROW = bodyOf({ version: VERSION }).optional()
const AGAIN = bodyOf({
  rows: z
    .union([z.array(z.number().int().positive().max(MAX_ROW)).min(1).max(100_000), z.string().max(2_000)])
    .optional()
    .describe('rows of the sheet: [3, 88], or 3-40,88; absent: all with something to look at'),
  inputs: z
    .record(z.string().max(1_000), z.unknown())
    .optional()
    .describe(
      'of one row: what it is sent from now on, by input, by the rules of a cell; null or empty: nothing. Others stay as they are',
    ),
  inputs_as_in_file: z
    .literal(true)
    .optional()
    .describe('of one row: takes back what was put in place of its inputs'),
  version: VERSION,
})
  .refine(
    ({ inputs, inputs_as_in_file }) => inputs === undefined || inputs_as_in_file === undefined,
    asMessage(say('give-one-of', { names: ['inputs', 'inputs_as_in_file'] })),
  )
  .refine(
    ({ rows, inputs, inputs_as_in_file, version }) =>
      rows !== undefined || (inputs ?? inputs_as_in_file ?? version) === undefined,
    ROWS_MISSING,
  )
  .optional()

/** Lets rows run again: failed ones, or any, which are paid again. */
export function againRoutes(context: AdminContext) {
  const { db, bot } = context
  return new Elysia()
    .post(
      '/api/batch/:task_id/retry-failed',
      ({ params, request, body }) => retry(request, params.task_id, body ?? {}),
      {
        params: TASK_ID,
        body: RETRY,
        response: { 200: RETRIED, ...faults(404, 409) },
        detail: detail('Retry failed rows', 'All of them, these, or those of one error.'),
      },
    )
    .post(
      '/api/batch/:task_id/run-again',
      ({ params, request, body }) => again(request, params.task_id, body ?? {}),
      {
        params: TASK_ID,
        body: AGAIN,
        response: { 200: RETRIED, ...faults(404, 409) },
        detail: detail(
          'Run rows again',
          'These, whether they succeeded, failed or were cancelled, or all with something to look at. Each is paid again, and no other row runs. 409, and nothing runs: one of them runs or waits to. With `inputs` one row is sent something else from now on; 422: a value is not one that its cell might have. What it gave before is in `former` of the row.',
        ),
      },
    )
    .post(
      '/api/batch/:task_id/executions/:row/retry',
      ({ params: { task_id, row }, request, body }) =>
        retry(request, task_id, { rows: [row], version: body?.version }),
      {
        params: ROW_ID,
        body: SEEN_ROW,
        response: { 200: RETRIED, ...faults(404, 409) },
        detail: detail(
          'Retry one failed row',
          'With its `version`, the same request sent twice is paid once, even if the row has failed again in between.',
        ),
      },
    )

  async function retry(request: Request, id: string, of: RetryOf) {
    await requireTask(id, context)
    const { rows } = await retryTask(bot, programOf(request), id, of)
    return { success: true as const, task: await changedTask(id, context), rows, retried_count: rows }
  }

  async function again(request: Request, id: string, asked: NonNullable<z.output<typeof AGAIN>>) {
    await requireTask(id, context)
    const { version, inputs: given, inputs_as_in_file } = asked
    const inputs = inputs_as_in_file ? 'as-in-file' : given && textsOf(given)
    try {
      const wanted = typeof asked.rows === 'string' ? await rowsNamed(db, id, asked.rows) : asked.rows
      const { rows } = await runAgain(bot, programOf(request), id, wanted, { version, inputs })
      return { success: true as const, task: await changedTask(id, context), rows, retried_count: rows }
    } catch (fault) {
      throw asHttpFault(fault)
    }
  }
}

/** As a person would type them into cells. */
function textsOf(inputs: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, textToEdit(value)]))
}

function asHttpFault(fault: unknown): unknown {
  if (!(fault instanceof UserError)) return fault
  const field = fault instanceof WrongInput || fault instanceof UnknownInput ? 'inputs' : undefined
  if (field === undefined && !(fault instanceof NotRows)) return fault
  const says = say('field-says', { field: field ?? 'rows', says: fault.says.message })
  return new HttpFault('invalid', says, fault.says.hint)
}
