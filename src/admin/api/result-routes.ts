import { Elysia } from 'elysia'
import { z } from 'zod'
import { fetchTaskFiles } from '../../app/tasks.ts'
import { DOWNLOAD_FORMAT, resultResponse } from '../http/download.ts'
import { filesZipResponse } from '../http/output-file.ts'
import type { AdminContext } from '../options.ts'
import { detail } from './acted.ts'
import { bodyOf } from './names.ts'
import { BINARY, faults, NOT_FOUND, OUTPUTS_DELETED, programOf, requireTask, XLSX } from './requests.ts'
import { ROWS, TASK_ID } from './shapes.ts'

/** All of them if no rows are named. */
const THESE_ROWS = bodyOf({
  rows: ROWS,
}).optional()
const FETCHED = z.object({ files: z.number().int().describe('how many are fetched again') })
const FORMAT = z.object({ format: DOWNLOAD_FORMAT })

/** The result of a task as a file, and the files among its outputs. */
export function resultRoutes(context: AdminContext) {
  const { db, bot, cache } = context
  return new Elysia()
    .post(
      '/api/batch/:task_id/fetch-files',
      async ({ params: { task_id }, request, body }) => {
        await requireTask(task_id, context)
        const { files } = await fetchTaskFiles(bot, programOf(request), task_id, body ?? {})
        cache.changed(task_id)
        return { files }
      },
      {
        params: TASK_ID,
        body: THESE_ROWS,
        response: { 200: FETCHED, ...faults(404, 409) },
        detail: detail(
          'Fetch files again',
          'Files among the outputs that could not be fetched: all, or those of these rows. Nothing is run again. It has only begun when this answers: see the rows’ `files`.',
        ),
      },
    )
    .get(
      '/api/batch/:task_id/files.zip',
      async ({ params }) => filesZipResponse(await requireTask(params.task_id, context), db, context.files),
      {
        params: TASK_ID,
        detail: {
          ...detail(
            'All files among the outputs',
            'So far, as a ZIP. The result names them as they are named there.',
          ),
          responses: {
            200: { description: 'the ZIP', content: { 'application/zip': BINARY } },
            404: NOT_FOUND,
          },
        },
      },
    )
    .get(
      '/api/batch/:task_id/download',
      async ({ params, query: { format } }) =>
        resultResponse(await requireTask(params.task_id, context), format, context),
      {
        params: TASK_ID,
        query: FORMAT,
        detail: {
          ...detail(
            'The result as a file',
            'At any time, with the results so far. Your own workbook with columns added, or a new one with your columns and then the outputs.',
          ),
          responses: {
            200: {
              description: 'the file',
              content: {
                [XLSX]: BINARY,
                'text/csv': BINARY,
              },
            },
            404: NOT_FOUND,
            409: OUTPUTS_DELETED,
          },
        },
      },
    )
}
