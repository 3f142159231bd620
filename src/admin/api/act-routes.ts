import { Elysia } from 'elysia'
import { z } from 'zod'
import type { Actor } from '../../app/actor.ts'
import { changeTaskLimit } from '../../app/change-limit.ts'
import { deleteTask, pauseTask, resumeTask, stopTask, type TaskApp } from '../../app/tasks.ts'
import { parseLimit } from '../../engine/limits.ts'
import type { AdminContext } from '../options.ts'
import { changedTask, detail, DONE } from './acted.ts'
import { bodyOf } from './names.ts'
import { faults, programOf, requireTask } from './requests.ts'
import { TASK_AND_COST, TASK_ID } from './shapes.ts'
import { LIMIT } from './submission.ts'

const ACTED = { 200: TASK_AND_COST.extend(DONE), ...faults(404, 409) }

/** Pauses, resumes, stops and deletes a task, and changes what it may cost. */
export function actRoutes(context: AdminContext) {
  const { bot, cache } = context
  return new Elysia()
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
        return { success: true as const, ...(await changedTask(task_id, context)) }
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

  async function act(
    request: Request,
    id: string,
    does: (bot: TaskApp, actor: Actor, id: string) => Promise<unknown>,
  ) {
    await requireTask(id, context)
    await does(bot, programOf(request), id)
    return { success: true as const, ...(await changedTask(id, context)) }
  }
}
