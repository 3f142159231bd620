import { subPathOf } from '../../app/sub-path.ts'
import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { bodyOf } from './names.ts'
import { z } from 'zod'
import { editOutputs, keepRow, NoSuchRow, NotEditable, resetRow, type SeenRow } from '../../app/reviews.ts'
import { findListedRow } from '../../db/rows/row-list.ts'
import { listOutputFiles } from '../../db/rows/output-files.ts'
import { textToEdit, WrongKind } from '../../engine/review.ts'
import { asMessage } from '../http/wrong-fields.ts'
import { HttpFault } from '../http/fault.ts'
import type { AdminContext } from '../options.ts'
import { faults, programOf, requireTask } from './requests.ts'
import { ROW, ROW_ID } from './shapes.ts'
import { rowJson } from './to-json.ts'

const REVIEW = bodyOf({
  version: z
    .string()
    .max(64)
    .optional()
    .describe('`version` of the row as you saw it: if it has changed since, 409, and nothing is changed'),
  outputs: z
    .record(z.string().max(1_000), z.unknown())
    .optional()
    .describe('your values in place of outputs, by their names; each of the same kind as the one before'),
  keep: z.literal(true).optional().describe('you have looked at the answer and found it right'),
  reset: z
    .union([z.literal(true), z.array(z.string().max(1_000))])
    .optional()
    .describe('takes back what was edited and kept, or the edits of these outputs'),
}).refine(
  ({ outputs, keep, reset }) => [outputs, keep, reset].filter((one) => one !== undefined).length === 1,
  asMessage(say('give-one-of', { names: ['outputs', 'keep', 'reset'] })),
)

/** What a program says of a row’s answer. */
export function reviewRoutes(context: AdminContext) {
  const { db, bot, cache } = context
  const subPath = subPathOf(context.http.publicUrl)
  return new Elysia().patch(
    '/api/batch/:task_id/executions/:row',
    async ({ params, body, request }) => {
      const { id } = await requireTask(params.task_id, context)
      const seen: SeenRow = { taskId: id, row: params.row, version: body.version }
      await review(request, seen, body).catch(asHttpFault)
      cache.changed(id)
      const row = await findListedRow(db, id, params.row)
      if (!row) throw new HttpFault('not_found', say('no-task-row', { task: id, row: params.row }))
      return rowJson(row, await listOutputFiles(db, id, { rows: [params.row] }), subPath)
    },
    {
      params: ROW_ID,
      body: REVIEW,
      response: { 200: ROW, ...faults(404, 409) },
      detail: {
        tags: ['Rows'],
        summary: 'Keep, edit or reset the answer of a row',
        description:
          'What the workflow gave stays in `outputs`; yours is in `edited` beside it, in the result and in the audit. It belongs to this answer: a new one, after the row has run again, has none. 422: a value is not of the kind of the one before.',
      },
    },
  )

  function review(request: Request, seen: SeenRow, { outputs, reset }: z.output<typeof REVIEW>) {
    const actor = programOf(request)
    if (outputs) {
      const texts = Object.entries(outputs).map(([name, value]): [string, string] => [
        name,
        textToEdit(value),
      ])
      return editOutputs(bot, actor, seen, Object.fromEntries(texts))
    }
    if (reset !== undefined) return resetRow(bot, actor, seen, reset === true ? undefined : reset)
    return keepRow(bot, actor, seen)
  }
}

function asHttpFault(fault: unknown): never {
  if (fault instanceof NoSuchRow) throw new HttpFault('not_found', fault.says.message)
  if (fault instanceof WrongKind || fault instanceof NotEditable)
    throw new HttpFault(
      'invalid',
      say('field-says', { field: 'outputs', says: fault.says.message }),
      fault.says.hint,
    )
  throw fault
}
