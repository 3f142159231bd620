import type { ExpressionBuilder, Selectable } from 'kysely'
import { compiledOnce } from '../compiled.ts'
import type { Db, DeliveryTable, Schema, Trx } from '../schema.ts'
import { actingTogether } from '../tasks/comparisons.ts'

export type DeliveryRow = Selectable<DeliveryTable>
export type DeliveryKey = Pick<DeliveryRow, 'task_id' | 'what' | 'task_end'>

/** A delivery with the conversation that it belongs to. */
export interface DueDelivery extends DeliveryRow {
  /** JSON; so are home and message */
  owner: string
  /** where the task was started */
  home: string
  message: string | null
  locale: string
}

/** Nothing is changed where there is one for the same end already. */
export async function insertDelivery(
  db: Db | Trx,
  delivery: DeliveryKey & Pick<DeliveryRow, 'state'>,
  now: number,
): Promise<void> {
  await db
    .insertInto('deliveries')
    .values({ ...delivery, try_at: now, created_at: now, error: null, place: null, seen_at: null })
    .onConflict((oc) => oc.doNothing())
    .execute()
}

/**
 * The task has just paused at a limit: its owner is to hear of it, if it was started in a chat. Two tasks that are compared
 * have one message. What was to be said of an earlier stop is old by now.
 */
export async function insertPause(trx: Trx, taskId: string, now: number): Promise<void> {
  const both = await actingTogether(trx, taskId)
  await trx
    .updateTable('deliveries')
    .set({ state: 'seen' })
    .where('task_id', 'in', both)
    .where('what', '=', 'halted')
    .where('state', '<>', 'seen')
    .where((eb) => eb.not(eb.exists(endedThen(eb))))
    .execute()
  const shown = await trx
    .selectFrom('task_messages')
    .select('task_id')
    .where('task_id', 'in', both)
    .executeTakeFirst()
  if (shown)
    await insertDelivery(trx, { task_id: shown.task_id, what: 'halted', task_end: now, state: 'due' }, now)
}

/** The task is still in the end that the delivery is about. */
function endedThen(eb: ExpressionBuilder<Schema, 'deliveries'>) {
  return eb
    .selectFrom('batch_tasks as t')
    .select('t.id')
    .whereRef('t.id', '=', 'deliveries.task_id')
    .whereRef('t.finished_at', '=', 'deliveries.task_end')
}

/**
 * What is to be sent now, the one that has waited longest first.
 * @param tooFar a later time was set by a clock that has been put back since, and counts as over
 */
export async function listDueDeliveries(
  db: Db,
  now: number,
  tooFar: { due: number; waiting: number },
): Promise<DueDelivery[]> {
  return (await dueDeliveries(db, { now, ifDue: tooFar.due, ifWaiting: tooFar.waiting })).rows
}

interface DueNow {
  now: number
  ifDue: number
  ifWaiting: number
}

/** Once a second, for as long as the chats are served. */
const dueDeliveries = compiledOnce((db, { now, ifDue, ifWaiting }: DueNow) =>
  db
    .selectFrom('deliveries as d')
    .innerJoin('task_messages as m', 'm.task_id', 'd.task_id')
    .selectAll('d')
    .select(['m.owner', 'm.place as home', 'm.message', 'm.locale'])
    .where('d.state', '<>', 'seen')
    .where((eb) =>
      eb.or([
        eb('d.try_at', '<=', now),
        eb('d.try_at', '>', ifWaiting),
        eb.and([eb('d.state', '<>', 'waiting'), eb('d.try_at', '>', ifDue)]),
      ]),
    )
    // Files come after the result that names them.
    .where((eb) =>
      eb.or([
        eb('d.what', '<>', 'files'),
        eb.not(
          eb.exists(
            eb
              .selectFrom('deliveries as r')
              .select('r.task_id')
              .whereRef('r.task_id', '=', 'd.task_id')
              .whereRef('r.task_end', '=', 'd.task_end')
              .where('r.what', '=', 'result')
              .where((r) =>
                r.or([
                  r('r.state', 'in', ['due', 'sending']),
                  r.and([r('r.state', '=', 'waiting'), r('r.try_at', '<=', now)]),
                ]),
              ),
          ),
        ),
      ]),
    )
    .orderBy('d.try_at'),
)

