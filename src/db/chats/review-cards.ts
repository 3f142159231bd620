import type { Selectable } from 'kysely'
import { parseNumbers, toText } from '../json.ts'
import { compiledOnce } from '../compiled.ts'
import type { Db, Trx, ReviewCardTable } from '../schema.ts'

/** The message of a task in which people look at rows one by one. */
export interface ReviewCard {
  taskId: string
  /** of two that follow each other, the second is later */
  beganAt: number
  /** the rows to look at, in the sheet's order */
  rows: number[]
  /** those of them that were run again from here */
  again: number[]
  awaited: number | null
  shown: string | null
  /** JSON */
  message: string | null
}

export async function findReviewCard(db: Db, taskId: string): Promise<ReviewCard | undefined> {
  const row = await db.selectFrom('review_cards').selectAll().where('task_id', '=', taskId).executeTakeFirst()
  return row && toCard(row)
}

/** Those that wait for the new answer of a row. */
export async function listAwaitingCards(db: Db): Promise<ReviewCard[]> {
  return (await awaitingCards(db, {})).rows.map(toCard)
}

/** Once a second, for as long as the chats are served. */
const awaitingCards = compiledOnce((db) =>
  db.selectFrom('review_cards').selectAll().where('awaited', 'is not', null),
)

/** In place of an earlier one. */
export async function startReviewCard(
  db: Db,
  { taskId, beganAt, rows }: Pick<ReviewCard, 'taskId' | 'beganAt' | 'rows'>,
): Promise<void> {
  const card = {
    began_at: beganAt,
    rows: toText(rows),
    again: '[]',
    awaited: null,
    shown: null,
    message: null,
  }
  await db
    .insertInto('review_cards')
    .values({ task_id: taskId, ...card })
    .onConflict((oc) => oc.column('task_id').doUpdateSet(card))
    .execute()
}

/** Nothing is changed if another card has taken its place. */
export async function updateReviewCard(
  db: Db | Trx,
  { taskId, beganAt }: Pick<ReviewCard, 'taskId' | 'beganAt'>,
  { again, ...change }: Partial<Pick<ReviewCard, 'again' | 'awaited' | 'shown' | 'message'>>,
): Promise<void> {
  await db
    .updateTable('review_cards')
    .set({ ...change, ...(again && { again: toText(again) }) })
    .where('task_id', '=', taskId)
    .where('began_at', '=', beganAt)
    .execute()
}

function toCard(row: Selectable<ReviewCardTable>): ReviewCard {
  return {
    taskId: row.task_id,
    beganAt: row.began_at,
    rows: parseNumbers(row.rows),
    again: parseNumbers(row.again),
    awaited: row.awaited,
    shown: row.shown,
    message: row.message,
  }
}
