import { type AttemptResult, attempt } from './attempt.ts'
import { Breaker, type Halt } from './breaker.ts'
import { sleep } from './clock.ts'
import { STOPPED } from './following.ts'
import type { Outcome } from './outcome.ts'
import { filesIn } from './output-files.ts'
import { PausedRuns } from './paused-runs.ts'
import { Probe } from './probe.ts'
import { idsOf } from './run.ts'
import { settle } from './settle.ts'
import type { Claim, Task } from './task.ts'
import type { WorkflowRuntime, RunnerServices } from './services.ts'
import type { Slot } from './throttle.ts'

/** How running the task ended: no row is left; it was told to drain; or every further row would fail. */
export type Ending = 'done' | 'drained' | 'halted'

/** Runs a task in as many lanes as it may run rows at once. A free lane takes the next row. */
export class TaskRun {
  readonly #breaker: Breaker
  readonly #probe: Probe
  readonly #lanes = new Set<Promise<void>>()
  /** aborted by a drain, which wakes waiting lanes; replaced when the drain is undone */
  #drain = new AbortController()
  readonly #stopping = new AbortController()
  /** aborted when this process leaves the task; if a person stops it, files of paid rows are still fetched */
  readonly #leaving = new AbortController()
  #halted: Promise<unknown> | undefined
  #faults: unknown[] = []
  #isOver = false
  /** aborted by a drain and when no row waits any more; replaced each time */
  #waiting = new AbortController()
  /** lanes that wait for a slot */
  #waiters = 0
  /** lanes that have a row which is not settled yet */
  #busy = 0
  /** lanes have ended because a limit, which may have been set just now, lets no further call be made yet */
  #isHeld = false
  readonly #paused: PausedRuns
  /** watches runs that wait for a person, as long as there are any */
  #watching: Promise<void> | undefined

  /** @param halt called as soon as it is clear that every row would fail; rows in flight still settle */
  constructor(
    private readonly task: Task,
    private readonly runtime: WorkflowRuntime,
    private readonly services: RunnerServices,
    private readonly halt: (halt: Halt) => Promise<unknown>,
  ) {
    this.#breaker = new Breaker(services.timing.giveUpAfterMs)
    this.#probe = new Probe(task.createdAt < services.openedAt)
    this.#paused = new PausedRuns(task, runtime, services, () => this.#fill())
  }

