import {
  hasRuns,
  isChat,
  type AppFiles,
  type SampleWork,
  type SandboxAnswer,
  type SandboxApp,
} from './app.ts'
import { priceOf } from './bill.ts'
import { SandboxForm, STANDARD_QUESTION } from './form.ts'
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
  work: SampleWork
  readonly version: string
  /** every form that it has asked a person, the last one last */
  readonly forms: SandboxForm[] = []
  /** when it last paused or went on after that */
  resumedAt: number | null = null
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
    this.#later(() => this.#next())
  }

  /** The form that it waits for. */
  get form(): SandboxForm | undefined {
    return this.status === 'paused' ? this.forms.at(-1) : undefined
  }

  /** It has paused, and somebody has answered. */
  get isResumed(): boolean {
    return this.forms.some(({ answer }) => answer)
  }

  /** Somebody answers: it goes on. */
  answer(answer: SandboxAnswer): void {
    const { form } = this
    if (!form) return
    form.answer = answer
    this.status = 'running'
    this.resumedAt = Date.now()
    this.#later(() => this.#next())
  }

  #later(step: () => void): void {
    if (this.delayMs === 0) step()
    else this.#timer = setTimeout(step, this.delayMs)
  }

  /** Asks the next question, or ends. */
  #next(): void {
    const { end, resumes } = this.fault
    const questions = this.app.questions ?? (end === 'paused' ? [STANDARD_QUESTION] : [])
    const asked = end === undefined || end === 'paused' ? questions[this.forms.length] : undefined
    const question = asked && this.fault.fieldless ? { ...asked, fields: [] } : asked
    if (question) {
      const content = question.content(this.inputs, this.work)
      const defaults = question.defaults?.(this.inputs) ?? {}
      this.forms.push(new SandboxForm(question, content, defaults, this.fault.expiresMs))
      this.#end('paused')
      return
    }
    const answers = this.forms.flatMap(({ answer }) => answer ?? [])
    if (this.isResumed && this.app.answered) this.work = this.app.answered(this.work, answers)
    if (this.isResumed && resumes) this.#finish('stopped', 'Aborted: App task was stopped')
    else if (end !== 'never') this.#finish(end === undefined || end === 'paused' ? 'succeeded' : end)
  }

  /** Its delay is over at once. */
  hurry(): void {
    if (this.status !== 'running' || this.fault.end === 'never' || this.#isDead) return
    clearTimeout(this.#timer)
    this.#next()
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
    const isWhole =
      this.isGood || (this.status === 'stopped' && this.isResumed && this.fault.resumes === 'stopped')
    return isWhole ? this.work.outputs : {}
  }

  get isGood(): boolean {
    return this.status === 'succeeded' || this.status === 'partial-succeeded'
  }

  /** As if the text were the answer of a model: four characters are one token, one million of them cost 2. */
  get tokens(): number {
    const isRefused = this.fault.errorCode !== undefined
    const isStopped = this.status === 'stopped' && !this.isResumed
    const isBefore = this.status === 'running' && !this.isResumed
    const isUncounted =
      isBefore || isStopped || isRefused || (this.status === 'paused' && !this.app.questions)
    return isUncounted ? 0 : Math.ceil(this.work.text.length / 4)
  }

  /** As Dify writes it. */
  get price(): string {
    return priceOf(this.tokens)
  }

  get currency(): string {
    return this.work.currency ?? 'USD'
  }

  get seconds(): number {
    return this.finishedAt === null ? 0 : (this.finishedAt - this.startedAt) / 1000
  }

  #finish(status: RunStatus, error = this.fault.error): void {
    this.finishedAt = Date.now()
    if (status === 'failed') this.error = error ?? 'Node “Writer” failed: the sandbox was told to fail.'
    if (status === 'stopped') this.error = error ?? 'Stopped by user.'
    this.#end(status)
  }

  #end(status: RunStatus): void {
    this.status = status
    for (const call of this.#waiting.splice(0)) call()
  }
}
