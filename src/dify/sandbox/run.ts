import type { SandboxApp, SampleWork } from './app.ts'
import type { SandboxFault } from './sandbox-fault.ts'

export type RunStatus = 'running' | 'succeeded' | 'partial-succeeded' | 'failed' | 'stopped' | 'paused'

export interface RunRequest {
  app: SandboxApp
  user: string
  inputs: Record<string, unknown>
  query: string
  fault: SandboxFault
  delayMs: number
}

/** One run. It goes on whether or not anybody listens, as in Dify. */
export class SandboxRun {
  readonly id = crypto.randomUUID()
  readonly taskId = crypto.randomUUID()
  readonly startedAt = Date.now()
  readonly app: SandboxApp
  readonly user: string
  readonly inputs: Record<string, unknown>
  readonly query: string
  readonly fault: SandboxFault
  readonly delayMs: number
  readonly work: SampleWork
  status: RunStatus = 'running'
  error: string | null = null
  finishedAt: number | null = null
  /** when its ids first went to a client, or were handed to the socket that was cut */
  idsSentAt: number | null = null
  readonly #waiting: (() => void)[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ app, user, inputs, query, fault, delayMs }: RunRequest) {
    this.app = app
    this.user = user
    this.inputs = inputs
    this.query = query
    this.fault = fault
    this.delayMs = delayMs
    this.work = app.work(inputs, query)
  }

  /** Without a delay it is over when this returns. */
  begin(): void {
    if (this.fault.end === 'never') return
    const status = this.fault.end ?? 'succeeded'
    if (this.delayMs === 0) this.#finish(status)
    else this.#timer = setTimeout(() => this.#finish(status), this.delayMs)
  }

  /** @returns whether it was still going on */
  stop(): boolean {
    if (this.status !== 'running' || this.fault.deafToStop) return false
    clearTimeout(this.#timer)
    this.#finish('stopped')
    return true
  }

  /** Calls at once where it is over already. */
  whenOver(call: () => void): void {
    if (this.status === 'running') this.#waiting.push(call)
    else call()
  }

  get outputs(): Record<string, unknown> {
    return this.status === 'succeeded' || this.status === 'partial-succeeded' ? this.work.outputs : {}
  }

  /** As if the text were the answer of a model: four characters are one token, one million of them cost 2 dollars. */
  get tokens(): number {
    return Math.ceil(this.work.text.length / 4)
  }

  get price(): number {
    return (this.tokens * 2) / 1_000_000
  }

  get seconds(): number {
    return ((this.finishedAt ?? Date.now()) - this.startedAt) / 1000
  }

  #finish(status: RunStatus): void {
    this.status = status
    this.finishedAt = Date.now()
    if (status === 'failed')
      this.error = this.fault.error ?? 'Node “Writer” failed: the sandbox was told to fail.'
    if (status === 'partial-succeeded')
      this.error = this.fault.error ?? 'Node “Writer” used its default value.'
    for (const call of this.#waiting.splice(0)) call()
  }
}
