import { takeTask } from '../../src/db/tasks/runner-moves.ts'
import type { Db } from '../../src/db/schema.ts'
import { createRowStore } from '../../src/db/store.ts'
import { createWriter } from '../../src/db/writer.ts'
import type { Settlement } from '../../src/engine/settle.ts'
import type { Outputs } from '../../src/engine/task.ts'

/** What becomes of a row, and when. */
export type RowFate =
  | { outputs: Outputs; seconds?: number; at?: number }
  | { error: string; at?: number }
  | 'running'

/** Takes the task as a runner does, and its next rows in turn: each meets its fate. */
export async function settleRows(db: Db, taskId: string, fates: RowFate[], now = 2_000_000): Promise<void> {
  const task = await db.transaction().execute((trx) => takeTask(trx, taskId, now))
  if (!task) throw new Error('This task cannot be taken.')
  const store = createRowStore(db, createWriter(db))
  for (const fate of fates) {
    const claim = await store.claim(task, now)
    if (!claim) throw new Error('No row is left.')
    if (fate === 'running') continue
    await store.settle(claim, settlementOf(fate), {
      at: fate.at ?? now,
      outcome: 'error' in fate ? 'failed' : 'succeeded',
      message: '',
      ms: 10,
      user: 'u',
      ids: {},
      limit: 10,
    })
  }
}

function settlementOf(fate: Exclude<RowFate, 'running'>): Settlement {
  if ('error' in fate) return { status: 'failed', error: fate.error, usage: {} }
  return {
    status: 'succeeded',
    outputs: fate.outputs,
    warning: null,
    usage: { seconds: fate.seconds ?? 1 },
  }
}
