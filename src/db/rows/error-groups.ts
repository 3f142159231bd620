import { errorKey, failedRows } from './failed-rows.ts'
import { rowNumbersByError } from './row-search.ts'
import type { Db } from '../schema.ts'

/** Failed rows of a task whose errors say the same. */
export interface ErrorGroup {
  /** the commonest exact text; stands for the whole group wherever errors are asked for */
  message: string
  /** exact texts, the commonest first: at most 20 of them */
  errors: string[]
  count: number
  /** the first 20, by row number */
  rows: number[]
}

const MOST_TEXTS = 20
const MOST_ROWS = 20
/** 100,000 rows may fail for 100,000 reasons: those of further groups are in none. */
const MOST_GROUPS = 500

/**
 * Most frequent first; of equal ones, the one that came up last. A task’s counts tell how many rows failed in all: those
 * that no group has are of groups beyond the limit.
 */
export async function listErrorGroups(db: Db, taskId: string, limit: number): Promise<ErrorGroup[]> {
  const groups = new Map<string, Gathered>()
  for await (const rows of failedRows(db, taskId)) {
    for (const { row, error, finishedAt } of rows) {
      const group = groupOf(groups, errorKey(error))
      if (!group) continue
      group.count++
      group.lastAt = Math.max(group.lastAt, finishedAt ?? 0)
      if (group.rows.length < MOST_ROWS) group.rows.push(row)
      const times = group.texts.get(error)
      if (times !== undefined || group.texts.size < MOST_TEXTS) group.texts.set(error, (times ?? 0) + 1)
    }
  }
  return [...groups.values()]
    .sort((a, b) => b.count - a.count || b.lastAt - a.lastAt)
    .slice(0, limit)
    .map(({ texts, count, rows }) => {
      const errors = [...texts].sort(([, a], [, b]) => b - a).map(([text]) => text)
      return { message: errors[0] ?? '', errors, count, rows }
    })
}

/** All failed rows with one of these errors, or with one that says the same: any text of a group gives the whole group. */
export async function failedRowNumbers(db: Db, taskId: string, errors: string[]): Promise<number[]> {
  return rowNumbersByError(db, taskId, errors)
}

interface Gathered {
  texts: Map<string, number>
  count: number
  rows: number[]
  lastAt: number
}

function groupOf(groups: Map<string, Gathered>, key: string): Gathered | undefined {
  const existing = groups.get(key)
  if (existing || groups.size >= MOST_GROUPS) return existing
  const group = { texts: new Map<string, number>(), count: 0, rows: [], lastAt: 0 }
  groups.set(key, group)
  return group
}
