import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { type Comparison, comparisonJson, findCompared } from '../../app/comparison.ts'
import { comparisonResponse } from '../http/download.ts'
import { HttpFault } from '../http/fault.ts'
import type { AdminContext } from '../options.ts'
import { BINARY, faults, NOT_FOUND, OUTPUTS_DELETED, requireTask, XLSX } from './requests.ts'
import { COMPARISON, TASK_ID } from './shapes.ts'

const FORMAT = z.object({ format: z.enum(['xlsx', 'csv']).default('xlsx') })
const tags = ['Tasks']

/** How two workflows compare that have run the same rows. Either task names the comparison. */
export function comparisonRoutes(context: AdminContext) {
  return new Elysia()
    .get(
      '/api/batch/:task_id/comparison',
      async ({ params }) => {
        const found = await findCompared(context.db, (await requireTask(params.task_id, context)).id)
        return { comparison: found ? comparisonJson(found) : null }
      },
      {
        params: TASK_ID,
        response: { 200: z.object({ comparison: COMPARISON.nullable() }), ...faults(404) },
        detail: {
          tags,
          summary: 'How two workflows compare',
          description:
            'Of a task that was made with `against`; null of any other. Pause, resume, stop, retry and delete act on both tasks. Once `over`, resume lets that task go on with all rows; what it has run is not run again, and the other task is stopped.',
        },
      },
    )
    .get(
      '/api/batch/:task_id/comparison/download',
      async ({ params, query: { format } }) =>
        comparisonResponse(await requireComparison(params.task_id), format, context),
      {
        params: TASK_ID,
        query: FORMAT,
        detail: {
          tags,
          summary: 'Both results beside each other, as a file',
          description:
            'A new workbook: the row, your columns, each output of A and B and whether they are the same, then status, error, seconds, tokens and price of each.',
          responses: {
            200: { description: 'the file', content: { [XLSX]: BINARY, 'text/csv': BINARY } },
            404: NOT_FOUND,
            409: OUTPUTS_DELETED,
          },
        },
      },
    )

  async function requireComparison(id: string): Promise<Comparison> {
    const task = await requireTask(id, context)
    const found = await findCompared(context.db, task.id)
    if (found) return found
    throw new HttpFault('not_found', say('not-compared'), say('do-make-with-against'))
  }
}
