import type { Clock } from '../../../src/engine/clock.ts'
import type { Outcome } from '../../../src/engine/outcome.ts'
import { DEFAULT_TIMING } from '../../../src/engine/timing.ts'
import { Throttle, type ThrottleLimits } from '../../../src/engine/throttle.ts'
import { FakeClock } from '../../support/fake-clock.ts'

export interface ServerLimits {
  /** in any minute */
  calls?: number
  tokens?: number
  atOnce?: number
  /** it refuses everything then */
  outage?: { from: number; to: number }
  /** how it says so; absent: that there were too many requests */
  refusal?: string
  /** how long it takes to say so, ms */
  refusalMs?: number
}

/** What every row of a task is like. */
export interface PacedRow {
  ms: number
  tokens: number
}

const ROW: PacedRow = { ms: 2_000, tokens: 250 }
const REFUSAL_MS = 40
const MINUTE_MS = 60_000
const never = new AbortController().signal

/** A server that turns away what is over its limits, without a word on when it takes more. */
class PacedServer {
  readonly admitted: number[] = []
  refused = 0
  #underWay = 0
  readonly #beganAt: number

  constructor(
    private readonly clock: Clock,
    private readonly limits: ServerLimits,
    private readonly row: PacedRow,
  ) {
    this.#beganAt = clock.monotonicNow()
  }

  async call(): Promise<Outcome> {
    const refusal = this.#refusal()
    if (refusal !== undefined) {
      this.refused++
      await this.#wait(this.limits.refusalMs ?? REFUSAL_MS)
      return { kind: 'throttled', slow: true, error: refusal }
    }
    this.#underWay++
    this.admitted.push(this.clock.monotonicNow())
    await this.#wait(this.row.ms)
    this.#underWay--
    return { kind: 'succeeded', outputs: {}, usage: { tokens: this.row.tokens } }
  }

  #refusal(): string | undefined {
    const { calls, tokens, atOnce, outage, refusal = 'Too many requests.' } = this.limits
    const now = this.clock.monotonicNow()
    const ranMs = now - this.#beganAt
    const inMinute = this.admitted.filter((at) => at > now - MINUTE_MS).length
    if (outage && ranMs >= outage.from && ranMs < outage.to) return refusal
    if (calls !== undefined && inMinute >= calls) return 'Too many requests.'
    if (tokens !== undefined && (inMinute + 1) * this.row.tokens > tokens)
      return 'Rate limit on tokens per min (TPM).'
    if (atOnce !== undefined && this.#underWay >= atOnce) return 'Too many requests.'
    return undefined
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve))
  }
}

export interface Ran {
  ms: number
  refused: number
  /** when each call was let in, from the start */
  admitted: number[]
}

/** Runs rows, of 2 s if not given, in ten lanes against such a server, on a clock of its own. */
export async function runPaced(
  rows: number,
  limits: ServerLimits,
  own: Partial<ThrottleLimits> = {},
  row = ROW,
): Promise<Ran> {
  const clock = new FakeClock()
  const beganAt = clock.monotonicNow()
  const server = new PacedServer(clock, limits, row)
  const throttle = new Throttle({ atOnce: 10, ...own }, clock, DEFAULT_TIMING, () => 0.5)
  const count = { left: rows, done: 0 }
  let endedAt = beganAt
  const lane = async () => {
    while (count.left > 0) {
      const slot = await throttle.slot(never)
      if (count.left === 0) return slot?.release()
      count.left--
      const outcome = await server.call()
      slot?.ended(outcome, String(count.left))
      if (outcome.kind === 'throttled') count.left++
      else if (++count.done === rows) endedAt = clock.monotonicNow()
      slot?.release()
    }
  }
  for (let i = 0; i < 10; i++) void lane()
  await clock.pass(0) // the first calls begin at once
  while (count.done < rows) await clock.pass(100)
  return {
    ms: endedAt - beganAt,
    refused: server.refused,
    admitted: server.admitted.map((at) => at - beganAt),
  }
}
