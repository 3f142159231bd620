import { Elysia } from 'elysia'
import { z } from 'zod'
import { countTasksByStatus, listTaskPage, type TaskFilter } from '../../db/tasks/task-list.ts'
import type { AdminContext } from '../options.ts'
import { identityOf, onlyOwn } from '../sign-in/identity.ts'
import { detail } from './acted.ts'
import { QUERY_ALIASES, queryOf } from './names.ts'
import { at, pageOf, PAGING, SEARCH, several } from './paging.ts'
import { faults, requireTask, toTaskAndCost, toTaskJsons } from './requests.ts'
import { TASK, TASK_AND_COST, TASK_ID, TASK_STATUSES } from './shapes.ts'

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

/** Lists tasks, and shows one. */
export function taskRoutes(context: AdminContext) {
  const { db } = context
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
}
