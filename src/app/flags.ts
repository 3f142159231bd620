import { setImmediate } from 'node:timers/promises'
import {
  type FlaggedRow,
  listFlaggedRows,
  listRowsToLookAt,
  markJudged,
  rowsToJudge,
  writeFlags,
} from '../db/rows/flags.ts'
import { countReviewed } from '../db/rows/reviews.ts'
import type { Db } from '../db/schema.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import type { FlagCode } from '../engine/flag.ts'
import { Judge, type Judged, judgedRow } from '../judge/judge.ts'
import { rememberedTraits } from '../judge/traits.ts'
import { inTransaction } from '../db/transaction.ts'

/** Rows with the same reason to look at them. */
export interface FlagGroup {
  code: FlagCode
  /** rows of the sheet, in its order; a row may be in several groups */
  rows: number[]
  /** of `as-others`: with how many other rows each of them shares its output, at most */
  count?: number
}

/** What there is to look at in a task, and what came of it. */
export interface Flagged {
  /** rows of the sheet, each once, that nobody has edited or kept */
  rows: number[]
  /** the largest first */
  groups: FlagGroup[]
  /** rows in which a person has put something right */
  edited: number
  /** of the others: rows that a person has found right */
  kept: number
}

const WRITTEN_AT_ONCE = 250
/** After so many rows everybody else has a turn: a large task takes seconds, and reading SQLite never waits. */
const JUDGED_AT_ONCE = 100

/** No rows while the task runs, since later ones may change what is usual; and none if it was never judged. */
export async function findFlagged(
  db: Db,
  { id, status, judged, counts }: Pick<TaskView, 'id' | 'status' | 'judged' | 'counts'>,
): Promise<Flagged> {
  const isJudged = status !== 'pending' && status !== 'running' && judged === counts.succeeded
  return {
    ...grouped(isJudged ? await listRowsToLookAt(db, id) : []),
    ...(await countReviewed(db, id)),
  }
}

/** Judges every row that has succeeded. May be repeated, and done by two at once: both write the same. */
export async function judgeTask(db: Db, id: string): Promise<void> {
  const task = await findTask(db, id)
  if (!task) return
  const before = new Map(
    (await listFlaggedRows(db, id)).map(({ row, flags }) => [row, JSON.stringify(flags)]),
  )
  const judge = new Judge()
  const traits = rememberedTraits()
  const rows: { row: number; attempt: number; judged: Judged }[] = []
  for await (const chunk of rowsToJudge(db, id)) {
    for (const { row, attempt, inputs, outputs } of chunk) {
      const judged = judgedRow(inputs, outputs, traits)
      judge.add(judged)
      rows.push({ row, attempt, judged })
      if (rows.length % JUDGED_AT_ONCE === 0) await setImmediate()
    }
  }
  const changed: (FlaggedRow & { attempt: number })[] = []
  for (const [i, { row, attempt, judged }] of rows.entries()) {
    const flags = judge.flags(judged)
    if ((before.get(row) ?? '[]') !== JSON.stringify(flags)) changed.push({ row, attempt, flags })
    if (i % JUDGED_AT_ONCE === 0) await setImmediate()
  }
  // In short transactions: rows of other tasks are settled in between.
  for (let i = 0; i < changed.length; i += WRITTEN_AT_ONCE) {
    const part = changed.slice(i, i + WRITTEN_AT_ONCE)
    await inTransaction(db, (trx) => writeFlags(trx, id, part))
  }
  await inTransaction(db, (trx) => markJudged(trx, task))
}

function grouped(rows: FlaggedRow[]): Pick<Flagged, 'rows' | 'groups'> {
  const groups = new Map<FlagCode, FlagGroup>()
  for (const { row, flags } of rows) {
    for (const { code, count } of flags) {
      const group = groups.get(code) ?? { code, rows: [] }
      groups.set(code, group)
      if (group.rows.at(-1) !== row) group.rows.push(row)
      if (count !== undefined) group.count = Math.max(group.count ?? 0, count)
    }
  }
  return {
    rows: rows.map(({ row }) => row),
    groups: [...groups.values()].sort((a, b) => b.rows.length - a.rows.length),
  }
}
