import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/engine/clock.ts'
import { statementsInFlight } from './in-flight.ts'

/** A clock that stands still until told to move on. */
export class FakeClock implements Clock {
  #now: number
  /** how far the machine's time is off */
  #jumped = 0
  /** the same when the process began */
  #atStart = 0
  #slept = 0
  #alarms: { at: number; action: () => void }[] = []

  constructor(now = 1_000_000) {
    this.#now = now
  }

  now = (): number => this.#now + this.#jumped

  monotonicNow = (): number => this.#now + this.#atStart

  uptime = (): number => this.#now + this.#slept

  /** The machine sleeps: its time goes on, the monotonic clock and alarms do not. */
  sleep(ms: number): void {
    this.#slept += ms
    this.#jumped += ms
  }

  /** The machine's time is set, forth or back: no time passes. */
  jump(ms: number): void {
    this.#jumped += ms
  }

  /** Another process begins. */
  restart(): void {
    this.#atStart = this.#jumped
  }

  after = (ms: number, action: () => void): (() => void) => {
    const alarm = { at: this.#now + ms, action }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
    }
  }

  get alarms(): number {
    return this.#alarms.length
  }

  /** Moves on by `ms`, ringing what is due on the way, in order. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let rung = 0; ; rung++) {
      const next = this.#alarms.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#alarms = this.#alarms.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.action()
      await quiet(rung < PATIENT_RINGS)
    }
    this.#now = end
    await quiet(true)
  }
}

/** What follows from an alarm, a commit or two included, is done before the next one rings. */
async function quiet(isPatient: boolean): Promise<void> {
  const until = isPatient ? performance.now() + LONGEST_QUIET_MS : 0
  for (let turn = 0; turn < TURNS; turn++) {
    await setImmediate()
    if (statementsInFlight() > 0 && performance.now() < until) turn = 0
  }
}

/** For so many alarms of one pass, a server's answers are waited for: in some hours, thousands ring. */
const PATIENT_RINGS = 60
/** One statement may wait for another, which waits for the clock. */
const LONGEST_QUIET_MS = 1_000

const TURNS = 12
