import { sql } from 'kysely'
import type { Money } from '../../engine/money.ts'
import type { Db } from '../schema.ts'
import { meanPriceOf } from './mean-price.ts'
import { UNSURE } from './run-facts.ts'

/** Rows of a task with a run that nobody follows any more, and whose end is not known: it may have cost something. */
export async function countLeftOpen(db: Db, taskId: string): Promise<number> {
  const { rows } = await leftOpen(db, taskId)
    .select((eb) => eb.fn.count<number>('runs.execution_id').distinct().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

/** For these rows, by row number, where a run’s price was not told: what is taken for it. */
export async function findGuesses(
  db: Db,
  taskId: string,
  rows: { row_number: number }[],
): Promise<Map<number, Money>> {
  const first = rows[0]?.row_number ?? 0
  const last = rows.at(-1)?.row_number ?? 0
  const guesses = new Map<number, Money>()
  const add = (row: number, { nano, currency }: Money) => {
    const before = guesses.get(row)
    if (before && before.currency !== currency) return
    guesses.set(row, { nano: (before?.nano ?? 0n) + nano, currency })
  }

  const ended = await db
    .selectFrom('runs')
    .select(['row_number', 'guess_nano', 'currency'])
    .where('task_id', '=', taskId)
    .where('row_number', '>=', first)
    .where('row_number', '<=', last)
    .where(UNSURE)
    .execute()
  for (const { row_number, guess_nano: nano, currency } of ended)
    if (nano !== null && currency !== null) add(row_number, { nano, currency })

  const open = await leftOpen(db, taskId)
    .select('runs.row_number')
    .where('runs.row_number', '>=', first)
    .where('runs.row_number', '<=', last)
    .execute()
  const mean = open.length === 0 ? undefined : await meanPriceOf(db, taskId)
  if (mean) for (const { row_number } of open) add(row_number, mean)
  return guesses
}

function leftOpen(db: Db, taskId: string) {
  return db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .where('runs.task_id', '=', taskId)
    .where(sql<boolean>`runs.status = 'open' and runs.started_at is not null`)
    .where('e.status', 'in', ['succeeded', 'failed', 'cancelled'])
}
