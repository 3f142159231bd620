import type { TaskLimit } from '../../engine/limits.ts'
import type { Nano } from '../../engine/money.ts'

interface LimitColumns {
  limit_nano: Nano | null
  limit_currency: string | null
  limit_tokens: number | null
}

export function limitColumns(limit: TaskLimit | undefined): LimitColumns {
  const none = { limit_nano: null, limit_currency: null, limit_tokens: null }
  if (!limit) return none
  return 'tokens' in limit
    ? { ...none, limit_tokens: limit.tokens }
    : { ...none, limit_nano: limit.nano, limit_currency: limit.currency }
}

export function limitOf(row: LimitColumns): TaskLimit | undefined {
  if (row.limit_tokens !== null) return { tokens: row.limit_tokens }
  if (row.limit_nano === null || row.limit_currency === null) return undefined
  return { nano: row.limit_nano, currency: row.limit_currency }
}
