import { type AttemptResult, attempt } from './attempt.ts'
import { Breaker, type Halt } from './breaker.ts'
import { sleep } from './clock.ts'
import type { Outcome } from './outcome.ts'
import { Probe } from './probe.ts'
import { idsOf } from './run.ts'
import { settle } from './settle.ts'
import type { Claim, Task } from './task.ts'
import type { WorkflowRuntime, RunnerServices } from './services.ts'
import type { Slot } from './throttle.ts'

/** How a run of the task ended: no row is left, or it was told to drain, or no row could survive. */
export type Ending = 'done' | 'drained' | 'halted'

/** Runs a task in as many lanes as it may have rows at once; each lane takes one row at a time, when it is free. */
export class TaskRun {
  readonly #breaker: Breaker
  readonly #probe: Probe
  readonly #lanes = new Set<Promise<void>>()
  /** wakes the lanes that wait; a new one each time that draining is taken back */
  #drain = new AbortController()
  readonly #stopping = new AbortController()
  #halted: Promise<unknown> | undefined
  #faults: unknown[] = []
  #isOver = false
  /** aborted when no row waits any more, and by a drain; a new one each time */
  #waiting = new AbortController()
  /** lanes that wait for a slot */
  #waiters = 0
  /** lanes with a row in hand, until it is settled */
  #busy = 0

  /** @param halt no row can survive: called at once, while those in flight still settle */
  constructor(
    private readonly task: Task,
    private readonly runtime: WorkflowRuntime,
    private readonly services: RunnerServices,
    private readonly halt: (halt: Halt) => Promise<unknown>,
  ) {
    this.#breaker = new Breaker(services.timing.giveUpAfterMs)
    this.#probe = new Probe(task.createdAt < services.openedAt)
  }

  /**
   * Runs rows until every lane has come to rest.
   * @throws what the store throws, but only then
   */
  async run(): Promise<Ending> {
    this.#fill()
    while (this.#lanes.size > 0) await Promise.all(this.#lanes)
    this.#isOver = true
    await this.#halted
    for (const fault of this.#faults) throw fault
    if (this.#halted) return 'halted'
    return this.#drain.signal.aborted ? 'drained' : 'done'
  }

  /** No further row is begun; those in flight go on to their end. */
  drain(): void {
    this.#drain.abort()
    this.#waiting.abort()
  }

  /** Those in flight end now; the reason is STOPPED or LEAVING (following.ts). */
  abort(reason: symbol): void {
    this.#stopping.abort(reason)
    this.drain()
  }

  /** Takes a drain back, and sees that there are lanes for rows that wait again. False: too late, it has ended. */
  resume(): boolean {
    if (this.#isOver || this.#halted || this.#stopping.signal.aborted || this.#faults.length > 0) return false
    if (this.#drain.signal.aborted) {
      this.#drain = new AbortController()
      this.#waiting = new AbortController()
    }
    this.#fill()
    return true
  }

  #fill(): void {
    while (this.#lanes.size < this.task.concurrency && !this.#drain.signal.aborted) {
      const lane = this.#lane().finally(() => this.#lanes.delete(lane))
      this.#lanes.add(lane)
    }
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
        this.#busy++
        try {
          // Claimed while the last row is still being settled: one commit holds both, before the next call is made.
          ;[claim] = await Promise.all([this.#claim(), settled])
          if (claim) settled = watched(this.#settle(await this.#attempt(claim, slot)))
          else slot.unused()
        } finally {
          slot.release()
          void this.#rested(settled)
        }
        if (claim) continue

        const availableAt = await services.rows.nextAvailableAt(task.id)
        if (availableAt === undefined) break
        const waitMs = Math.max(availableAt - services.clock.monotonicNow(), MIN_WAIT_MS)
        await sleep(services.clock, waitMs, this.#drain.signal)
      }
      await settled
    } catch (fault) {
      this.#faults.push(fault)
      this.drain()
    }
  }

  #claim(): Promise<Claim | undefined> {
    const { clock, rows } = this.services
    return rows.claim(this.task, clock.now(), clock.monotonicNow())
  }

  /** Undefined: the task drains, or no row waits any more. */
  async #slot(): Promise<Slot | undefined> {
    this.#waiters++
    const slot = await this.runtime.throttle.slot(this.#waiting.signal)
    this.#waiters--
    return slot
  }

  /**
   * A lane has nothing in flight any more. If none has, and no row waits, those that wait for a slot would wait for
   * nothing, perhaps for long: the task is done.
   */
  async #rested(settled: Promise<void>): Promise<void> {
    await settled.catch(() => {}) // thrown where the lane awaits it
    this.#busy--
    if (this.#busy > 0 || this.#waiters === 0) return
    const availableAt = await this.services.rows.nextAvailableAt(this.task.id).catch(() => 0)
    if (availableAt !== undefined || this.#busy > 0) return
    this.#waiting.abort()
    if (!this.#drain.signal.aborted) this.#waiting = new AbortController()
  }

  async #attempt(claim: Claim, slot: Slot): Promise<AttemptResult | undefined> {
    const { task, runtime, services } = this
    const result = await attempt(
      claim,
      { task, runtime, services, signal: this.#stopping.signal },
      this.#probe,
    )
    // A run that is not listed yet says nothing about the others.
    if (result && result.askAfterMs === undefined) {
      slot.ended(result.outcome, claim.id)
      this.#applyOutcome(result.outcome)
    }
    return result
  }

  /** What the outcome says about the other rows of the task. */
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
    const stands = await services.rows.settle(claim, settlement, {
      at: services.clock.now(),
      outcome: outcome.kind,
      message: 'error' in outcome ? outcome.error : '',
      ms: Math.round(now - sentAt),
      user: run.user,
      ids: idsOf(run),
      limit: runtime.throttle.limit,
      ends,
    })
    if (stands) services.report(task.id)
  }
}

/** A row that could be claimed but was not: the task has just been paused, and this lane not yet told. */
const MIN_WAIT_MS = 10

/** A promise that is awaited later, and whose failure until then is nobody's surprise. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
