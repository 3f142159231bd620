import { Elysia } from 'elysia'
import { z } from 'zod'
import { findListedTask } from '../../db/task-list.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { Surroundings } from '../options.ts'
import { type Look, TaskStreams } from '../live/task-streams.ts'
import { END_ID, EVENT_HEADERS, eventStream } from './event-stream.ts'
import { knownTask, toTaskJson } from './known.ts'
import { NOT_FOUND } from './openapi-parts.ts'
import { TASK_ID } from './shapes.ts'

const OVER: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled'])
const SEEN = z.looseObject({ 'last-event-id': z.string().max(100).optional() })

/** How far a task is, told as it changes. */
export function eventRoutes(around: Surroundings & { draining?: AbortSignal }) {
  const { db, clock, log, draining } = around
  const streams = new TaskStreams({
    clock,
    onFault: (err) => log.warn({ err }, 'a task that is followed could not be looked at'),
    async look(id): Promise<Look> {
      const task = await findListedTask(db, id)
      return task && { told: JSON.stringify(await toTaskJson(task, around)), isOver: OVER.has(task.status) }
    },
  })
  return new Elysia().get(
    '/api/batch/:task_id/events',
    async ({ params: { task_id }, headers, request }) => {
      const { status } = await knownTask(task_id, around)
      // A browser asks again when a stream has ended; this tells it that there is nothing more.
      if (headers['last-event-id'] === END_ID && OVER.has(status)) return new Response(null, { status: 204 })
      // What it would be is read to its end, to tell how long: it has none.
      if (request.method === 'HEAD') return new Response(null, { headers: EVENT_HEADERS })
      return eventStream({
        follow: (follower) => streams.follow(task_id, follower),
        signals: [draining, request.signal],
      })
    },
    {
      params: TASK_ID,
      headers: SEEN,
      detail: {
        tags: ['Tasks'],
        summary: 'How far a task is, as server-sent events',
        description:
          '“progress” with the task as JSON when it has changed, at most once a second; “end” with the task, or null when it was deleted, and the stream closes.',
        responses: {
          200: {
            description: 'events',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          204: { description: 'The end was told before.' },
          404: NOT_FOUND,
        },
      },
    },
  )
}
