import { type Clock, sleep, withTimeLimit } from './clock.ts'
import { timeOfDay } from './following.ts'
import type { FormState, RunForm } from './form.ts'
import type { Outcome, RunRef } from './outcome.ts'
import { idsOf, type Run } from './run.ts'
import { say, type Coded } from './sentence.ts'
import type { RunnerServices, WorkflowRuntime } from './services.ts'
import type { Task } from './task.ts'
import type { AskedForm, WaitingRow } from './waiting-row.ts'

/** Rows that other processes changed are noticed within this time. */
const READ_EVERY_MS = 5_000

/**
 * Watches the runs of one task that wait for a person, while no lane holds their rows: whether somebody has answered in
 * Dify itself, whether they were stopped there, and whether their time is up. Few look-ups, however many wait.
 */
export class PausedRuns {
  #changed = new AbortController()
  #askedAt = Number.NEGATIVE_INFINITY

  /** @param goesOn called when the run of a row goes on, so that the row is to be claimed */
  constructor(
    private readonly task: Pick<Task, 'id'>,
    private readonly runtime: WorkflowRuntime,
    private readonly services: RunnerServices,
    private readonly goesOn: () => void,
  ) {}

  /** A row waits now, or should be looked up sooner. */
  changed(): void {
    this.#changed.abort()
  }

  /** Resolves when no row of the task waits any more, or the signal is aborted. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, timing, rows } = this.services
    while (!signal.aborted) {
      this.#changed = new AbortController()
      const next = await rows.waiting.next(this.task.id)
      if (!next) return
      const now = clock.monotonicNow()
      const waitMs = Math.max(next.availableAt, this.#askedAt + timing.pausedGapMs) - now
      if (waitMs <= 0) await this.#look(next, signal)
      else
        await sleep(clock, Math.min(waitMs, READ_EVERY_MS), AbortSignal.any([signal, this.#changed.signal]))
    }
  }

  async #look(row: WaitingRow, signal: AbortSignal): Promise<void> {
    const { clock, timing, rows } = this.services
    // Not tracked: a run that waits takes no worker of Dify's.
    const result = await withTimeLimit(clock, LOOK_MS, signal, (limit) =>
      this.runtime.app.lookUp(refOf(row.run), limit),
    )
    this.#askedAt = clock.monotonicNow()
    if (signal.aborted) return
    switch (result.kind) {
      case 'waiting':
        return this.#waits(row, signal)
      case 'lost':
        return rows.waiting.lookAgain(row, this.#askedAt + timing.pausedLookMs)
      case 'halted':
        if (!result.ran) return rows.waiting.lookAgain(row, this.#askedAt + timing.pausedLookMs)
        break
      case 'running':
      case 'unknown':
      case 'succeeded':
      case 'failed':
      case 'rejected':
      case 'throttled':
    }
    await rows.waiting.goOn(row, this.#askedAt, clock.now())
    this.goesOn()
  }

  async #waits(row: WaitingRow, signal: AbortSignal): Promise<void> {
    const { services } = this
    const { clock, rows, timing } = services
    let takesAnswers = false
    for (const form of row.forms)
      if ((await this.#learnOf(form, row.run, signal)) === 'open') takesAnswers = true
    const open = row.forms.filter(({ state }) => state === 'open' || state === 'answering')
    const asked = open.length === 0 || lateIn(row, services) ? await this.#asks(row, signal) : []
    if (signal.aborted) return
    const isMore = asked.some(({ formId }) => row.forms.every((form) => form.formId !== formId))
    if (asked.length > 0) await rows.waiting.ask(row, asked, clock.now())
    if (isMore) return rows.waiting.lookAgain(row, clock.monotonicNow() + timing.pausedLookMs)
    const late = lateIn(row, services, asked)
    // The clock that counts is Dify’s: ours may have been set forth.
    if (late && !takesAnswers) {
      await rows.waiting.fail(row, late, clock.now())
      return this.goesOn() // another row that sends the same may be called now
    }
    await rows.waiting.lookAgain(row, nextLook(row, services))
  }

  /**
   * Asks Dify what became of a form: if an answer is on its way for so long that it must have arrived, or never will; and
   * of an open one if its time is up, or now and then. Somebody may have answered it in Dify itself, and the run may wait
   * for another answer by now.
   * @returns what Dify says of it; undefined: it was not asked
   */
  async #learnOf(form: AskedForm, run: Run, signal: AbortSignal): Promise<FormState | undefined> {
    const { clock, timing, rows } = this.services
    const { app } = this.runtime
    const { state, answeredAt, expiresAt } = form
    const now = clock.now()
    const isLate = now >= (expiresAt ?? Infinity)
    const isLong = clock.monotonicNow() - pausedSince(run) > timing.pausedLookMaxMs
    // Further away than it may be, before or behind us: a clock that was ahead then has been put back.
    const isUnsure = state === 'answering' && Math.abs(now - (answeredAt ?? 0)) >= timing.answerMs
    if (!isUnsure && !(state === 'open' && (isLate || isLong))) return undefined
    const says = await app.stateOf?.({ token: form.token, user: run.user }, signal)
    if (says === undefined || says === 'unknown' || says === state || signal.aborted) return says
    // A server whose API has no forms says the same of all of them.
    if (says === 'gone' && state === 'open' && !isLate) return says
    const isElsewhere = says === 'answered' && state === 'open'
    const became = isElsewhere ? 'elsewhere' : says === 'gone' ? 'expired' : says
    await rows.waiting.setForm(form, became, now)
    form.state = became
    return says
  }

  /** What it has asked so far is answered or late, and it waits: it has not gone on yet, or asks something new. */
  #asks(row: WaitingRow, signal: AbortSignal): Promise<RunForm[]> {
    return formsOf(this.runtime, row.run, this.services.clock, signal)
  }
}

