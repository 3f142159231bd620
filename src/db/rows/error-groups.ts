import { failedRows } from './failed-rows.ts'
import { rowNumbersByError } from './row-search.ts'
import type { Db } from '../schema.ts'
import type { Sentence } from '../../engine/sentence.ts'

/** Failed rows of a task whose errors are the same but for details of one row (see errorKey). */
export interface ErrorGroup {
  /** the most frequent exact text, in English; as a filter it stands for the whole group */
  message: string
  /** the same for people */
  said: Sentence
  /** exact texts, the most frequent first, at most 20 */
  errors: string[]
  count: number
  /** row numbers of the first 20 */
  rows: number[]
}

const MOST_TEXTS = 20
const MOST_ROWS = 20
/** 100,000 rows may fail for 100,000 reasons. Rows beyond this many groups are in no group. */
const MOST_GROUPS = 500

/**
 * Most frequent first; of equally frequent groups, the one with the latest failure first. Failed rows of groups beyond
 * the limit are in no group: the task's counts have the number of all failed rows.
 */
export async function listErrorGroups(db: Db, taskId: string, limit: number): Promise<ErrorGroup[]> {
  const groups = new Map<string, Gathered>()
  for await (const rows of failedRows(db, taskId)) {
    for (const { row, error, key, said, finishedAt } of rows) {
      const group = groupOf(groups, key)
      if (!group) continue
      group.count++
      group.lastAt = Math.max(group.lastAt, finishedAt ?? 0)
      if (group.rows.length < MOST_ROWS) group.rows.push(row)
      const text = group.texts.get(error)
      if (text) text.times++
      else if (group.texts.size < MOST_TEXTS) group.texts.set(error, { said, times: 1 })
    }
  }
  return [...groups.values()]
    .sort((a, b) => b.count - a.count || b.lastAt - a.lastAt)
    .slice(0, limit)
    .map(({ texts, count, rows }) => {
      const commonest = [...texts].sort(([, a], [, b]) => b.times - a.times)
      const [message, { said }] = commonest[0] ?? ['', { said: '' }]
      return { message, said, errors: commonest.map(([text]) => text), count, rows }
    })
}

/** All failed rows whose error is in the same group as one of these. */
export async function failedRowNumbers(db: Db, taskId: string, errors: string[]): Promise<number[]> {
  return rowNumbersByError(db, taskId, errors)
}

interface Gathered {
  texts: Map<string, { said: Sentence; times: number }>
  count: number
  rows: number[]
  lastAt: number
}

function groupOf(groups: Map<string, Gathered>, key: string): Gathered | undefined {
  const existing = groups.get(key)
  if (existing || groups.size >= MOST_GROUPS) return existing
  const group: Gathered = { texts: new Map(), count: 0, rows: [], lastAt: 0 }
  groups.set(key, group)
  return group
}
