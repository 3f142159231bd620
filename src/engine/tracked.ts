import type { LookUpResult, RunProgress, RunRef, WithRunIds } from './outcome.ts'
import { withTimeLimit } from './clock.ts'
import { idsOf, type Run, type RunKey, type RunNote } from './run.ts'
import type { Clock } from './clock.ts'
import type { DifyApp } from './outcome.ts'
import type { Claim } from './task.ts'
import type { Throttle } from './throttle.ts'
import type { Timing } from './timing.ts'

/** When things happened to a run, on the monotonic clock. */
interface Marks {
  sent: number
  /** files were uploaded first: when the run itself was asked for */
  posted?: number
  accepted?: number
  started?: number
  /** the last sign of life */
  heard: number
  lost?: number
}

/** The part of RunnerServices (services.ts) that is needed here. */
interface TrackedServices {
  rows: {
    note(run: RunKey, note: RunNote): Promise<void>
    posting(claim: Claim, run: Run, now: number): Promise<boolean>
  }
  openedAt: number
  clock: Clock
  timing: Timing
}

interface TrackedRuntime {
  app: DifyApp
  throttle: Pick<Throttle, 'queue'>
  queueMs: number
}

/** The answer to a look-up is small: a server that takes longer does not answer. */
const LOOK_UP_MS = 15_000
/** Most runs start at once, so their acceptance is not stored on its own before they have waited this long. */
const ACCEPTED_NOTE_MS = 1_000
const HEARD_NOTE_MS = 30_000

/** A run that this process follows. Stores all news of it. */
export class Tracked {
  readonly marks: Marks
  /** how often there was news; whoever waits for some looks again */
  changes = 0
  onChange = (): void => {}
  readonly #writes: Promise<void>[] = []
  #unwritten: RunNote = {}
  #cancelNote = (): void => {}
  #heardNoted: number

  constructor(
    readonly run: Run,
    readonly runtime: TrackedRuntime,
    private readonly services: TrackedServices,
  ) {
    const now = services.clock.monotonicNow()
    // If the machine's clock was set back since another process stored the time, it must not lie in the future.
    const mark = (at: number) => Math.min(at, now)
    // The row's time continues from the start of this process: the clock may have been set while no process ran.
    const onwards = (at: number) => mark(Math.max(at, services.openedAt))
    const { sentAt, postedAt, acceptedAt, startedAt, heardAt, lostAt, resumedAt } = run
    // Somebody has answered, and nobody has followed it since: the lanes were busy, or its task was paused. Dify may have
    // let it wait, too, so it is not late yet.
    const isNew = resumedAt !== null && resumedAt === heardAt
    const wentOnAt = isNew ? now : (resumedAt ?? 0)
    this.marks = {
      sent: mark(sentAt),
      heard: mark(heardAt ?? startedAt ?? acceptedAt ?? sentAt),
      ...(postedAt !== null && { posted: mark(postedAt) }),
      ...(acceptedAt !== null && { accepted: mark(acceptedAt) }),
      ...(startedAt !== null && { started: onwards(Math.max(startedAt, wentOnAt)) }),
      ...(lostAt !== null && { lost: mark(lostAt) }),
    }
    this.#heardNoted = this.marks.heard
    if (acceptedAt === null || run.givenUpAt !== null) return
    if (startedAt === null) this.#queues(this.marks.accepted ?? now)
    else runtime.throttle.queue.started(run, this.marks.accepted ?? now)
  }

  get hasStarted(): boolean {
    return this.run.startedAt !== null
  }

  /** Files are about to be fetched or uploaded for it. Resolves when that is stored. */
  async uploading(): Promise<void> {
    if (this.run.uploadingAt !== null) return
    this.run.uploadingAt = Math.round(this.services.clock.monotonicNow())
    this.#write({ uploadingAt: this.run.uploadingAt })
    await this.stored()
  }

  /** Files were uploaded for it, and it was not noted yet that the run itself is asked for. */
  get isToPost(): boolean {
    return this.run.uploadingAt !== null && this.run.postedAt === null
  }

  /** The run itself is about to be asked for. Resolves when that is stored. @returns whether the claim still holds */
  async posting(claim: Claim): Promise<boolean> {
    await this.stored()
    const now = Math.round(this.services.clock.monotonicNow())
    if (!(await this.services.rows.posting(claim, this.run, now))) return false
    if (this.run.uploadingAt === null) this.marks.sent = this.run.sentAt = now
    else this.marks.posted = this.run.postedAt = now
    return true
  }

  /** Takes news from the stream. Every event but the first ping comes from the worker that runs it. */
  take(progress: RunProgress): void {
    const { accepted, started, difyTaskId, messageId } = progress
    const isStarted = started === true || difyTaskId !== undefined || messageId !== undefined
    const note: RunNote = idsOf(progress)
    Object.assign(this.run, note)
    if (accepted || isStarted) this.#accepted(note, isStarted)
    if (isStarted) this.#started(note)
    this.heard()
    this.#write(note)
    this.changed()
  }

  changed(): void {
    this.changes++
    this.onChange()
  }

  /** A look-up has found it, so a worker has started it. */
  found(): void {
    if (this.hasStarted) return
    const note: RunNote = idsOf(this.run)
    this.#accepted(note, true)
    this.#started(note)
    this.#write(note)
  }

  /** It waits for a person. */
  paused(): void {
    this.found()
    this.runtime.throttle.queue.left(this.run)
    if (this.run.pausedAt !== null) return
    this.run.pausedAt = Math.round(this.services.clock.monotonicNow())
    this.#write({ pausedAt: this.run.pausedAt })
  }

