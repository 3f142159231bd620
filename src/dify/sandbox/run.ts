import { hasRuns, isChat, type AppFiles, type SampleWork, type SandboxApp } from './app.ts'
import type { SandboxFault } from './sandbox-fault.ts'

export type RunStatus = 'running' | 'succeeded' | 'partial-succeeded' | 'failed' | 'stopped' | 'paused'

export interface RunRequest {
  app: SandboxApp
  user: string
  inputs: Record<string, unknown>
  /** the ones that came with the call */
  files: Record<string, unknown>[]
  query: string
  fault: SandboxFault
  delayMs: number
  /** what the app can do with files */
  appFiles: AppFiles
  /** of the published workflow */
  version: string
}

/**
 * One run. It goes on whether or not anybody listens, as in Dify. Only a run in the API process ends with its client.
 */
export class SandboxRun {
  readonly id = crypto.randomUUID()
  readonly taskId = crypto.randomUUID()
  readonly messageId = crypto.randomUUID()
  readonly conversationId = crypto.randomUUID()
  readonly startedAt = Date.now()
  readonly app: SandboxApp
  readonly user: string
  readonly inputs: Record<string, unknown>
  readonly files: Record<string, unknown>[]
  readonly query: string
  readonly fault: SandboxFault
  readonly delayMs: number
  readonly work: SampleWork
  readonly version: string
  status: RunStatus = 'running'
  error: string | null = null
  finishedAt: number | null = null
  /** when its ids were first sent to a client, or to the socket that was then cut */
  idsSentAt: number | null = null
  /** what runs it, or the connection from there to its listeners, is gone: no more events come */
  isSilent = false
  readonly #waiting: (() => void)[] = []
  readonly #ofSilence: (() => void)[] = []
  #isDead = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor({ app, user, inputs, files, query, fault, delayMs, appFiles, version }: RunRequest) {
    this.app = app
    this.user = user
    this.inputs = inputs
    this.files = files
    this.query = query
    this.fault = fault
    this.delayMs = delayMs
    this.version = version
    this.work = app.work(inputs, query, files, appFiles)
  }

  get isChat(): boolean {
    return isChat(this.app.mode)
  }

  /** A worker runs it, and it can be looked up. */
  get hasRuns(): boolean {
    return hasRuns(this.app.mode)
  }

  /** Without a delay the run is over when this returns. */
  begin(): void {
    if (this.fault.end === 'never') return
    const status = this.fault.end ?? 'succeeded'
    if (this.delayMs === 0) this.#finish(status)
    else this.#timer = setTimeout(() => this.#finish(status), this.delayMs)
  }

  /** @returns whether it was still going on */
  stop(error?: string): boolean {
    if (this.status !== 'running' || this.fault.deafToStop || this.#isDead) return false
    clearTimeout(this.#timer)
    this.#finish('stopped', error)
    return true
  }

  /** Its worker is killed: Dify then says “running” for ever. */
  die(): void {
    clearTimeout(this.#timer)
    this.#isDead = true
    this.silence()
  }

  /** Listeners get no more events, although the run may go on. */
  silence(): void {
    if (this.status !== 'running') return
    this.isSilent = true
    for (const call of this.#ofSilence.splice(0)) call()
  }

  /** Calls immediately when the run is already over. */
  whenOver(call: () => void): void {
    if (this.status === 'running') this.#waiting.push(call)
    else call()
  }

  whenSilent(call: () => void): void {
    if (this.isSilent) call()
    else this.#ofSilence.push(call)
  }

  get outputs(): Record<string, unknown> {
    return this.isGood ? this.work.outputs : {}
  }

  get isGood(): boolean {
    return this.status === 'succeeded' || this.status === 'partial-succeeded'
  }

  /** As if the text were the answer of a model: four characters are one token, one million of them cost 2 dollars. */
  get tokens(): number {
    const isRefused = this.fault.errorCode !== undefined
    const isUncounted = this.status === 'running' || this.status === 'stopped' || isRefused
    return isUncounted ? 0 : Math.ceil(this.work.text.length / 4)
  }

  /** In dollars, as Dify writes it. */
  get price(): string {
    return this.tokens === 0 ? '0E-7' : ((this.tokens * 2) / 1_000_000).toFixed(7)
  }

  get seconds(): number {
    return this.finishedAt === null ? 0 : (this.finishedAt - this.startedAt) / 1000
  }

  #finish(status: RunStatus, error = this.fault.error): void {
    this.status = status
    this.finishedAt = Date.now()
    if (status === 'failed') this.error = error ?? 'Node “Writer” failed: the sandbox was told to fail.'
    if (status === 'stopped') this.error = error ?? 'Stopped by user.'
    for (const call of this.#waiting.splice(0)) call()
  }
}
