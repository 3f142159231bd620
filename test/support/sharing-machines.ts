import { ThrottleSharing } from '../../src/app/throttle-sharing.ts'
import type { Db } from '../../src/db/schema.ts'
import { REAL_CLOCK } from '../../src/engine/clock.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import type { ShareTiming } from '../../src/engine/shares.ts'
import { DEFAULT_TIMING, type Timing } from '../../src/engine/timing.ts'
import { type Slot, Throttle, type ThrottleLimits } from '../../src/engine/throttle.ts'
import { later } from './bot.ts'
import { connectMachines } from './connected-machines.ts'
import { openShelf } from './runner-store.ts'

const DONE: Outcome = { kind: 'succeeded', outputs: {}, usage: {} }

/** Some machines that share one workflow on a real Postgres, as processes of their own would. */
export async function sharingMachines(
  count: number,
  limits: ThrottleLimits,
  shareTiming: Partial<ShareTiming> = {},
  timing: Timing = DEFAULT_TIMING,
) {
  const { dbs, url } = await connectMachines(count)
  const { workflow, submit } = await openShelf({ db: dbs[0] })
  const setLimits = async ({
    atOnce,
    perMinute = null,
    tokensPerMinute = null,
  }: ThrottleLimits | SetLimits) => {
    const set = { call_limit: atOnce, calls_per_minute: perMinute, tokens_per_minute: tokensPerMinute }
    await dbs[0].updateTable('workflows').set(set).where('id', '=', workflow.id).execute()
  }
  await setLimits(limits)
  const faults: unknown[] = []
  const machines = dbs.map((db, index) => {
    const machine = `machine ${index}`
    const sharing = new ThrottleSharing({
      db,
      url,
      machine,
      clock: REAL_CLOCK,
      timing,
      shareTiming,
      onFault: (fault) => faults.push(fault),
    })
    const throttle = sharing.join(
      workflow.id,
      (others) => new Throttle(limits, REAL_CLOCK, timing, () => 0, others),
    )
    later(() => sharing.close())
    return new SharingMachine(machine, db, sharing, throttle)
  })
  later(() => {
    if (faults.length > 0) throw new AggregateError(faults)
  })
  return { machines, workflow, submit, setLimits, db: dbs[0] }
}

interface SetLimits {
  atOnce: number
  perMinute?: number | null
  tokensPerMinute?: number | null
}

export class SharingMachine {
  /** calls under way, of this machine */
  underWay = 0
  /** calls made */
  calls = 0
  readonly #ending = new AbortController()
  readonly #lanes: Promise<void>[] = []

  constructor(
    readonly name: string,
    readonly db: Db,
    readonly sharing: ThrottleSharing,
    readonly throttle: Throttle,
  ) {}

  async slot(): Promise<Slot> {
    const slot = await this.throttle.slot(new AbortController().signal)
    if (!slot) throw new Error('no slot though nobody has given up')
    return slot
  }

  /** Lanes that call until `end`. */
  work(lanes: number, callMs: number, onCall: () => Outcome | undefined = () => DONE): void {
    for (let lane = 0; lane < lanes; lane++) this.#lanes.push(this.#lane(callMs, onCall))
  }

  /** @param onCall the outcome of the call; default: it succeeds */
  async #lane(callMs: number, onCall: () => Outcome | undefined): Promise<void> {
    for (;;) {
      const slot = await this.throttle.slot(this.#ending.signal)
      if (!slot) return
      this.underWay++
      this.calls++
      const outcome = onCall() ?? DONE
      await Bun.sleep(callMs)
      this.underWay--
      slot.ended(outcome, `row ${this.calls}`)
      slot.release()
    }
  }

  async end(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#lanes)
  }
}
