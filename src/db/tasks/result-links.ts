import type { Selectable } from 'kysely'
import type { Db, ResultLinkTable, Trx } from '../schema.ts'

/** A link to a result that has not ended. */
export interface ResultLink {
  id: string
  taskId: string
  personKey: string
  /** whom it is for */
  personName: string
  madeAt: number
  endsAt: number
}

/** In place of the one that the person had for this task, which ends with it. */
export async function insertResultLink(
  db: Db | Trx,
  { id, taskId, personKey, personName, madeAt, endsAt, tokenHash }: ResultLink & { tokenHash: string },
): Promise<void> {
  await db
    .deleteFrom('result_links')
    .where('task_id', '=', taskId)
    .where('person_key', '=', personKey)
    .execute()
  await db
    .insertInto('result_links')
    .values({
      id,
      task_id: taskId,
      person_key: personKey,
      person_name: personName,
      token_hash: tokenHash,
      made_at: madeAt,
      ends_at: endsAt,
    })
    .execute()
}

/** @param by the hash of its token, or its task and person, or its task and id */
export async function findResultLink(
  db: Db | Trx,
  by: { tokenHash: string } | { taskId: string; personKey: string } | { taskId: string; id: string },
  now: number,
): Promise<ResultLink | undefined> {
  let query = db.selectFrom('result_links').selectAll().where('ends_at', '>', now)
  if ('tokenHash' in by) query = query.where('token_hash', '=', by.tokenHash)
  else {
    query = query.where('task_id', '=', by.taskId)
    query = 'id' in by ? query.where('id', '=', by.id) : query.where('person_key', '=', by.personKey)
  }
  const row = await query.executeTakeFirst()
  return row && toLink(row)
}

/** Those of a task that have not ended, the newest first. */
export async function listResultLinks(db: Db, taskId: string, now: number): Promise<ResultLink[]> {
  const rows = await db
    .selectFrom('result_links')
    .selectAll()
    .where('task_id', '=', taskId)
    .where('ends_at', '>', now)
    .orderBy('made_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toLink)
}

export async function deleteResultLink(db: Db | Trx, id: string): Promise<void> {
  await db.deleteFrom('result_links').where('id', '=', id).execute()
}

/** @returns how many there were */
export async function deleteAllLinks(db: Trx): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('result_links').executeTakeFirst()
  return Number(numDeletedRows)
}

/** Links that have ended are found by nothing; this frees their rows. */
export async function deleteEndedLinks(db: Db, now: number): Promise<void> {
  await db.deleteFrom('result_links').where('ends_at', '<=', now).execute()
}

function toLink(row: Selectable<ResultLinkTable>): ResultLink {
  return {
    id: row.id,
    taskId: row.task_id,
    personKey: row.person_key,
    personName: row.person_name,
    madeAt: row.made_at,
    endsAt: row.ends_at,
  }
}
