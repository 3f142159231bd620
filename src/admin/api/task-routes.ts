import { Elysia } from 'elysia'
import type { Actor } from '../../app/actor.ts'
import { UnknownInput, WrongInput } from '../../app/new-inputs.ts'
import { rowsNamed } from '../../app/rows-named.ts'
import { textToEdit } from '../../engine/review.ts'
import { UserError } from '../../engine/user-error.ts'
import { NotRows } from '../../workbook/row-ranges.ts'
import { HttpFault } from '../http/fault.ts'
import { changeTaskLimit } from '../../app/change-limit.ts'
import { parseLimit } from '../../engine/limits.ts'
import { LIMIT } from './submission.ts'
import {
  deleteTask,
  fetchTaskFiles,
  pauseTask,
  resumeTask,
  retryTask,
  runAgain,
  stopTask,
  type RetryOf,
  type TaskApp,
} from '../../app/tasks.ts'
import { otherOf } from '../../db/tasks/comparisons.ts'
import { z } from 'zod'
import { say } from '../../engine/sentence.ts'
import { asMessage } from '../http/wrong-fields.ts'
import { countTasksByStatus, listTaskPage, type TaskFilter } from '../../db/tasks/task-list.ts'
import { DOWNLOAD_FORMAT, resultResponse } from '../http/download.ts'
import { filesZipResponse } from '../http/output-file.ts'
import { identityOf, onlyOwn } from '../sign-in/identity.ts'
import type { AdminContext } from '../options.ts'
import {
  faults,
  programOf,
  requireTask,
  toTaskAndCost,
  toTaskJsons,
  BINARY,
  NOT_FOUND,
  OUTPUTS_DELETED,
  XLSX,
} from './requests.ts'
import { at, pageOf, PAGING, SEARCH, several } from './paging.ts'
import { bodyOf, QUERY_ALIASES, queryOf } from './names.ts'
import { ROW_ID, TASK, TASK_AND_COST, TASK_ID, TASK_STATUSES } from './shapes.ts'
import { MAX_ROW } from '../../workbook/row-ranges.ts'

const QUERY = queryOf(
  {
    ...PAGING,
    status: several(TASK_STATUSES),
    workflow_id: z.string().max(64).optional(),
    q: SEARCH.describe('a part of the name, the file’s name, the owner or the id'),
  },
  QUERY_ALIASES,
)
const LIST = pageOf(TASK).extend({
  counts: z
    .record(z.enum(TASK_STATUSES), z.number().int())
    .describe('tasks in each state, whatever `status` says'),
  tasks: z.array(TASK).optional().describe('the same as items; only if the query says `size`'),
  size: z.number().int().describe('the same as page_size'),
  pages: z.number().int().describe('how many there are'),
})
const DONE = { success: z.literal(true) }
const ACTED = { 200: TASK_AND_COST.extend(DONE), ...faults(404, 409) }
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
const RETRY = bodyOf({
  rows: z
    .array(z.number().int().positive().max(MAX_ROW))
    .min(1)
    .max(100_000)
    .optional()
    .describe('rows of the sheet'),
  error: z.string().max(10_000).optional().describe('one text of a group of errors: all rows of the group'),
  version: VERSION,
})
  .refine(
    ({ rows, error }) => rows === undefined || error === undefined,
    asMessage(say('give-one-of', { names: ['rows', 'error'] })),
  )
  .refine(({ rows, version }) => version === undefined || rows !== undefined, 'name the row in rows')
  .optional()
const SEEN_ROW = bodyOf({ version: VERSION }).optional()
/** All of them if no rows are named. */
const THESE_ROWS = bodyOf({
  rows: z
    .array(z.number().int().positive().max(MAX_ROW))
    .min(1)
    .max(100_000)
    .optional()
    .describe('rows of the sheet'),
}).optional()
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
    'inputs or inputs_as_in_file, not both',
  )
  .refine(
    ({ rows, inputs, inputs_as_in_file, version }) =>
      rows !== undefined || (inputs ?? inputs_as_in_file ?? version) === undefined,
    'name the row in rows',
  )
  .optional()
const FETCHED = z.object({ files: z.number().int().describe('how many are fetched again') })
const FORMAT = z.object({ format: DOWNLOAD_FORMAT })
const detail = (summary: string, description?: string) => ({
  tags: ['Tasks'],
  summary,
  ...(description !== undefined && { description }),
})

