import type { Nano } from '../../../src/engine/money.ts'
import type {
  Call,
  DifyApp,
  LookUpResult,
  Outcome,
  RunProgress,
  RunRef,
  WithRunIds,
} from '../../../src/engine/outcome.ts'
import { sleep } from '../../../src/engine/clock.ts'
import type { FakeClock } from '../../support/fake-clock.ts'
import { nano } from '../../support/nano.ts'

/** How one call goes wrong. */
export interface Trouble {
  /** nothing runs: this is the answer */
  refuse?: Outcome
  /** the connection breaks this long after the call was accepted; the run goes on */
  cutAfterMs?: number
  /** it breaks before the call is accepted; 'never': and there is no run */
  cutAtOnce?: 'runs' | 'never'
  /** accepted, and lost in the queue forever; or started only after this time */
  lostInQueue?: true
  queuedForMs?: number
  /** its stream says nothing once it has begun, and never ends */
  isSilent?: true
  /** its worker dies: it never ends, cannot be stopped and says nothing */
  isDead?: true
  /** a stop says success and stops nothing */
  isDeaf?: true
  /** its stream says this as soon as it has begun; the run goes on */
  streamSays?: Outcome
  /** how it ends; a success where it is not said */
  end?: Outcome
  /** the stream reports this failure although nothing failed; nothing runs unless `yetRuns` */
  madeUp?: Outcome
  yetRuns?: true
  /** files are uploaded for it so long before the run is asked for; 'never': that does not end */
  uploadsForMs?: number | 'never'
  /** so long it takes until there is a connection for the run's call */
  connectsForMs?: number
  /** how long it takes, in place of all the others */
  seconds?: number
}

export interface FakeRun {
  user: string
  runId: string
  difyTaskId: string
  status: 'queued' | 'running' | 'succeeded' | 'failed' | 'stopped'
  outcome: Outcome | undefined
  /** what the provider is paid for it */
  billed: Nano
  trouble: Trouble
}

export interface FakeDifyOptions {
  workers?: number
  seconds?: number
  canLookUp?: boolean
  hasQueue?: boolean
  canJoin?: boolean
  /** by the call's number, from 1 */
  troubles?: (call: number) => Trouble
}

const PRICE = nano(0.25)
const PING_MS = 10_000

/** A Dify of one app, on a clock that stands still until told: a queue, workers, streams, look-ups and a bill. */
export class FakeDify implements DifyApp {
  readonly hasQueue: boolean
  readonly canLookUp: boolean
  readonly runs: FakeRun[] = []
  readonly lookUps: { at: number; user: string }[] = []
  readonly stops: string[] = []
  readonly join?: NonNullable<DifyApp['join']>
  calls = 0
  /** how many of them have begun to upload files */
  uploads = 0
  /** look-ups give this instead, as long as it is set */
  lookUpFails: LookUpResult | undefined
  #free: number
  readonly #queue: { run: FakeRun; begin: () => void }[] = []
  readonly #ears = new Map<FakeRun, ((outcome: Outcome) => void)[]>()
  readonly #options: FakeDifyOptions

  constructor(
    private readonly clock: FakeClock,
    options: FakeDifyOptions = {},
  ) {
    this.#options = options
    this.canLookUp = options.canLookUp ?? true
    this.hasQueue = options.hasQueue ?? true
    this.#free = options.workers ?? Number.POSITIVE_INFINITY
    if (options.canJoin) this.join = (ref, hooks) => this.#join(ref, hooks)
  }

  get billed(): Nano {
    return this.runs.reduce((sum, { billed }) => sum + billed, 0n)
  }

  async run(call: Call): Promise<WithRunIds<Outcome>> {
    const n = ++this.calls
    const trouble = this.#options.troubles?.(n) ?? {}
    const { uploadsForMs } = trouble
    if (uploadsForMs !== undefined) {
      await call.onUploading?.()
      if (call.signal.aborted) return { kind: 'lost', error: 'Aborted.' }
      this.uploads++
      await new Promise<void>((resolve) => {
        call.signal.addEventListener('abort', () => resolve())
        if (uploadsForMs !== 'never') this.clock.after(uploadsForMs, resolve)
      })
    }
    const { connectsForMs = 0 } = trouble
    let connecting = connectsForMs
    do {
      if (!call.signal.aborted) await call.onPosting?.()
      if (connecting > 0) await sleep(this.clock, connecting, call.signal)
      connecting = 0 // there is one by then
    } while (!call.signal.aborted && call.mayPost?.() === false)
    return call.signal.aborted ? { kind: 'lost', error: 'Aborted.' } : this.#post(call, n, trouble)
  }