/** The answer to a look-up is small, and so is what a paused run says to who joins it. */
const LOOK_MS = 15_000

function refOf(run: Run): RunRef {
  return { ...idsOf(run), user: run.user, attemptedAt: run.sentAt }
}

/** Only the stream of a paused run says what it asks. */
async function formsOf(
  { app }: WorkflowRuntime,
  run: Run,
  clock: Clock,
  signal: AbortSignal,
): Promise<RunForm[]> {
  const joined = await withTimeLimit<Outcome | undefined>(clock, LOOK_MS, signal, async (limit) =>
    app.join?.(refOf(run), { signal: limit, onProgress: () => {} }),
  )
  return joined?.kind === 'waiting' ? joined.forms : []
}

/** Why nobody can answer any more, once Dify has had its time to let the run go on without an answer. */
function lateIn(
  { forms }: WaitingRow,
  { clock, timing }: RunnerServices,
  asks: RunForm[] = [],
): Coded | undefined {
  const open = forms.filter(({ state }) => state === 'open' || state === 'answering')
  const latest = forms.at(-1)
  // If its run still asks it, it can only not be answered from outside: Dify’s page may do.
  const isGone = latest?.state === 'expired' && asks.every(({ formId }) => formId !== latest.formId)
  if (open.length === 0 && isGone && (latest.expiresAt ?? Infinity) > clock.now())
    return say('question-gone', { title: latest.nodeTitle })
  const asked = open.length > 0 ? open : latest?.state === 'expired' ? [latest] : []
  const until = Math.max(...asked.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY))
  if (asked.length === 0 || clock.now() < until + timing.expiredMs) return undefined
  const titles = [...new Set(asked.map(({ nodeTitle }) => nodeTitle))].filter((title) => title !== '')
  const isToday = new Date(until).toDateString() === new Date(clock.now()).toDateString()
  const said = { until: timeOfDay(until), titles }
  return isToday
    ? say('nobody-answered', said)
    : say('nobody-answered-on', { ...said, day: new Date(until).toLocaleDateString('sv') })
}

/** The longer it waits, the less often it is looked up; but soon after an answer, and when its time is up. */
function nextLook({ run, forms }: WaitingRow, { clock, timing }: RunnerServices): number {
  const now = clock.monotonicNow()
  const { pausedLookMs, pausedLookMaxMs, lookUpEveryMs } = timing
  const isAsking = forms.some(({ state }) => state === 'open' || state === 'answering')
  const answeredAt = Math.max(...forms.map((form) => form.answeredAt ?? 0), 0)
  if (!isAsking && answeredAt > 0) return now + clamped(clock.now() - answeredAt, lookUpEveryMs, pausedLookMs)
  if (!isAsking && forms.at(-1)?.state === 'elsewhere') return now + pausedLookMs
  const since = now - pausedSince(run)
  const normal = now + clamped(since / 2, pausedLookMs, pausedLookMaxMs)
  const ends = forms.flatMap(({ expiresAt }) => (expiresAt === null ? [] : [now + expiresAt - clock.now()]))
  const soonest = Math.min(...ends.filter((at) => at > now), normal)
  const isLate = ends.some((at) => at <= now)
  return isLate ? Math.min(soonest, now + pausedLookMs) : soonest
}

/** On the monotonic clock. */
function pausedSince({ pausedAt, resumedAt }: Run): number {
  return Math.max(pausedAt ?? 0, resumedAt ?? 0)
}

function clamped(ms: number, least: number, most: number): number {
  return Math.min(Math.max(ms, least), most)
}
