import { type Attempted, attempt } from './attempt.ts'
import { Breaker, type Halt } from './breaker.ts'
import { sleep } from './clock.ts'
import { userOf } from './resolve.ts'
import { settle } from './settle.ts'
import type { Claim, Task } from './task.ts'
import type { Line, World } from './world.ts'

export interface Control {
  /** No row can survive: said at once, while those in flight still settle. */
  halt(halt: Halt): Promise<unknown>
  /** no further row is begun; those in flight go on to their end */
  drain: AbortSignal
  /** those in flight end now: the reason is STOPPED or LEAVING (resolve.ts) */
  cut: AbortSignal
}

/** How a run of the task ended: no row is left, or it was told to drain, or no row could survive. */
export type Ending = 'done' | 'drained' | 'halted'

/**
 * Runs a task in as many lanes as it may have rows at once; each lane takes one row at a time, when it is free.
 * @throws what the store throws, once every lane has come to rest
 */
export async function runTask(task: Task, line: Line, world: World, control: Control): Promise<Ending> {
  const run = new Run(task, line, world, control)
  const lanes = await Promise.allSettled(Array.from({ length: task.concurrency }, () => run.lane()))
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason
  return run.ending()
}

class Run {
  readonly #breaker: Breaker
  /** drains when told to, and when the breaker trips or a lane breaks down */
  readonly #drain = new AbortController()
  #halted: Promise<unknown> | undefined

  constructor(
    private readonly task: Task,
    private readonly line: Line,
    private readonly world: World,
    private readonly control: Control,
  ) {
    this.#breaker = new Breaker(world.pace.giveUpAfterMs, world.clock.now())
    const drain = () => this.#drain.abort()
    control.drain.addEventListener('abort', drain, { signal: this.#drain.signal })
    control.cut.addEventListener('abort', drain, { signal: this.#drain.signal })
    if (control.drain.aborted || control.cut.aborted) drain()
  }

  async ending(): Promise<Ending> {
    if (this.#halted) {
      await this.#halted
      return 'halted'
    }
    return this.#drain.signal.aborted ? 'drained' : 'done'
  }

  /** Takes rows until none waits. A lane that waits for one holds no slot. */
  async lane(): Promise<void> {
    const { task, line, world } = this
    const drain = this.#drain.signal
    let settled: Promise<void> = Promise.resolve()
    try {
      for (;;) {
        const release = await line.throttle.slot(drain)
        if (!release) break

        let claim: Claim | undefined
        try {
          // Claimed while the last row is still being settled: one commit holds both, before the next call is made.
          ;[claim] = await Promise.all([world.rows.claim(task, world.clock.now()), settled])
          if (claim) settled = watched(this.#settle(await this.#attempt(claim)))
        } finally {
          release()
        }
        if (claim) continue

        const availableAt = await world.rows.nextAvailableAt(task.id)
        if (availableAt === undefined) break
        await sleep(world.clock, Math.max(availableAt - world.clock.now(), 1), drain)
      }
      await settled
    } catch (fault) {
      this.#drain.abort()
      throw fault
    }
  }

  async #attempt(claim: Claim): Promise<Attempted | undefined> {
    const attempted = await attempt(claim, this.task, this.line, this.world, this.control.cut)
    // A run that is not listed yet says nothing about the others.
    if (attempted && attempted.askAfterMs === undefined) this.#heed(attempted)
    return attempted
  }

  /** What the outcome says about the other rows. */
  #heed({ claim, outcome }: Attempted): void {
    const { throttle } = this.line
    if (outcome.kind === 'throttled') throttle.turnedAway({ ...outcome, calledAt: claim.attemptedAt })
    else if (outcome.kind === 'lost') throttle.turnedAway({ slow: false, calledAt: claim.attemptedAt })
    else throttle.passed()

    const halt = this.#breaker.see(outcome, this.world.clock.now())
    if (!halt || this.#halted || this.control.cut.aborted) return
    this.#halted = watched(this.control.halt(halt))
    this.#drain.abort()
  }

  async #settle(attempted: Attempted | undefined): Promise<void> {
    if (!attempted) return
    const { task, world, line } = this
    const { claim, outcome, ids, open, askAfterMs } = attempted
    const now = world.clock.now()
    const settlement = settle(claim, outcome, {
      retries: task.retries,
      pace: world.pace,
      now,
      random: world.random,
      open,
      askAfterMs,
    })
    const stands = await world.rows.settle(claim, settlement, {
      at: now,
      outcome: outcome.kind,
      message: 'error' in outcome ? outcome.error : '',
      ms: now - claim.attemptedAt,
      user: userOf(claim, task),
      ids,
      limit: line.throttle.limit,
    })
    if (stands) world.report(task.id)
  }
}

/** A promise that is awaited later, and whose failure until then is nobody's surprise. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