  #post(call: Call, n: number, trouble: Trouble): Promise<WithRunIds<Outcome>> {
    if (trouble.refuse) return Promise.resolve(trouble.refuse)
    if (trouble.cutAtOnce === 'never') return Promise.resolve(BROKEN)
    const run = this.#newRun(call.user, n, trouble)
    const ids = { workflowRunId: run.runId, difyTaskId: run.difyTaskId }
    if (trouble.madeUp) {
      if (trouble.yetRuns) this.#enqueue(run, () => {})
      const madeUp: Outcome = { kind: 'lost', error: 'Made up.', ifUnknown: trouble.madeUp }
      return Promise.resolve({ ...madeUp, ids: { workflowRunId: run.runId } })
    }
    if (trouble.cutAtOnce) {
      this.#enqueue(run, () => {})
      return Promise.resolve(BROKEN)
    }
    return new Promise((resolve) => {
      const end = (outcome: WithRunIds<Outcome>) => {
        isOver = true
        resolve(outcome)
      }
      let isOver = false
      const say = (progress: RunProgress) => {
        if (!isOver) call.onProgress(progress)
      }
      call.signal.addEventListener('abort', () => end({ kind: 'lost', error: 'Aborted.' }))
      if (trouble.cutAfterMs !== undefined) this.clock.after(trouble.cutAfterMs, () => end(BROKEN))
      say({ accepted: true })
      this.#enqueue(run, () => {
        say({ started: true, ...ids })
        if (trouble.streamSays) end({ ...trouble.streamSays, ids })
        if (trouble.isSilent || trouble.isDead) return
        const ping = () => {
          if (isOver || run.status !== 'running') return
          call.onActivity?.()
          this.clock.after(PING_MS, ping)
        }
        this.clock.after(PING_MS, ping)
        this.#whenOver(run, (outcome) => end({ ...outcome, ids }))
      })
    })
  }

  lookUp(ref: RunRef): Promise<WithRunIds<LookUpResult>> {
    this.lookUps.push({ at: this.clock.monotonicNow(), user: ref.user })
    if (this.lookUpFails) return Promise.resolve(this.lookUpFails)
    const run = this.runs.find(
      ({ user, runId }) => user === ref.user && (ref.workflowRunId ?? runId) === runId,
    )
    if (!run || run.status === 'queued') return Promise.resolve({ kind: 'unknown' })
    const ids = { workflowRunId: run.runId }
    if (!run.outcome) return Promise.resolve({ kind: 'running', ids })
    // A workflow's price is told nowhere after its end.
    const usage = run.outcome.kind === 'succeeded' ? { usage: { tokens: 10 } } : {}
    return Promise.resolve({ ...run.outcome, ...usage, ids })
  }

  stop({ difyTaskId }: RunRef): Promise<void> {
    if (difyTaskId !== undefined) this.stops.push(difyTaskId)
    const run = this.runs.find((each) => each.difyTaskId === difyTaskId)
    if (run?.status === 'running' && !run.trouble.isDeaf && !run.trouble.isDead) {
      this.#end(run, 'stopped', { kind: 'failed', error: 'Stopped by user.', stopped: true })
    }
    return Promise.resolve()
  }

  #join(
    ref: RunRef,
    { signal, onProgress }: Pick<Call, 'signal' | 'onProgress'>,
  ): Promise<WithRunIds<Outcome>> {
    const run = this.runs.find(({ runId }) => runId === ref.workflowRunId)
    if (!run) return Promise.resolve(BROKEN)
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'lost', error: 'Aborted.' }))
      onProgress({ started: true, workflowRunId: run.runId, difyTaskId: run.difyTaskId })
      this.#whenOver(run, resolve)
    })
  }

  #newRun(user: string, n: number, trouble: Trouble): FakeRun {
    return {
      user,
      runId: `run-${n}`,
      difyTaskId: `task-${n}`,
      status: 'queued',
      outcome: undefined,
      billed: 0n,
      trouble,
    }
  }

  #enqueue(run: FakeRun, begin: () => void): void {
    this.runs.push(run)
    const { lostInQueue, queuedForMs } = run.trouble
    if (lostInQueue) return
    const take = () => {
      this.#queue.push({ run, begin })
      this.#work()
    }
    if (queuedForMs === undefined) take()
    else this.clock.after(queuedForMs, take)
  }

  #work(): void {
    while (this.#free > 0) {
      const next = this.#queue.shift()
      if (!next) return
      this.#free--
      const { run, begin } = next
      run.status = 'running'
      begin()
      if (run.trouble.isDead) continue
      const ms = (run.trouble.seconds ?? this.#options.seconds ?? 1) * 1000
      this.clock.after(ms, () => {
        const {
          end = {
            kind: 'succeeded',
            outputs: { by: run.user },
            usage: { tokens: 10, price: PRICE, currency: 'USD' },
          },
        } = run.trouble
        if (run.status === 'running') this.#end(run, end.kind === 'succeeded' ? 'succeeded' : 'failed', end)
      })
    }
  }

  #end(run: FakeRun, status: 'succeeded' | 'failed' | 'stopped', outcome: Outcome): void {
    run.status = status
    run.outcome = outcome
    // After a stop the provider goes on to its end.
    run.billed = PRICE
    this.#free++
    for (const tell of this.#ears.get(run)?.splice(0) ?? []) tell(outcome)
    this.#work()
  }

  #whenOver(run: FakeRun, tell: (outcome: Outcome) => void): void {
    if (run.outcome) tell(run.outcome)
    else this.#ears.set(run, [...(this.#ears.get(run) ?? []), tell])
  }
}

const BROKEN: Outcome = { kind: 'lost', error: 'The connection to Dify broke.' }