export async function updateDelivery(
  db: Db | Trx,
  { task_id, what, task_end }: DeliveryKey,
  change: Partial<Omit<DeliveryRow, keyof DeliveryKey>>,
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set(change)
    .where('task_id', '=', task_id)
    .where('what', '=', what)
    .where('task_end', '=', task_end)
    .execute()
}

/** What could not be delivered anywhere and waits for its owner. */
export interface WaitingDelivery {
  taskId: string
  taskName: string
  what: DeliveryRow['what'] | 'question'
  error: string | null
}

/** @param of a task, or the key of a person */
export async function listWaitingDeliveries(
  db: Db,
  of: { taskId: string } | { ownerKey: string },
): Promise<WaitingDelivery[]> {
  let query = db
    .selectFrom('deliveries as d')
    .innerJoin('batch_tasks as t', 't.id', 'd.task_id')
    .select(['d.task_id as taskId', 't.name as taskName', 'd.what', 'd.error'])
    .where('d.state', '=', 'waiting')
    .where((eb) =>
      eb.or([
        eb('d.task_end', '=', eb.ref('t.finished_at')),
        eb.and([eb('d.what', '=', 'halted'), eb('t.status', '=', 'paused')]),
      ]),
    )
    .orderBy('d.created_at', 'desc')
  query =
    'taskId' in of ? query.where('d.task_id', '=', of.taskId) : query.where('t.owner_key', '=', of.ownerKey)
  return query.execute()
}

/** Where the tasks were started of which something waits. @returns places as JSON */
export async function listWaitingPlaces(db: Db): Promise<{ taskId: string; home: string }[]> {
  return db
    .selectFrom('deliveries as d')
    .innerJoin('task_messages as m', 'm.task_id', 'd.task_id')
    .select(['d.task_id as taskId', 'm.place as home'])
    .where('d.state', '=', 'waiting')
    .execute()
}

/**
 * Tries what waits for a person once more, from the first place on. Nothing is written where nothing waits.
 * @param place JSON; tried first: where the person is now
 * @returns how many there are
 */
export async function reviveDeliveries(
  db: Db,
  ownerKey: string,
  place: string | null,
  now: number,
): Promise<number> {
  const waiting = await listWaitingDeliveries(db, { ownerKey })
  const taskIds = new Set(waiting.map((one) => one.taskId))
  await reviveDeliveriesOf(db, [...taskIds], place, now)
  return waiting.length
}

/** The same of these tasks. */
export async function reviveDeliveriesOf(
  db: Db,
  taskIds: string[],
  place: string | null,
  now: number,
): Promise<void> {
  for (const taskId of taskIds)
    await db
      .updateTable('deliveries')
      .set({ state: 'due', rung: 0, tries: 0, try_at: now, place })
      .where('task_id', '=', taskId)
      .where('state', '=', 'waiting')
      .execute()
}

/**
 * Its owner has got the result in another way; the files that wait with it follow.
 * @param place JSON: where the owner has got it
 */
export async function markResultSeen(db: Db, taskId: string, place: string, now: number): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ state: 'due', rung: 0, tries: 0, try_at: now, place })
    .where('task_id', '=', taskId)
    .where('what', '=', 'files')
    .where('state', '=', 'waiting')
    .execute()
  await db
    .updateTable('deliveries')
    .set({ state: 'seen', seen_at: now })
    .where('task_id', '=', taskId)
    .where('what', '=', 'result')
    .where('state', '=', 'waiting')
    .execute()
}
