import type { Selectable } from 'kysely'
import { compiledOnce } from '../compiled.ts'
import type { Db, TaskMessageTable, Trx } from '../schema.ts'

/** The message of a task as stored. Only the reporter knows the format of owner, place and message. */
export type TaskMessageRow = Selectable<TaskMessageTable>

export async function insertTaskMessage(
  db: Db | Trx,
  {
    taskId,
    owner,
    place,
    locale,
    message,
  }: { taskId: string; owner: string; place: string; locale: string; message: string | null },
): Promise<void> {
  await db
    .insertInto('task_messages')
    .values({
      task_id: taskId,
      owner,
      place,
      locale,
      message,
      shown: null,
      shown_end: null,
      telling_end: null,
      told_end: null,
    })
    .execute()
}

/**
 * Messages that may be out of date: their task has not ended, or has ended again since, or its owner is still to be told
 * of the end. The message of a comparison is that of its task A, and shows B, too.
 */
export async function listOpenTaskMessages(db: Db): Promise<TaskMessageRow[]> {
  return (await openTaskMessages(db, {})).rows
}

/** Once a second, for as long as the chats are served. */
const openTaskMessages = compiledOnce((db) =>
  db
    .selectFrom('task_messages as m')
    .innerJoin('batch_tasks as t', 't.id', 'm.task_id')
    .selectAll('m')
    .where((eb) =>
      eb.or([
        eb.and([eb('t.finished_at', 'is', null), eb('m.lost', '=', 0)]),
        eb.and([eb('m.shown_end', 'is', null), eb('m.lost', '=', 0)]),
        eb('m.told_end', 'is', null),
        eb.and([eb('m.shown_end', '<>', eb.ref('t.finished_at')), eb('m.lost', '=', 0)]),
        eb('m.told_end', '<>', eb.ref('t.finished_at')),
        eb.exists(
          eb
            .selectFrom('comparisons as c')
            .innerJoin('batch_tasks as other', 'other.id', 'c.task_b')
            .select('other.id')
            .whereRef('c.task_a', '=', 'm.task_id')
            .where('c.chosen', 'is', null)
            .where('other.finished_at', 'is', null),
        ),
      ]),
    )
    .orderBy('t.created_at'),
)

/** Something has changed in a task that has ended: its message is looked at once more, and edited if it shows it. */
export async function recheckTaskMessage(trx: Trx, taskId: string): Promise<void> {
  await trx
    .updateTable('task_messages')
    .set({ shown_end: null })
    .where('task_id', '=', taskId)
    .where('shown_end', 'is not', null)
    .execute()
}

/** Where messages are shown no more although their tasks have not ended. @returns places as JSON */
export async function listLostPlaces(db: Db): Promise<{ taskId: string; home: string }[]> {
  return db
    .selectFrom('task_messages as m')
    .innerJoin('batch_tasks as t', 't.id', 'm.task_id')
    .select(['m.task_id as taskId', 'm.place as home'])
    .where('m.lost', '=', 1)
    .where('t.finished_at', 'is', null)
    .execute()
}

export async function findTaskMessage(db: Db, taskId: string): Promise<TaskMessageRow | undefined> {
  return db.selectFrom('task_messages').selectAll().where('task_id', '=', taskId).executeTakeFirst()
}

/**
 * Which task’s message shows a task: its own; of two that are compared, one has none of its own, and the message of the
 * other shows both.
 */
export function shownBy(db: Db | Trx) {
  const pairs = (one: 'task_a' | 'task_b', other: 'task_a' | 'task_b') =>
    db
      .selectFrom('comparisons as p')
      .innerJoin('task_messages as m', 'm.task_id', `p.${other}`)
      .leftJoin('task_messages as own', 'own.task_id', `p.${one}`)
      .select([`p.${one} as task_id`, 'm.task_id as message_of'])
      .where('own.task_id', 'is', null)
  return db
    .selectFrom('task_messages as m')
    .select(['m.task_id', 'm.task_id as message_of'])
    .unionAll(pairs('task_a', 'task_b'))
    .unionAll(pairs('task_b', 'task_a'))
}

export async function findMessageShowing(db: Db, taskId: string): Promise<TaskMessageRow | undefined> {
  return db
    .selectFrom(shownBy(db).as('s'))
    .innerJoin('task_messages as m', 'm.task_id', 's.message_of')
    .selectAll('m')
    .where('s.task_id', '=', taskId)
    .executeTakeFirst()
}

export async function updateTaskMessage(
  db: Db | Trx,
  taskId: string,
  change: Partial<Omit<TaskMessageRow, 'task_id' | 'owner' | 'locale'>>,
): Promise<void> {
  await db.updateTable('task_messages').set(change).where('task_id', '=', taskId).execute()
}

/** The message of a task shows another one from now on, as if it had never told of an end. */
export async function moveMessage(trx: Trx, from: string, to: string): Promise<void> {
  await trx
    .updateTable('task_messages')
    .set({ task_id: to, shown: null, shown_end: null, told_end: null, telling_end: null })
    .where('task_id', '=', from)
    .execute()
}