/** Lists tasks, shows one, and acts on it. */
export function taskRoutes(context: AdminContext) {
  const { db, bot, cache } = context
  return new Elysia()
    .get(
      '/api/batch/',
      async ({ query, request }) => {
        const { page, page_size, status, workflow_id, q } = query
        const ownerKey = onlyOwn(identityOf(request))
        const anyState: TaskFilter = {
          ...(ownerKey !== undefined && { ownerKey }),
          ...(workflow_id !== undefined && { workflowId: workflow_id }),
          ...(q !== undefined && { search: q }),
        }
        const listed = await listTaskPage(db, { ...anyState, ...(status && { statuses: status }) }, at(query))
        const items = await toTaskJsons(listed.tasks, context)
        return {
          items,
          // Twice only for who asks in the old way: a page may have 200.
          ...(new URL(request.url).searchParams.has('size') && { tasks: items }),
          size: page_size,
          pages: Math.ceil(listed.total / page_size),
          total: listed.total,
          page,
          page_size,
          counts: await countTasksByStatus(db, anyState),
        }
      },
      { query: QUERY, response: { 200: LIST }, detail: detail('All tasks, newest first') },
    )
    .get(
      '/api/batch/:task_id/status',
      async ({ params }) => toTaskAndCost(await requireTask(params.task_id, context), context),
      {
        params: TASK_ID,
        response: { 200: TASK_AND_COST, ...faults(404) },
        detail: detail('One task, with its progress and what it has cost'),
      },
    )
    .post('/api/batch/:task_id/pause', ({ params, request }) => act(request, params.task_id, pauseTask), {
      params: TASK_ID,
      response: ACTED,
      detail: detail('Pause', 'Starts no further rows; those at Dify finish.'),
    })
    .post('/api/batch/:task_id/resume', ({ params, request }) => act(request, params.task_id, resumeTask), {
      params: TASK_ID,
      response: ACTED,
      detail: detail('Resume', 'Continues a task that was paused, stopped, or stopped by a fault.'),
    })
    .patch(
      '/api/batch/:task_id',
      async ({ params: { task_id }, request, body: { limit } }) => {
        await requireTask(task_id, context)
        await changeTaskLimit(
          bot,
          programOf(request),
          task_id,
          limit === null ? undefined : parseLimit(limit),
        )
        return { success: true as const, ...(await now(task_id)) }
      },
      {
        params: TASK_ID,
        body: bodyOf({
          limit: LIMIT.nullable().describe(
            'for all that it may cost, with what it has cost so far; null: none',
          ),
        }),
        response: ACTED,
        detail: detail(
          'Change the limit',
          'Also while it runs. A task that is paused at its limit is resumed after it.',
        ),
      },
    )
    .post('/api/batch/:task_id/stop', ({ params, request }) => act(request, params.task_id, stopTask), {
      params: TASK_ID,
      response: ACTED,
      detail: detail('Stop', 'Ends it now and stops its rows at Dify. Results so far are kept.'),
    })
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
    .delete(
      '/api/batch/:task_id',
      async ({ params: { task_id }, request }) => {
        await requireTask(task_id, context)
        await deleteTask(bot, programOf(request), task_id)
        cache.changed(task_id)
        return { success: true as const, deleted: true as const, task_id, batch_id: task_id }
      },
      {
        params: TASK_ID,
        response: {
          200: z.object({
            ...DONE,
            deleted: z.literal(true),
            task_id: z.string(),
            batch_id: z.string().describe('the same as task_id'),
          }),
          ...faults(404, 409),
        },
        detail: detail(
          'Delete',
          'With its rows, results and log. A task that runs or waits is stopped first.',
        ),
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

  async function act(
    request: Request,
    id: string,
    does: (bot: TaskApp, actor: Actor, id: string) => Promise<unknown>,
  ) {
    await requireTask(id, context)
    await does(bot, programOf(request), id)
    return { success: true as const, ...(await now(id)) }
  }

  async function retry(request: Request, id: string, of: RetryOf) {
    await requireTask(id, context)
    const { rows } = await retryTask(bot, programOf(request), id, of)
    return { success: true as const, task: await now(id), rows, retried_count: rows }
  }

  async function again(request: Request, id: string, asked: NonNullable<z.output<typeof AGAIN>>) {
    await requireTask(id, context)
    const { version, inputs: given, inputs_as_in_file } = asked
    const inputs = inputs_as_in_file ? 'as-in-file' : given && textsOf(given)
    try {
      const wanted = typeof asked.rows === 'string' ? await rowsNamed(db, id, asked.rows) : asked.rows
      const { rows } = await runAgain(bot, programOf(request), id, wanted, { version, inputs })
      return { success: true as const, task: await now(id), rows, retried_count: rows }
    } catch (fault) {
      throw asHttpFault(fault)
    }
  }

  /** The task, read again after a change. */
  async function now(id: string) {
    const task = await requireTask(id, context)
    cache.changed(id)
    if (task.compared) cache.changed(otherOf(task.compared, id))
    return toTaskAndCost(task, context)
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
