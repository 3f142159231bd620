import { Elysia } from 'elysia'
import { z } from 'zod'
import { findListedTask } from '../../db/tasks/task-list.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { AdminContext } from '../options.ts'
import { type TaskSnapshot, TaskStreams, type Follower } from './task-streams.ts'
import { requireTask, toTaskAndCost, NOT_FOUND } from './requests.ts'
import { TASK_ID } from './shapes.ts'

const OVER: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'cancelled'])
const SEEN = z.looseObject({ 'last-event-id': z.string().max(100).optional() })

/** Streams a task’s progress as it changes. */
export function eventRoutes(context: AdminContext & { draining?: AbortSignal }) {
  const { db, clock, log, draining } = context
  const streams = new TaskStreams({
    clock,
    onFault: (err) => log.warn({ err }, 'a task that is followed could not be looked at'),
    async read(id): Promise<TaskSnapshot> {
      const task = await findListedTask(db, id)
      if (!task) return undefined
      const json = JSON.stringify(await toTaskAndCost(task, context))
      return { json, endId: OVER.has(task.status) ? endIdOf(task) : undefined }
    },
  })
  return new Elysia().get(
    '/api/batch/:task_id/events',
    async ({ params: { task_id }, headers, request }) => {
      const task = await requireTask(task_id, context)
      // A browser reconnects when a stream has ended; 204 tells it to stop.
      if (OVER.has(task.status) && headers['last-event-id'] === endIdOf(task))
        return new Response(null, { status: 204 })
      // The caller reads a HEAD answer’s body to its end to find its length, and this stream has no end.
      if (request.method === 'HEAD') return new Response(null, { headers: EVENT_HEADERS })
      const watched = whileSignedIn(request)
      return eventStream({
        follow: (follower) => {
          const leave = streams.follow(task_id, follower)
          return () => {
            watched.stop()
            leave()
          }
        },
        signals: [draining, request.signal, watched.signal],
      })
    },
    {
      params: TASK_ID,
      headers: SEEN,
      detail: {
        tags: ['Tasks'],
        summary: 'A task’s progress, as server-sent events',
        description:
          '“progress” with the task as JSON when it has changed, at most once a second; “end” with the task, or null when it was deleted, and the stream closes.',
        responses: {
          200: {
            description: 'events',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          204: { description: 'The client has already received the end.' },
          404: NOT_FOUND,
        },
      },
    },
  )

  /** Aborted when whoever asked is signed out, or their token is revoked: a stream is admitted once and stays open. */
  function whileSignedIn(request: Request): { signal: AbortSignal; stop: () => void } {
    const signedOut = new AbortController()
    let cancel = clock.after(SIGNED_IN_EVERY_MS, () => void look())
    let isOver = false
    return { signal: signedOut.signal, stop }

    function stop(): void {
      isOver = true
      cancel()
    }

    async function look(): Promise<void> {
      const isIn = await context.identityNow(request).catch((err: unknown) => {
        log.warn({ err }, 'whether somebody is still signed in could not be looked up')
        return true
      })
      if (isOver) return
      if (isIn) cancel = clock.after(SIGNED_IN_EVERY_MS, () => void look())
      else signedOut.abort()
    }
  }
}

/** How soon a stream ends after its sign-in. */
const SIGNED_IN_EVERY_MS = 2_000

/** The id of the last event. A task that goes on after that has another end. */
function endIdOf({ finishedAt }: Pick<TaskView, 'finishedAt'>): string {
  return `end-${finishedAt ?? 0}`
}

const RETRY_MS = 2_000
export const EVENT_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

export interface StreamOptions {
  follow: (follower: Follower) => () => void
  /** each of them ends the stream */
  signals: (AbortSignal | undefined)[]
}

/** Server-sent events of one task. A slow reader gets fewer events, not late ones: only the newest progress waits. */
export function eventStream({ follow, signals }: StreamOptions): Response {
  const text = new TextEncoder()
  let opening = `retry: ${RETRY_MS}\n\n`
  let progress = ''
  let rest = ''
  let isOver = false
  let wake = () => {}
  let leave = () => {}
  const whenOpen = (change: () => void) => () => {
    change()
    wake()
  }
  const end = whenOpen(() => (isOver = true))
  const follower: Follower = {
    progress: (json) => whenOpen(() => (progress = `event: progress\ndata: ${json}\n\n`))(),
    ping: whenOpen(() => (rest ||= ': ping\n\n')),
    end: (last) =>
      whenOpen(() => {
        const { json, id } = last ?? { json: 'null', id: 'end' }
        if (!isOver) rest += `id: ${id}\nevent: end\ndata: ${json}\n\n`
        isOver = true
      })(),
  }

  const body = new ReadableStream<Uint8Array>({
    start() {
      leave = follow(follower)
      for (const signal of signals) {
        if (signal?.aborted) end()
        signal?.addEventListener('abort', end)
      }
    },
    async pull(controller) {
      if (opening + progress + rest === '' && !isOver) await new Promise<void>((resolve) => (wake = resolve))
      const due = opening + progress + rest
      opening = progress = rest = ''
      if (due !== '') controller.enqueue(text.encode(due))
      if (!isOver) return
      close()
      controller.close()
    },
    cancel: close,
  })

  function close(): void {
    leave()
    for (const signal of signals) signal?.removeEventListener('abort', end)
  }

  return new Response(body, { headers: EVENT_HEADERS })
}
