import { SANDBOX_HEADERS } from './answers.ts'
import { snapshot } from './events.ts'
import type { SandboxRun } from './run.ts'
import { ending, laterEnding, madeUpEnding, opening, pausedSnapshot, PING, resumption } from './script.ts'
import type { Settings } from './state.ts'

const HEADERS = {
  ...SANDBOX_HEADERS,
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
}
/** A prime number, so that cuts fall in the middle of characters. */
const SPLIT_BYTES = 61

/**
 * A run's stream as the client gets it, with the planned fault. The run itself goes on whatever happens here.
 * @param run a promise while no worker has taken the run: until then there is one ping and nothing else
 */
export function streamOf(run: SandboxRun | Promise<SandboxRun>, settings: Settings): Response {
  if (run instanceof Promise) return queuedStream(run, settings)
  const headers = settings.idHeader ? { ...HEADERS, 'x-workflow-run-id': run.id } : HEADERS
  if (settings.idHeader) run.idsSentAt ??= Date.now()
  if (run.status !== 'running' && run.fault.stream === undefined) return whole(run, headers)
  let writer: StreamWriter | undefined
  return streamed(
    (controller) => {
      writer = new StreamWriter(run, controller, settings.pingMs)
      writer.begin()
    },
    () => hungUp(run, writer),
    headers,
  )
}

function queuedStream(queued: Promise<SandboxRun>, { pingMs }: Settings): Response {
  let hasLeft = false
  let writer: StreamWriter | undefined
  async function tell(controller: Controller): Promise<void> {
    const run = await queued
    if (hasLeft) return
    writer = new StreamWriter(run, controller, pingMs)
    writer.begin(true)
  }
  return streamed(
    (controller) => {
      controller.enqueue(PING)
      void tell(controller)
    },
    () => {
      hasLeft = true
      writer?.end()
    },
  )
}

/** The stream of a run that is joined again: the events so far, if asked for, then the next ones. */
export function rejoined(run: SandboxRun, withSnapshot: boolean, { pingMs }: Settings): Response {
  const isDeaf = run.fault.deafRejoin || run.isSilent
  if (run.status === 'paused') return new Response(pausedSnapshot(run, withSnapshot), { headers: HEADERS })
  if (run.status !== 'running' && !isDeaf) return new Response(laterEnding(run), { headers: HEADERS })
  let writer: StreamWriter | undefined
  return streamed(
    (controller) => {
      writer = new StreamWriter(run, controller, pingMs)
      writer.rejoin(soFar(run, withSnapshot), isDeaf)
    },
    () => writer?.end(),
  )
}

function soFar(run: SandboxRun, withSnapshot: boolean): string {
  if (run.isResumed) return resumption(run)
  return withSnapshot ? snapshot(run) : ''
}

/** A stream of one text; the socket may stay open after it. */
export function said(text: string, isOpen: boolean): Response {
  if (!isOpen) return new Response(text, { headers: HEADERS })
  return streamed(
    (controller) => {
      if (text !== '') controller.enqueue(text)
    },
    () => {},
  )
}

/** An answer whose connection breaks after the text. */
export function brokenOff(text: string): Response {
  return streamed(
    (controller) => {
      if (text !== '') controller.enqueue(text)
      setTimeout(() => controller.error(new Error('cut, as told')), 5)
    },
    () => {},
  )
}

type Controller = ReadableStreamDefaultController<string | Uint8Array>

function streamed(
  start: (controller: Controller) => void,
  cancel: () => void,
  headers: Record<string, string> = HEADERS,
): Response {
  return new Response(new ReadableStream<string | Uint8Array>({ start, cancel }), { headers })
}

/** A worker does not notice that nobody listens any more. The API process does, and ends its own run. */
function hungUp(run: SandboxRun, writer: StreamWriter | undefined): void {
  writer?.end()
  if (!run.hasRuns) run.stop()
}

/** A run that is already over is sent in one piece, so that without a delay nothing here costs time. */
function whole(run: SandboxRun, headers: Record<string, string>): Response {
  run.idsSentAt ??= Date.now()
  const { started, middle } = opening(run)
  const { closing, end } = ending(run)
  return new Response((run.hasRuns ? PING : '') + started + middle + closing + end, { headers })
}

/** Sends a run's events to one client, step by step. */
class StreamWriter {
  #over = false
  #pings: ReturnType<typeof setInterval> | undefined

  constructor(
    readonly run: SandboxRun,
    readonly controller: Controller,
    readonly pingMs: number,
  ) {}

  /** @param isPinged the first ping has already been sent */
  begin(isPinged = false): void {
    const { run } = this
    const fault = run.fault.stream
    if (fault === 'cut-at-once') return this.#cut()
    if (fault === 'silence') return
    this.#startPings()
    if (run.hasRuns && !isPinged) this.#write(PING)
    if (fault === 'error') return this.#error()
    const { started, middle } = opening(run)
    this.#writeText(fault === 'no-start' ? middle : started)
    if (fault === 'cut') return this.#cut()
    if (fault === 'hang') return
    if (fault !== 'no-start') this.#write(middle)
    if (fault === 'gone-silent') return clearInterval(this.#pings)
    if (fault === 'made-up-end') {
      this.#write(madeUpEnding(run))
      return this.#close()
    }
    run.whenSilent(() => clearInterval(this.#pings))
    run.whenOver(() => this.#finish())
  }

  /** The pings of a joined stream come from the API process, whatever has happened to the run. */
  rejoin(soFar: string, isDeaf: boolean): void {
    this.#startPings()
    this.#write(PING + soFar)
    if (!isDeaf) this.run.whenOver(() => this.#finish())
  }

  end(): void {
    this.#over = true
    clearInterval(this.#pings)
  }

  #startPings(): void {
    this.#pings = setInterval(() => this.#write(PING), this.pingMs)
  }

  #finish(): void {
    if (this.#over || this.run.isSilent) return
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
    // everything so far must have been sent before
    setTimeout(() => this.controller.error(new Error('cut, as told')), 5)
  }
}
