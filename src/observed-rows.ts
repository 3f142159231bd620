import type { Logger } from 'pino'
import type { Settled } from './admin/ops/metrics.ts'
import type { RowStore } from './engine/world.ts'

export interface Observers {
  log: Logger
  counted: (settled: Settled) => void
}

/**
 * Every attempt that was settled is counted and written to the log: where to look, and what it came to. Never what its
 * row says, nor Dify's error, which may repeat it: those are in the database.
 */
export function observedRows(rows: RowStore, { log, counted }: Observers): RowStore {
  return {
    ...rows,
    async settle(claim, settlement, entry) {
      const stands = await rows.settle(claim, settlement, entry)
      if (!stands) return false

      const { taskId, rowNumber: row, attempt } = claim
      const { outcome, ms } = entry
      const { status } = settlement
      const about = { taskId, row, attempt, status, outcome, ms }
      if (status === 'failed') log.info(about, 'a row has failed')
      else log.debug(about, 'an attempt was settled')
      const isPending = settlement.status === 'pending'
      counted({
        outcome,
        seconds: ms / 1000,
        isOpen: isPending && settlement.unresolved,
        isRetried: isPending && settlement.failures > claim.failures,
      })
      return true
    },
  }
}
