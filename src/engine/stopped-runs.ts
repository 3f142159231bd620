import { atMost, type Clock, sleep, withTimeLimit } from './clock.ts'
import type { Outcome } from './outcome.ts'
import type { Timing } from './timing.ts'
import { isUploading, type Learnt, type Run, idsOf } from './run.ts'
import { statusOf, usageOf } from './call-status.ts'
import type { RunStream } from './stream.ts'
import { Tracked } from './tracked.ts'
import type { RunStopper, WorkflowRuntime, RunnerServices } from './services.ts'

/**
 * Runs that are to be stopped at Dify. A run in Dify's queue cannot be stopped yet, so it is looked up until it has
 * started, and stopped then. The id that stops a run is only in its stream, so the stream is kept open or joined again.
 * Runs that this process does not get to are in the database, for the next process.
 */
export class StoppedRuns implements RunStopper {
  readonly #cut = new AbortController()
  readonly #watched = new Map<string, { watching: Promise<void>; release: AbortController }>()
  /** runs that were watched to no end; they are not taken over again and again */
  readonly #tried = new Set<string>()

  constructor(
    private readonly clock: Clock,
    private readonly timing: Timing,
    private readonly rows: Pick<RunnerServices['rows'], 'endStopped' | 'listToStop'>,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  watch(tracked: Tracked, reason: 'person' | 'twin', stream?: RunStream): Promise<void> {
    const { user } = tracked.run
    const existing = this.#watched.get(user)
    if (existing) return existing.watching
    this.#tried.add(user)
    const release = new AbortController()
    const watching = this.#see(tracked, reason, AbortSignal.any([this.#cut.signal, release.signal]), stream)
      .catch(this.onFault)
      .finally(() => {
        stream?.cut()
        tracked.runtime.throttle.queue.left(tracked.run)
        this.#watched.delete(user)
      })
    this.#watched.set(user, { watching, release })
    return watching
  }

  async release({ user }: Run): Promise<void> {
    const existing = this.#watched.get(user)
    this.#tried.delete(user)
    existing?.release.abort()
    await existing?.watching
  }

  async takeOver(
    services: RunnerServices,
    isHeld: (run: Run) => boolean,
    runtimeOf: (run: Run) => Promise<WorkflowRuntime>,
  ): Promise<void> {
    const runs = await this.rows.listToStop(this.clock.now() - this.timing.queueMs)
    const left = new Set(runs.map(({ user }) => user))
    for (const user of this.#tried) if (!left.has(user) && !this.#watched.has(user)) this.#tried.delete(user)
    for (const run of runs) {
      if (this.#tried.has(run.user) || isHeld(run)) continue
      this.#tried.add(run.user)
      try {
        const tracked = new Tracked(run, await runtimeOf(run), services)
        void this.watch(tracked, run.stopReason === 'twin' ? 'twin' : 'person')
      } catch (fault) {
        this.onFault(fault)
      }
    }
  }

  async close(): Promise<void> {
    this.#cut.abort()
    await Promise.all([...this.#watched.values()].map(({ watching }) => watching))
  }

  async #see(
    tracked: Tracked,
    reason: 'person' | 'twin',
    signal: AbortSignal,
    stream?: RunStream,
  ): Promise<void> {
    const { timing, clock } = this
    if (isUploading(tracked.run)) {
      stream?.cut() // once it is cut, the run is not asked for any more (dify/run/run.ts)
      await this.#end(tracked, reason, { kind: 'lost', error: '' }, 'stream', 'absent')
      return
    }
    signal.addEventListener('abort', () => stream?.cut())
    tracked.stopAsked(reason)
    await tracked.stored()
    const until = clock.monotonicNow() + Math.max(tracked.runtime.queueMs, timing.stopWithinMs)
    for (let n = 0; !signal.aborted; n++) {
      const { changes } = tracked
      if (await this.#isOver(tracked, reason, signal, stream)) return
      if (tracked.changes !== changes) continue
      const left = until - clock.monotonicNow()
      if (left <= 0) return
      await this.#change(tracked, Math.min(left, timing.lookUpEveryMs * 2 ** n, timing.lookUpMaxMs), signal)
    }
  }

  async #isOver(
    tracked: Tracked,
    reason: 'person' | 'twin',
    signal: AbortSignal,
    stream?: RunStream,
  ): Promise<boolean> {
    const { clock, timing } = this
    const { run, runtime } = tracked
    const isStopped = run.difyTaskId !== undefined
    if (isStopped) await tracked.stop(reason)
    if (isStopped && stream) await atMost(clock, timing.stopWithinMs, stream.ended())
    const streamed = stream?.outcome
    if (streamed?.kind === 'waiting') {
      tracked.paused()
      await tracked.stored()
      return true // as below: its row goes on with it when the task is resumed
    }
    if (stream && streamed && streamed.kind !== 'lost')
      return this.#end(tracked, reason, streamed, stream.learnt)
    if (!runtime.app.canLookUp) return isStopped || streamed !== undefined

    const { hasStarted } = tracked // read before the look-up: the run may start just after Dify says it has none
    const result = await tracked.ask(signal)
    switch (result.kind) {
      case 'unknown':
        return hasStarted && this.#end(tracked, reason, { kind: 'lost', error: '' }, 'look-up', 'absent')
      case 'running':
        tracked.found()
        if (run.difyTaskId === undefined) await this.#learnId(tracked, signal)
        return false
      case 'lost':
        return false
      case 'waiting':
        return true // Dify cannot stop a run that waits for a person
      case 'halted':
        return result.ran ? this.#end(tracked, reason, result, 'look-up') : true
      case 'succeeded':
      case 'failed':
      case 'rejected':
      case 'throttled':
        tracked.found() // it has run, and cost something, even if its row does not take its result now
        return this.#end(tracked, reason, result, 'look-up')
    }
  }

  /** Stores the run's end. False: not over, because its row has no result yet and may use this one. */
  async #end(
    tracked: Tracked,
    reason: 'person' | 'twin',
    outcome: Outcome,
    learnt: Learnt,
    as?: 'absent',
  ): Promise<boolean> {
    const { run } = tracked
    await tracked.over()
    const status = as ?? statusOf(outcome, run)
    const end = { attempt: run.attempt, status, learnt, usage: usageOf(outcome), ids: idsOf(run) }
    return (await this.rows.endStopped(run, end, this.clock.now())) || reason === 'person'
  }

  /** Joins the run's stream until it tells the id by which the run can be stopped. */
  async #learnId(tracked: Tracked, signal: AbortSignal): Promise<void> {
    const { app } = tracked.runtime
    const joining = new AbortController()
    const cut = () => joining.abort()
    signal.addEventListener('abort', cut)
    const joined = app.join?.(tracked.ref, {
      signal: joining.signal,
      onProgress(progress) {
        tracked.take(progress)
        if (progress.difyTaskId !== undefined) cut()
      },
    })
    if (joined) await atMost(this.clock, this.timing.lookUpMaxMs, joined)
    cut()
    signal.removeEventListener('abort', cut)
  }

  /** Resolves when there is news of the run, when the signal is aborted, or after `ms`. */
  async #change(tracked: Tracked, ms: number, signal: AbortSignal): Promise<void> {
    const wake = new AbortController()
    const stop = () => wake.abort()
    tracked.onChange = stop
    signal.addEventListener('abort', stop)
    if (!signal.aborted) await sleep(this.clock, ms, wake.signal)
    signal.removeEventListener('abort', stop)
    tracked.onChange = () => {}
  }
}

/** Asks Dify to stop a run while no runner is there. If the run still waits in Dify's queue, the next runner stops it. */
export async function askToStop(
  run: Run,
  { app }: Pick<WorkflowRuntime, 'app'>,
  { clock, timing }: Pick<RunnerServices, 'clock' | 'timing'>,
): Promise<void> {
  const ref = { ...idsOf(run), user: run.user, attemptedAt: run.sentAt }
  await withTimeLimit(clock, timing.stopWithinMs, undefined, (signal) => app.stop(ref, signal))
}