  /**
   * Runs rows until every lane has ended.
   * @throws what the store throws, once every lane has ended
   */
  async run(): Promise<Ending> {
    this.#fill()
    while (this.#lanes.size > 0 || this.#watching) await Promise.all([...this.#lanes, this.#watching])
    this.#isOver = true
    // What a runner before this one has left; rows of this run have their files already.
    await this.services.outputFiles?.fetch({ taskId: this.task.id }, this.#leaving.signal)
    await this.#halted
    for (const fault of this.#faults) throw fault
    if (this.#halted) return 'halted'
    return this.#drain.signal.aborted ? 'drained' : 'done'
  }

  /** Starts no further row; rows in flight continue to their end. */
  drain(): void {
    this.#drain.abort()
    this.#waiting.abort()
  }

  /** Ends the rows in flight now. @param reason STOPPED or LEAVING (following.ts) */
  abort(reason: symbol): void {
    this.#stopping.abort(reason)
    if (reason !== STOPPED) this.#leaving.abort(reason)
    this.drain()
  }

  /** Undoes a drain and starts lanes for rows that wait again. @returns false if it is too late */
  resume(): boolean {
    if (this.#isOver || this.#halted || this.#stopping.signal.aborted || this.#faults.length > 0) return false
    if (this.#drain.signal.aborted) {
      this.#drain = new AbortController()
      this.#waiting = new AbortController()
    }
    this.#fill()
    return true
  }

  /** A lane has not ended, or one may start again. */
  get hasLanes(): boolean {
    return this.#lanes.size > 0 || !this.#stopping.signal.aborted
  }

  #fill(): void {
    while (this.#lanes.size < this.task.concurrency && !this.#drain.signal.aborted) {
      const lane = this.#lane().finally(() => this.#lanes.delete(lane))
      this.#lanes.add(lane)
    }
    this.#watch()
  }

  /** Ends when no run waits for a person, or the task drains. */
  #watch(): void {
    const { signal } = this.#drain
    if (this.#watching || signal.aborted) return
    this.#watching = this.#paused
      .watch(signal)
      .catch((fault: unknown) => {
        this.#faults.push(fault)
        this.drain()
      })
      .finally(() => {
        this.#watching = undefined
        if (signal.aborted) this.#watch() // the drain may be undone
      })
  }

  /** Takes rows until none waits. A lane that waits for one holds no slot. Never rejects. */
  async #lane(): Promise<void> {
    const { task, services } = this
    let settled: Promise<void> = Promise.resolve()
    try {
      for (;;) {
        const slot = await this.#slot()
        if (!slot) break

        let claim: Claim | undefined
        const claimedAt = services.clock.uptime()
        let hasFiles = false
        this.#busy++
        try {
          // Claimed while the last row is being settled, so that both share one commit.
          ;[claim] = await Promise.all([this.#claim(), settled])
          if (claim) {
            const result = await this.#attempt(claim, claimedAt, slot)
            settled = watched(this.#settle(result))
            hasFiles = result?.outcome.kind === 'succeeded' && filesIn(result.outcome.outputs).length > 0
          } else slot.unused()
        } finally {
          slot.release()
          void this.#rested(settled)
        }
        if (claim && hasFiles) {
          // After the slot is free again, and before the next row: their links die within minutes.
          await settled
          await services.outputFiles?.fetch({ taskId: task.id, executionId: claim.id }, this.#leaving.signal)
        }
        if (claim) {
          if (this.#isHeld) void this.#refill(settled)
          continue
        }

        const availableAt = await services.rows.nextAvailableAt(task.id)
        if (availableAt === undefined) break
        const now = services.clock.monotonicNow()
        const held = availableAt <= now ? await services.rows.holdAtLimit(task, services.clock.now()) : 'go'
        if (held === 'paused') break
        if (held === 'wait' && this.#busy > 0) {
          this.#isHeld = true // a busy lane fills up again
          break
        }
        const waitMs = Math.max(availableAt - now, held === 'wait' ? HELD_WAIT_MS : MIN_WAIT_MS)
        await sleep(services.clock, waitMs, this.#drain.signal)
      }
      await settled
    } catch (fault) {
      this.#faults.push(fault)
      this.drain()
    }
  }

  /** Lanes have ended because of a limit; now that a call has told what it cost, another may fit. */
  async #refill(settled: Promise<void>): Promise<void> {
    await settled.catch(() => {})
    this.#isHeld = false
    if (this.#busy > 0 || this.#lanes.size > 0) this.#fill()
  }

  #claim(): Promise<Claim | undefined> {
    const { clock, rows } = this.services
    return rows.claim(this.task, clock.now(), clock.monotonicNow())
  }

  /** @returns undefined if the task drains or no row waits any more */
  async #slot(): Promise<Slot | undefined> {
    this.#waiters++
    const slot = await this.runtime.throttle.slot(this.#waiting.signal)
    this.#waiters--
    return slot
  }

  /**
   * A lane has nothing in flight any more. If no lane has, and no row waits, the task is done. Lanes that still wait for a
   * slot must be told, or they might wait for a long time.
   */
  async #rested(settled: Promise<void>): Promise<void> {
    await settled.catch(() => {}) // the lane itself awaits it and handles the error
    this.#busy--
    if (this.#busy > 0 || this.#waiters === 0) return
    const availableAt = await this.services.rows.nextAvailableAt(this.task.id).catch(() => 0)
    if (availableAt !== undefined || this.#busy > 0) return
    this.#waiting.abort()
    if (!this.#drain.signal.aborted) this.#waiting = new AbortController()
  }

  async #attempt(claim: Claim, claimedAt: number, slot: Slot): Promise<AttemptResult | undefined> {
    const { task, runtime, services } = this
    const result = await attempt(
      claim,
      { task, runtime, services, signal: this.#stopping.signal, claimedAt },
      this.#probe,
    )
    // A run that Dify does not list yet says nothing about the other rows.
    if (result && result.askAfterMs === undefined) {
      slot.ended(result.outcome, claim.id)
      this.#applyOutcome(result.outcome)
    }
    return result
  }

  /** Stops the task if the outcome means that its other rows would fail too. */
  #applyOutcome(outcome: Outcome): void {
    const halt = this.#breaker.record(outcome)
    if (!halt || this.#halted || this.#stopping.signal.aborted) return
    this.#halted = watched(this.halt(halt))
    this.drain()
  }

  async #settle(result: AttemptResult | undefined): Promise<void> {
    if (!result) return
    const { task, services, runtime } = this
    const { claim, outcome, run, ends, unresolved, askAfterMs, sentAt } = result
    const now = services.clock.monotonicNow()
    const settlement = settle(claim, outcome, {
      retries: task.retries,
      timing: services.timing,
      now,
      random: services.random,
      unresolved,
      askAfterMs,
    })
    await services.rows.settle(claim, settlement, {
      at: services.clock.now(),
      steady: now,
      outcome: outcome.kind,
      message: 'error' in outcome ? outcome.error : '',
      ms: Math.round(now - sentAt),
      user: run.user,
      ids: idsOf(run),
      limit: runtime.throttle.limit,
      ends,
    })
    if (settlement.status !== 'waiting') return
    this.#paused.changed()
    this.#watch()
  }
}

/** The limit holds rows back until a call of a runner before this one has been looked up. */
const HELD_WAIT_MS = 500

/** A row seems free but could not be claimed, because the task was just paused: do not retry in a tight loop. */
const MIN_WAIT_MS = 10

/** Marks a promise that is awaited later, so that an earlier failure is not reported as unhandled. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
