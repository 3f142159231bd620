import type { SandboxAnswer } from './app.ts'
import { SandboxRun, type RunRequest, type RunStatus } from './run.ts'

/** One run, for tests. Times are milliseconds since 1970. */
export interface Hit {
  app: string
  user: string
  inputs: Record<string, unknown>
  query: string
  /** the ones that came with the call */
  files: Record<string, unknown>[]
  runId: string
  taskId: string
  messageId: string
  status: RunStatus
  startedAt: number
  /** when the run's ids were sent to a client; null if they never were */
  idsSentAt: number | null
  finishedAt: number | null
  /** what it has asked a person, the last one last, with what was answered */
  forms: { id: string; expiresAt: number; answer: SandboxAnswer | undefined }[]
  /** when it went on after an answer */
  resumedAt: number | null
  /** what was billed for it */
  tokens: number
  price: string
  currency: string
  /** of the workflow that was published when it began */
  version: string
}

export interface StopCall {
  app: string
  taskId: string
  user: string
  at: number
  /** whether this call stopped a running task */
  stopped: boolean
}

/** A call to run an app that was refused. */
export interface TurnedAwayCall {
  app: string
  user: string
  status: number
  code: string
  at: number
}

/** A call that answers a form. */
export interface AnswerCall {
  app: string
  user: string
  action: string
  inputs: Record<string, unknown>
  at: number
  /** false: it was answered before, or its time was up */
  taken: boolean
}

/** All runs, stops and refused calls since the sandbox started. */
export class RunLog {
  readonly runs: SandboxRun[] = []
  readonly stops: StopCall[] = []
  readonly turnedAway: TurnedAwayCall[] = []
  readonly answers: AnswerCall[] = []
  /** most runs at once, by app */
  readonly peaks: Record<string, number> = {}
  readonly #byId = new Map<string, SandboxRun>()
  readonly #byTask = new Map<string, SandboxRun>()
  readonly #running = new Map<string, number>()

  begin(request: RunRequest): SandboxRun {
    const run = new SandboxRun(request)
    this.runs.push(run)
    this.#byId.set(run.id, run)
    this.#byTask.set(run.taskId, run)
    this.#count(run.app.name, 1)
    run.whenOver(() => this.#count(run.app.name, -1))
    run.begin()
    return run
  }

  running(app: string): number {
    return this.#running.get(app) ?? 0
  }

  byId(id: string): SandboxRun | undefined {
    return this.#byId.get(id)
  }

  byTask(taskId: string): SandboxRun | undefined {
    return this.#byTask.get(taskId)
  }

  hits(): Hit[] {
    return this.runs.map((run) => ({
      app: run.app.name,
      user: run.user,
      inputs: run.inputs,
      query: run.query,
      files: run.files,
      runId: run.id,
      taskId: run.taskId,
      messageId: run.messageId,
      status: run.status,
      startedAt: run.startedAt,
      idsSentAt: run.idsSentAt,
      finishedAt: run.finishedAt,
      forms: run.forms.map(({ id, expiresAt, answer }) => ({ id, expiresAt, answer })),
      resumedAt: run.resumedAt,
      tokens: run.tokens,
      price: run.price,
      currency: run.currency,
      version: run.version,
    }))
  }

  #count(app: string, step: 1 | -1): void {
    const now = this.running(app) + step
    this.#running.set(app, now)
    this.peaks[app] = Math.max(this.peaks[app] ?? 0, now)
  }
}
