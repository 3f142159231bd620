import type { CallingTask } from '../../../src/engine/task.ts'
import { createRunnerStore } from '../../../src/queue/runner-store.ts'
import { createRowStore } from '../../../src/db/store.ts'
import { createWriter } from '../../../src/db/writer.ts'
import type { Db } from '../../../src/db/schema.ts'
import type { Clock } from '../../../src/engine/clock.ts'
import type { RunForm } from '../../../src/engine/form.ts'
import type { Settlement } from '../../../src/engine/settle.ts'
import { nano } from '../../support/nano.ts'

/** Does a runner’s work by hand, so that a test says what becomes of each row and when. */
export function aHand(db: Db, clock: Clock) {
  const runnerStore = createRunnerStore(db, clock)
  const rows = createRowStore(db, createWriter(db))
  const settlement = (error: string | undefined): Settlement =>
    error === undefined
      ? {
          status: 'succeeded',
          outputs: { text: 'A kettle.' },
          warning: null,
          usage: { seconds: 6, tokens: 800, price: nano(0.002), currency: 'USD' },
        }
      : { status: 'failed', error, usage: {} }
  const finish = async (claim: NonNullable<Awaited<ReturnType<typeof rows.claim>>>, error?: string) => {
    await rows.settle(claim, settlement(error), {
      at: clock.now(),
      outcome: error === undefined ? 'succeeded' : 'failed',
      message: error ?? '',
      ms: 6_000,
      user: 'u',
      ids: {},
      limit: 3,
    })
  }
  return {
    shelf: runnerStore,
    /** Settles the next `count` rows; gives how many there were. */
    settle: async (task: CallingTask, count: number, error?: string): Promise<number> => {
      for (let done = 0; done < count; done++) {
        const claim = await rows.claim(task, clock.now())
        if (!claim) return done
        await finish(claim, error)
      }
      return count
    },
    /** The run of the next row waits for a person. */
    wait: async (task: CallingTask, form: RunForm): Promise<void> => {
      const claim = await rows.claim(task, clock.now())
      if (!claim) throw new Error('not claimed')
      await rows.settle(
        claim,
        { status: 'waiting', forms: [form], availableAt: clock.now(), error: '', usage: {} },
        {
          at: clock.now(),
          outcome: 'waiting',
          message: '',
          ms: 6_000,
          user: 'u',
          ids: {},
          limit: 3,
        },
      )
    },
    /** Claims the next row, and settles it when it is called. */
    claim: async (task: CallingTask): Promise<() => Promise<void>> => {
      const claim = await rows.claim(task, clock.now())
      if (!claim) throw new Error('not claimed')
      return () => finish(claim)
    },
  }
}
