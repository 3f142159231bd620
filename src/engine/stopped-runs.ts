import { atMost, sleep, type Clock } from './clock.ts'
import type { Outcome } from './outcome.ts'
import type { Pace } from './pace.ts'
import { type Learnt, type Run, idsOf, statusOf, usageOf } from './run.ts'
import type { Stream } from './stream.ts'
import { Tracked } from './tracked.ts'
import type { Line, World } from './world.ts'

/**
 * Runs that are to be stopped at Dify, also those that still wait in its queue, where nothing can stop them: each is
 * asked for until it has begun, and stopped then. A run is stopped by an id that only its stream tells, so that is kept
 * open, or joined again. What this process does not get to is in the database for the next one.
 */
export class StoppedRuns {
  readonly #cut = new AbortController()
  readonly #watched = new Map<string, { watching: Promise<void>; release: AbortController }>()

  constructor(
    private readonly clock: Clock,
    private readonly pace: Pace,
    private readonly rows: Pick<World['rows'], 'endStopped' | 'listToStop'>,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  /**
   * Resolves when its end is known or nothing more can be done. Never rejects.
   * @param stream that is still open, to be kept until it tells by which id the run is stopped
   */
  watch(tracked: Tracked, reason: 'person' | 'twin', stream?: Stream): Promise<void> {
    const { user } = tracked.run
    const known = this.#watched.get(user)
    if (known) return known.watching
    const release = new AbortController()
    const watching = this.#see(tracked, reason, AbortSignal.any([this.#cut.signal, release.signal]), stream)
      .catch(this.onFault)
      .finally(() => {
        stream?.cut()
        tracked.line.queue.left(tracked.run)
        this.#watched.delete(user)
      })
    this.#watched.set(user, { watching, release })
    return watching
  }

  /** Its row is called for again, and wants what it may give: it is not stopped any more. */
  async release({ user }: Run): Promise<void> {
    const known = this.#watched.get(user)
    known?.release.abort()
    await known?.watching
  }

  /** Those that a process before did not get to. */
  async resume(world: World, lineOf: (run: Run) => Promise<Line>): Promise<void> {
    for (const run of await this.rows.listToStop(this.clock.now() - this.pace.queueMs)) {
      const tracked = new Tracked(run, await lineOf(run), world)
      void this.watch(tracked, run.stopReason === 'twin' ? 'twin' : 'person')
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
    stream?: Stream,
  ): Promise<void> {
    const { pace, clock } = this
    tracked.stopAsked(reason)
    await tracked.kept()
    const until = clock.monotonicNow() + Math.max(tracked.line.queueMs, pace.stopWithinMs)
    for (let n = 0; !signal.aborted; n++) {
      if (await this.#isOver(tracked, reason, signal, stream)) return
      const left = until - clock.monotonicNow()
      if (left <= 0) return
      await this.#change(tracked, Math.min(left, pace.lookUpEveryMs * 2 ** n, pace.lookUpMaxMs), signal)
    }
  }

  async #isOver(
    tracked: Tracked,
    reason: 'person' | 'twin',
    signal: AbortSignal,
    stream?: Stream,
  ): Promise<boolean> {
    const { clock, pace } = this
    const { run, line } = tracked
    const isStopped = run.difyTaskId !== undefined
    if (isStopped) await tracked.stop(reason)
    if (isStopped && stream) await atMost(clock, pace.stopWithinMs, stream.ended())
    const told = stream?.outcome
    if (stream && told && told.kind !== 'lost') return this.#end(tracked, reason, told, stream.learnt)
    if (!line.app.canLookUp) return isStopped || told !== undefined

    const { hasStarted } = tracked // it may begin just after Dify has said that there is none
    const fate = await tracked.ask(signal)
    switch (fate.kind) {
      case 'unknown':
        return hasStarted && this.#end(tracked, reason, { kind: 'lost', error: '' }, 'look-up', 'absent')
      case 'running':
        tracked.found()
        if (run.difyTaskId === undefined) await this.#learnId(tracked, signal)
        return false
      case 'lost':
        return false
      case 'halted':
        return fate.ran ? this.#end(tracked, reason, fate, 'look-up') : true
      case 'succeeded':
      case 'failed':
      case 'rejected':
      case 'throttled':
        return this.#end(tracked, reason, fate, 'look-up')
    }
  }

  /** False: its row has no result yet, and may want this one; of two that were called, that will show. */
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

  /** The stream of a run tells by which id it is stopped. */
  async #learnId(tracked: Tracked, signal: AbortSignal): Promise<void> {
    const { app } = tracked.line
    const joining = new AbortController()
    const cut = () => joining.abort()
    signal.addEventListener('abort', cut)
    const joined = app.join?.(tracked.ref, {
      signal: joining.signal,
      onNews(news) {
        tracked.take(news)
        if (news.difyTaskId !== undefined) cut()
      },
    })
    if (joined) await atMost(this.clock, this.pace.lookUpMaxMs, joined)
    cut()
    signal.removeEventListener('abort', cut)
  }

  /** Until its stream tells something, or for so long. */
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
