import type { Follower } from '../live/task-streams.ts'

/** Whoever has seen this id has seen the end. */
export const END_ID = 'end'
const RETRY_MS = 2_000
export const EVENT_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

export interface StreamOptions {
  follow: (follower: Follower) => () => void
  /** each ends the stream */
  signals: (AbortSignal | undefined)[]
}

/**
 * Server-sent events of one task. Whoever reads slowly is told less often, not later: only the newest progress waits for
 * them.
 */
export function eventStream({ follow, signals }: StreamOptions): Response {
  const text = new TextEncoder()
  let opening = `retry: ${RETRY_MS}\n\n`
  let progress = ''
  let rest = ''
  let isOver = false
  let wake = () => {}
  let leave = () => {}
  const told = (change: () => void) => () => {
    change()
    wake()
  }
  const end = told(() => (isOver = true))
  const follower: Follower = {
    progress: (json) => told(() => (progress = `event: progress\ndata: ${json}\n\n`))(),
    ping: told(() => (rest ||= ': ping\n\n')),
    end: (json) =>
      told(() => {
        if (!isOver) rest += `id: ${END_ID}\nevent: end\ndata: ${json ?? 'null'}\n\n`
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
