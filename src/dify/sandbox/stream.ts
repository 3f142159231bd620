import { SANDBOX_HEADERS } from './answers.ts'
import type { SandboxRun } from './run.ts'
import { ending, opening, PING } from './script.ts'
import type { Settings } from './state.ts'

const HEADERS = {
  ...SANDBOX_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
}
/** A prime, so that it falls into the middle of characters. */
const SPLIT_BYTES = 61

/** A run's stream as its client gets it, with the fault that it asked for. The run itself goes on whatever happens here. */
export function streamOf(run: SandboxRun, { pingMs, idHeader }: Settings): Response {
  const headers = idHeader ? { ...HEADERS, 'x-workflow-run-id': run.id } : HEADERS
  if (idHeader) run.idsSentAt ??= Date.now()
  if (run.status !== 'running' && run.fault.stream === undefined) return whole(run, headers)
  let writer: StreamWriter | undefined
  const body = new ReadableStream<string | Uint8Array>({
    start(controller) {
      writer = new StreamWriter(run, controller, pingMs)
      writer.begin()
    },
    cancel() {
      writer?.end()
    },
  })
  return new Response(body, { headers })
}

/** A run that is over already is told in one piece: without a delay nothing here may cost time. */
function whole(run: SandboxRun, headers: Record<string, string>): Response {
  run.idsSentAt ??= Date.now()
  const { started, middle } = opening(run)
  const { closing, end } = ending(run)
  return new Response(PING + started + middle + closing + end, { headers })
}

/** An error event as servers of 2026 send it when the inputs are wrong: no code, no ids, and the socket stays open. */
export function errorStream(message: string): Response {
  const body = new ReadableStream<string>({
    start(controller) {
      controller.enqueue(PING)
      controller.enqueue(`data: ${JSON.stringify({ event: 'error', message, status: 500 })}\n\n`)
    },
  })
  return new Response(body, { headers: HEADERS })
}

/** Tells one client of a run, step by step. */
class StreamWriter {
  #over = false
  #pings: ReturnType<typeof setInterval> | undefined

  constructor(
    readonly run: SandboxRun,
    readonly controller: ReadableStreamDefaultController<string | Uint8Array>,
    readonly pingMs: number,
  ) {}

  begin(): void {
    const { run } = this
    const fault = run.fault.stream
    if (fault === 'cut-at-once') return this.#cut()
    if (fault === 'silence') return
    this.#pings = setInterval(() => this.#write(PING), this.pingMs)
    this.#write(PING)
    if (fault === 'error') return this.#error()
    const { started, middle } = opening(run)
    this.#writeText(fault === 'no-start' ? middle : started)
    if (fault === 'cut') return this.#cut()
    if (fault === 'hang') return
    if (fault !== 'no-start') this.#write(middle)
    run.whenOver(() => this.#finish())
  }

  end(): void {
    this.#over = true
    clearInterval(this.#pings)
  }

  #finish(): void {
    if (this.#over) return
    const { closing, end } = ending(this.run)
    const fault = this.run.fault.stream
    if (fault === 'split') return this.#trickle(closing + end)
    this.#write(closing)
    if (fault !== 'no-end') this.#write(end)
    if (fault !== 'left-open') this.#close()
  }

  #writeText(text: string): void {
    this.run.idsSentAt ??= Date.now()
    this.#write(text)
  }

  #write(text: string): void {
    if (!this.#over && text !== '') this.controller.enqueue(text)
  }

  #error(): void {
    const message = 'The server encountered an internal error (sandbox).'
    this.#write(`data: ${JSON.stringify({ event: 'error', message, status: 500 })}\n\n`)
  }

  #trickle(text: string): void {
    clearInterval(this.#pings) // one in the middle of a line would break it
    const bytes = new TextEncoder().encode(text)
    let at = 0
    const step = () => {
      if (this.#over) return
      this.controller.enqueue(bytes.slice(at, at + SPLIT_BYTES))
      at += SPLIT_BYTES
      if (at < bytes.length) setTimeout(step, 1)
      else this.#close()
    }
    step()
  }

  #close(): void {
    this.end()
    this.controller.close()
  }

  /** Bun ends the connection without the closing chunk, which a client sees as a reset. */
  #cut(): void {
    this.end()
    // what was said must be on the wire before
    setTimeout(() => this.controller.error(new Error('cut, as told')), 5)
  }
}
