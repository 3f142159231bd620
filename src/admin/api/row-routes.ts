import { subPathOf } from '../../app/sub-path.ts'
import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { listFormerAnswers } from '../../db/rows/former-answers.ts'
import { listErrorGroups } from '../../db/rows/error-groups.ts'
import { countLogs, listLogs } from '../../db/tasks/logs.ts'
import { countRowsByStatus, findListedRow, listRowPage, type RowFilter } from '../../db/rows/row-list.ts'
import { listResultFiles } from '../../app/result-files.ts'
import { listOutputFiles } from '../../db/rows/output-files.ts'
import { MAX_ROW } from '../../workbook/row-ranges.ts'
import { HttpFault } from '../http/fault.ts'
import { outputFileResponse } from '../http/output-file.ts'
import type { AdminContext } from '../options.ts'
import { BINARY, faults, NOT_FOUND, requireTask } from './requests.ts'
import { at, pageOf, PAGING, SEARCH, several } from './paging.ts'
import { QUERY_ALIASES, queryOf } from './names.ts'
import { CELL, ERROR_GROUP, LOG_ENTRY, OUTPUT_FILE_ID, ROW, ROW_ID, ROW_STATUSES, TASK_ID } from './shapes.ts'
import { errorGroupJson, formerJson, logJson, rowJson } from './to-json.ts'

const MAX_ATTEMPTS = 200
const MAX_GROUPS = 100

const QUERY = queryOf(
  {
    ...PAGING,
    status: several(ROW_STATUSES),
    error: z
      .string()
      .max(10_000)
      .optional()
      .describe('only rows that failed with this error, or one that says the same'),
    q: SEARCH.describe('a part of the cells, the outputs or the error'),
    after: z.coerce
      .number()
      .int()
      .min(0)
      .max(MAX_ROW)
      .optional()
      .describe(
        'only rows of the sheet after this one. Ask again after the last row of each answer, instead of for the next page, and none is missed though rows change their state meanwhile',
      ),
  },
  QUERY_ALIASES,
)
const ROWS = pageOf(ROW).extend({ counts: z.record(z.enum(ROW_STATUSES), z.number().int()) })
const WHOLE_ROW = ROW.extend({
  cells: z.array(CELL).describe('the row as it was sent, all columns'),
  log: z.array(LOG_ENTRY).describe('its attempts, newest first'),
  former: z
    .array(
      z.object({
        inputs: z.record(z.string(), z.unknown()).describe('as they were sent for it'),
        outputs: z.record(z.string(), z.unknown()),
        edited: z.record(z.string(), z.unknown()).describe('a person’s values in place of outputs'),
        workflow_run_id: z.string().nullable(),
        answered_at: z.string().nullable().describe('ISO 8601'),
        again_at: z.string().describe('when somebody let the row run again, ISO 8601'),
        again_by: z.string(),
      }),
    )
    .describe('what it gave before it was run again, newest first'),
})
const GROUPS = z.object({
  items: z.array(ERROR_GROUP),
  failed: z.number().int().describe('failed rows in all'),
})
const detail = (summary: string, description?: string) => ({
  tags: ['Rows'],
  summary,
  ...(description !== undefined && { description }),
})

/** A task’s rows, its errors and its log. */
export function rowRoutes(context: AdminContext) {
  const { db } = context
  const subPath = subPathOf(context.http.publicUrl)
  return new Elysia()
    .get(
      '/api/batch/:task_id/executions',
      async ({ params, query }) => {
        const { id } = await requireTask(params.task_id, context)
        const { page, page_size, status, error, q, after } = query
        const filter: RowFilter = {
          ...(status && { statuses: status }),
          ...(error !== undefined && { errors: [error] }),
          ...(q !== undefined && { search: q }),
          ...(after !== undefined && { after }),
        }
        const { rows, total } = await listRowPage(db, id, filter, at(query))
        const files = Map.groupBy(
          await listOutputFiles(db, id, { rows: rows.map(({ row }) => row) }),
          ({ row }) => row,
        )
        const items = rows.map((row) => rowJson(row, files.get(row.row) ?? [], subPath))
        return { items, total, page, page_size, counts: await countRowsByStatus(db, id) }
      },
      {
        params: TASK_ID,
        query: QUERY,
        response: { 200: ROWS, ...faults(404) },
        detail: detail('The rows of a task', 'In the sheet’s order.'),
      },
    )
    .get(
      '/api/batch/:task_id/executions/:row',
      async ({ params }) => {
        const { id } = await requireTask(params.task_id, context)
        const row = await findListedRow(db, id, params.row)
        if (!row) throw new HttpFault('not_found', say('no-task-row', { task: id, row: params.row }))
        const executionId = `${id}.${params.row}`
        const log = await listLogs(db, { taskId: id, executionId, limit: MAX_ATTEMPTS })
        const files = await listOutputFiles(db, id, { rows: [params.row] })
        const former = (await listFormerAnswers(db, id, params.row)).map(formerJson)
        return { ...rowJson(row, files, subPath), cells: row.cells, log: log.map(logJson), former }
      },
      {
        params: ROW_ID,
        response: { 200: WHOLE_ROW, ...faults(404) },
        detail: detail('One row, with its attempts'),
      },
    )
    .get(
      '/api/batch/:task_id/executions/:row/files/:n',
      async ({ params: { task_id, row, n } }) => {
        const { id } = await requireTask(task_id, context)
        const files = await listResultFiles(db, id, [row])
        return outputFileResponse(
          files.find(({ position }) => position === n),
          context.files,
        )
      },
      {
        params: OUTPUT_FILE_ID,
        detail: {
          ...detail('A file among a row’s outputs'),
          responses: {
            200: { description: 'the file', content: { 'application/octet-stream': BINARY } },
            404: NOT_FOUND,
          },
        },
      },
    )
    .get(
      '/api/batch/:task_id/errors',
      async ({ params }) => {
        const { id, counts } = await requireTask(params.task_id, context)
        const groups = await listErrorGroups(db, id, MAX_GROUPS)
        return { items: groups.map(errorGroupJson), failed: counts.failed }
      },
      {
        params: TASK_ID,
        response: { 200: GROUPS, ...faults(404) },
        detail: detail('What failed rows have in common', 'The 100 commonest errors.'),
      },
    )
    .get(
      '/api/batch/:task_id/logs',
      async ({ params, query }) => {
        const { id } = await requireTask(params.task_id, context)
        const { page, page_size } = query
        const entries = await listLogs(db, { taskId: id, ...at(query) })
        const total = await countLogs(db, { taskId: id })
        return { items: entries.map(logJson), total, page, page_size }
      },
      {
        params: TASK_ID,
        query: queryOf(PAGING, QUERY_ALIASES),
        response: { 200: pageOf(LOG_ENTRY), ...faults(404) },
        detail: detail('What happened to a task and its rows', 'Newest first.'),
      },
    )
}
