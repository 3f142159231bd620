import { type Attempted, attempt } from './attempt.ts'
import { Breaker, type Halt } from './breaker.ts'
import { sleep } from './clock.ts'
import { Probe } from './probe.ts'
import { idsOf } from './run.ts'
import { settle } from './settle.ts'
import type { Claim, Task } from './task.ts'
import type { Line, World } from './world.ts'

/** How a run of the task ended: no row is left, or it was told to drain, or no row could survive. */
export type Ending = 'done' | 'drained' | 'halted'

/** Runs a task in as many lanes as it may have rows at once; each lane takes one row at a time, when it is free. */
export class TaskRun {
  readonly #breaker: Breaker
  readonly #probe: Probe
  readonly #lanes = new Set<Promise<void>>()
  /** wakes the lanes that wait; a new one each time that draining is taken back */
  #drain = new AbortController()
  readonly #cut = new AbortController()
  #halted: Promise<unknown> | undefined
  #faults: unknown[] = []
  #isOver = false

  /** @param halt no row can survive: called at once, while those in flight still settle */
  constructor(
    private readonly task: Task,
    private readonly line: Line,
    private readonly world: World,
    private readonly halt: (halt: Halt) => Promise<unknown>,
  ) {
    this.#breaker = new Breaker(world.pace.giveUpAfterMs, world.clock.monotonicNow())
    this.#probe = new Probe(task.createdAt < world.openedAt)
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
  }

  /** Those in flight end now; the reason is STOPPED or LEAVING (chase.ts). */
  cut(reason: symbol): void {
    this.#cut.abort(reason)
    this.drain()
  }

  /** Takes a drain back, and sees that there are lanes for rows that wait again. False: too late, it has ended. */
  goOn(): boolean {
    if (this.#isOver || this.#halted || this.#cut.signal.aborted || this.#faults.length > 0) return false
    if (this.#drain.signal.aborted) this.#drain = new AbortController()
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
    const { task, line, world } = this
    let settled: Promise<void> = Promise.resolve()
    try {
      for (;;) {
        const release = await line.throttle.slot(this.#drain.signal)
        if (!release) break

        let claim: Claim | undefined
        try {
          // Claimed while the last row is still being settled: one commit holds both, before the next call is made.
          ;[claim] = await Promise.all([this.#claim(), settled])
          if (claim) settled = watched(this.#settle(await this.#attempt(claim)))
        } finally {
          release()
        }
        if (claim) continue

        const availableAt = await world.rows.nextAvailableAt(task.id)
        if (availableAt === undefined) break
        const waitMs = Math.max(availableAt - world.clock.monotonicNow(), MIN_WAIT_MS)
        await sleep(world.clock, waitMs, this.#drain.signal)
      }
      await settled
    } catch (fault) {
      this.#faults.push(fault)
      this.drain()
    }
  }

  #claim(): Promise<Claim | undefined> {
    const { clock, rows } = this.world
    return rows.claim(this.task, clock.now(), clock.monotonicNow())
  }

  async #attempt(claim: Claim): Promise<Attempted | undefined> {
    const { task, line, world } = this
    const attempted = await attempt(claim, { task, line, world, signal: this.#cut.signal }, this.#probe)
    // A run that is not listed yet says nothing about the others.
    if (attempted && attempted.askAfterMs === undefined) this.#heed(attempted)
    return attempted
  }

  /** What the outcome says about the other rows. */
  #heed({ outcome, sentAt }: Attempted): void {
    const { throttle } = this.line
    if (outcome.kind === 'throttled') throttle.turnedAway({ ...outcome, calledAt: sentAt })
    else if (outcome.kind === 'lost') throttle.turnedAway({ slow: false, calledAt: sentAt })
    else throttle.passed()

    const halt = this.#breaker.see(outcome, this.world.clock.monotonicNow())
    if (!halt || this.#halted || this.#cut.signal.aborted) return
    this.#halted = watched(this.halt(halt))
    this.drain()
  }

  async #settle(attempted: Attempted | undefined): Promise<void> {
    if (!attempted) return
    const { task, world, line } = this
    const { claim, outcome, run, ends, open, askAfterMs, sentAt } = attempted
    const now = world.clock.monotonicNow()
    const settlement = settle(claim, outcome, {
      retries: task.retries,
      pace: world.pace,
      now,
      random: world.random,
      open,
      askAfterMs,
    })
    const stands = await world.rows.settle(claim, settlement, {
      at: world.clock.now(),
      outcome: outcome.kind,
      message: 'error' in outcome ? outcome.error : '',
      ms: Math.round(now - sentAt),
      user: run.user,
      ids: idsOf(run),
      limit: line.throttle.limit,
      ends,
    })
    if (stands) world.report(task.id)
  }
}

/** A row that could be claimed but was not: the task has just been paused, and this lane not yet told. */
const MIN_WAIT_MS = 10

/** A promise that is awaited later, and whose failure until then is nobody's surprise. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
