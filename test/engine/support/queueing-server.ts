import type { DifyQueue } from '../../../src/engine/dify-queue.ts'
import { newRun } from '../../../src/engine/run.ts'
import { Throttle } from '../../../src/engine/throttle.ts'
import { DEFAULT_TIMING } from '../../../src/engine/timing.ts'
import { FakeClock } from '../../support/fake-clock.ts'

export interface Server {
  workers: number
  /** how long each run takes once it has started */
  rowMs: number
  /** by the call's number, from 1: accepted, and never started */
  isLost?: (call: number) => boolean
  /** so many workers from then on, ms from the start */
  later?: { atMs: number; workers: number }
}

/** From the call to its acceptance, and from a free worker to the first event of the run. */
const ACCEPT_MS = 100
const START_MS = 500
const never = new AbortController().signal

/** Lanes that call a server which accepts everything and starts it when a worker is free, on a clock of its own. */
export class QueueingServer {
  readonly clock = new FakeClock()
  readonly throttle: Throttle
  readonly #beganAt = this.clock.monotonicNow()
  readonly #queue: (() => void)[] = []
  readonly #waiting = new Set<number>()
  #free: number
  #calls = 0
  #left = 0
  #done = 0
  /** when the last row was done, ms from the start */
  endedAtMs = 0

  constructor(
    private readonly server: Server,
    lanes = 10,
  ) {
    this.throttle = new Throttle({ atOnce: lanes }, this.clock, DEFAULT_TIMING, () => 0.5)
    this.#free = server.workers
    const { later } = server
    if (later) this.clock.after(later.atMs, () => this.#hire(later.workers - server.workers))
    for (let i = 0; i < lanes; i++) void this.#lane()
  }

  /** Calls accepted and not started, lost ones included. */
  get waiting(): number {
    return this.#waiting.size
  }

  get done(): number {
    return this.#done
  }

  get calls(): number {
    return this.#calls
  }

  /** Gives the lanes so many rows more. */
  add(rows: number): void {
    this.#left += rows
  }

  /** Lets time pass, and gives the most calls that waited at once meanwhile. */
  async pass(ms: number): Promise<number> {
    let most = 0
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.clock.pass(STEP_MS)
      most = Math.max(most, this.#waiting.size)
    }
    return most
  }

  /** Lets time pass until so many rows are done. */
  async until(rows: number): Promise<number> {
    for (let steps = 0; this.#done < rows; steps++) {
      if (steps > 100_000) throw new Error(`${this.#done} of ${rows} rows are done`)
      await this.clock.pass(STEP_MS)
    }
    return this.endedAtMs
  }

  async #lane(): Promise<void> {
    for (;;) {
      const slot = await this.throttle.slot(never)
      if (this.#left === 0) {
        slot?.unused()
        slot?.release()
        await this.#wait(STEP_MS)
        continue
      }
      this.#left--
      await this.#call(++this.#calls)
      slot?.ended({ kind: 'succeeded', outputs: {}, usage: {} }, 'a row')
      slot?.release()
    }
  }

  async #call(n: number): Promise<void> {
    const { queue } = this.throttle
    const run = runOf(n)
    await this.#wait(ACCEPT_MS)
    const acceptedAt = this.clock.monotonicNow()
    queue.accepted(run, acceptedAt)
    this.#waiting.add(n)
    await this.#started(n)
    this.#waiting.delete(n)
    queue.started(run, acceptedAt)
    await this.#wait(this.server.rowMs)
    queue.left(run)
    this.#hire(1)
    this.#done++
    this.endedAtMs = this.clock.monotonicNow() - this.#beganAt
  }

  async #started(n: number): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.server.isLost?.(n)) return
      this.#queue.push(resolve)
      this.#hire(0)
    })
    await this.#wait(START_MS)
  }

  #hire(workers: number): void {
    this.#free += workers
    while (this.#free > 0) {
      const next = this.#queue.shift()
      if (!next) return
      this.#free--
      next()
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve))
  }
}

const STEP_MS = 100

function runOf(n: number): Parameters<DifyQueue['accepted']>[0] {
  return newRun({ id: `${n}`, taskId: 't', rowNumber: n, attempt: 1, inputs: {} }, { nonce: 'n' }, 0)
}