  /** There was a sign of life. */
  heard(): void {
    this.marks.heard = this.services.clock.monotonicNow()
    this.run.heardAt = Math.round(this.marks.heard)
    if (this.marks.heard - this.#heardNoted < HEARD_NOTE_MS) return
    this.#heardNoted = this.marks.heard
    this.#write({ heardAt: this.run.heardAt })
  }

  /** Its stream broke. */
  lost(): void {
    if (this.run.lostAt !== null) return
    this.marks.lost = this.services.clock.monotonicNow()
    this.run.lostAt = Math.round(this.marks.lost)
    this.#write({ lostAt: this.run.lostAt, ...(this.run.heardAt !== null && { heardAt: this.run.heardAt }) })
  }

  /** It is silent: stores since when, so that progress can show it. */
  silent(): void {
    if (this.run.heardAt === null || this.marks.heard === this.#heardNoted) return
    this.#heardNoted = this.marks.heard
    this.#write({ heardAt: this.run.heardAt })
  }

  /** It is looked up by another claim than the one that made the call. */
  asked(): void {
    this.#write({ askedAt: this.services.clock.now() })
  }

  /** Looks the run up. The result is `lost` if there is no answer in time, or if its stream has news first. */
  async ask(signal?: AbortSignal, sentAt = this.run.sentAt): Promise<WithRunIds<LookUpResult>> {
    const quicker = new AbortController()
    this.onChange = () => quicker.abort()
    const either = signal ? AbortSignal.any([signal, quicker.signal]) : quicker.signal
    const result = await withTimeLimit(this.services.clock, LOOK_UP_MS, either, (limit) =>
      this.runtime.app.lookUp({ ...this.ref, attemptedAt: sentAt }, limit),
    )
    this.onChange = () => {}
    const ids = idsOf(result.ids ?? {})
    const { workflowRunId, messageId, workflowVersion } = this.run
    Object.assign(this.run, ids)
    const hasNews =
      this.run.workflowRunId !== workflowRunId ||
      this.run.messageId !== messageId ||
      this.run.workflowVersion !== workflowVersion
    if (hasNews) this.#write(ids)
    return result
  }

  /** Asks Dify to stop it. Stores that first, because a run that ends this way is not the row's failure. */
  async stop(reason: 'person' | 'limit' | 'twin'): Promise<void> {
    this.stopAsked(reason)
    await this.stored()
    await withTimeLimit(this.services.clock, this.services.timing.stopWithinMs, undefined, (signal) =>
      this.runtime.app.stop(this.ref, signal),
    )
  }

  stopAsked(reason: 'person' | 'limit' | 'twin'): void {
    const { run } = this
    if (run.stopAskedAt !== null) return
    run.stopAskedAt = this.services.clock.now()
    run.stopReason = reason
    this.#write({ stopAskedAt: run.stopAskedAt, stopReason: reason })
  }

  /** We stop waiting for it, though its end is not known. */
  giveUp(): void {
    this.run.givenUpAt ??= this.services.clock.now()
    this.runtime.throttle.queue.left(this.run)
    this.#write({ givenUpAt: this.run.givenUpAt })
  }

  get ref(): RunRef {
    return { ...idsOf(this.run), user: this.run.user, attemptedAt: this.run.sentAt }
  }

  /**
   * Waits until all news is on disk. No timer is left after that.
   * @throws what the store throws
   */
  async stored(): Promise<void> {
    if (Object.keys(this.#unwritten).length > 0) this.#writeNow(this.#unwritten)
    this.#cancelNote()
    await Promise.all(this.#writes.splice(0))
  }

  /** The same for a run that is over. News that is not stored yet is stored together with its end. */
  async over(): Promise<void> {
    this.#unwritten = {}
    this.runtime.throttle.queue.left(this.run)
    await this.stored()
  }

  #accepted(note: RunNote, isStarted: boolean): void {
    const { run, marks, services } = this
    if (run.acceptedAt !== null) return
    marks.accepted = services.clock.monotonicNow()
    run.acceptedAt = Math.round(marks.accepted)
    note.acceptedAt = run.acceptedAt
    if (!isStarted) this.#queues(marks.accepted)
  }

  /** A chatbot accepts a call too and may think before its first word, but it has no queue. */
  #queues(acceptedAt: number): void {
    if (this.runtime.app.hasQueue) this.runtime.throttle.queue.accepted(this.run, acceptedAt)
  }

  #started(note: RunNote): void {
    const { run, marks, services } = this
    if (run.startedAt !== null) return
    marks.started = services.clock.monotonicNow()
    run.startedAt = Math.round(marks.started)
    note.startedAt = run.startedAt
    this.runtime.throttle.queue.started(run, marks.accepted ?? marks.sent)
  }

  #write(note: RunNote): void {
    const all = { ...this.#unwritten, ...note }
    const columns = Object.keys(all)
    if (columns.length === 0) return
    this.#cancelNote()
    if (columns.length === 1 && all.acceptedAt !== undefined) {
      this.#unwritten = all
      this.#cancelNote = this.services.clock.after(ACCEPTED_NOTE_MS, () => this.#writeNow(all))
      return
    }
    this.#writeNow(all)
  }

  #writeNow(note: RunNote): void {
    this.#unwritten = {}
    const stored = this.services.rows.note(this.run, note)
    stored.catch(() => {}) // the error is thrown by `stored()`, which is awaited before anything is settled
    this.#writes.push(stored)
  }
}
