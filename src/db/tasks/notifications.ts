import type { Sentence } from '../../engine/sentence.ts'
import { errorColumns, NO_ERROR } from '../sentences.ts'
import type { Selectable } from 'kysely'
import { sql } from 'kysely'
import type { NotifyChoice } from '../../engine/notify.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { Db, NotificationChannel, NotificationTable } from '../schema.ts'
import { insertLog, type NewLogEntry } from './logs.ts'
import { inTransaction } from '../transaction.ts'

export type NotificationRow = Selectable<NotificationTable>

/** A task that has ended, of which nobody else has been notified yet. */
export interface EndedTask {
  id: string
  status: TaskStatus
  /** when it ended */
  end: number
  settled: number
  choice: NotifyChoice
}

/** Where something is to go. */
export interface NotifyTarget {
  channel: NotificationChannel
  target: string
}

/** Ends that have not been handed over to `notifications`, the oldest first. */
export async function listEndedTasks(db: Db): Promise<EndedTask[]> {
  const rows = await db
    .selectFrom('batch_tasks')
    .select(['id', 'status', 'finished_at', 'notify', 'succeeded', 'failed'])
    // Exactly as in the index, else the index is not used.
    .where(sql<boolean>`finished_at is not null and (notified_end is null or notified_end <> finished_at)`)
    .orderBy('finished_at')
    .limit(100)
    .execute()
  return rows.map(({ id, status, finished_at, notify, succeeded, failed }) => ({
    id,
    status,
    end: finished_at ?? 0,
    settled: succeeded + failed,
    choice: choiceOf(notify),
  }))
}

/** Hands an end over: what goes where is stored, and the end is not listed again, both or neither. */
export async function insertNotifications(
  db: Db,
  { id: taskId, end }: Pick<EndedTask, 'id' | 'end'>,
  targets: NotifyTarget[],
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const taken = await trx
      .updateTable('batch_tasks')
      .set({ notified_end: end })
      .where('id', '=', taskId)
      .where('finished_at', '=', end)
      .returning('id')
      .executeTakeFirst()
    if (!taken || targets.length === 0) return // it runs again, and there will be another end
    await trx
      .insertInto('notifications')
      .values(
        targets.map(({ channel, target }) => ({
          id: `msg_${crypto.randomUUID().replaceAll('-', '')}`,
          task_id: taskId,
          task_end: end,
          channel,
          target,
          state: 'due' as const,
          try_at: now,
          error: null,
          content: null,
          created_at: now,
          sent_at: null,
        })),
      )
      .onConflict((oc) => oc.doNothing())
      .execute()
  })
}

/** What is to be sent now, the one that has waited longest first. */
export async function listDueNotifications(
  db: Db,
  now: number,
  longestMs: number,
): Promise<NotificationRow[]> {
  return (
    db
      .selectFrom('notifications')
      .selectAll()
      .where(sql<boolean>`state = 'due'`) // exactly as in the index
      // Further ahead than any wait: it was set by a clock that has been put back since.
      .where((eb) => eb.or([eb('try_at', '<=', now), eb('try_at', '>', now + longestMs)]))
      .orderBy('try_at')
      .orderBy('id')
      .execute()
  )
}

/** @param entry what the task's log says about it, in the same transaction */
export async function updateNotification(
  db: Db,
  id: string,
  {
    error,
    ...change
  }: Partial<Pick<NotificationRow, 'state' | 'tries' | 'try_at' | 'content' | 'sent_at'>> & {
    error?: Sentence | null
  },
  entry?: NewLogEntry,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const updated = await trx
      .updateTable('notifications')
      .set({
        ...change,
        ...(error === null && NO_ERROR),
        ...(error !== undefined && error !== null && errorColumns(error)),
      })
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst()
    // Its task may have been deleted meanwhile, with its log.
    if (updated && entry) await insertLog(trx, entry)
  })
}

/** Of a task: those of its last end, and what else is still on its way. */
export async function listNotifications(db: Db, taskId: string): Promise<NotificationRow[]> {
  return db
    .selectFrom('notifications')
    .selectAll('notifications')
    .innerJoin('batch_tasks', 'batch_tasks.id', 'notifications.task_id')
    .where('task_id', '=', taskId)
    .whereRef('task_end', '=', 'batch_tasks.finished_at')
    .orderBy('channel')
    .orderBy('target')
    .execute()
}

/** What was chosen for a task that exists. */
function choiceOf(text: string | null): NotifyChoice {
  return text === null ? {} : (JSON.parse(text) as NotifyChoice) // written by insertTask, from a NotifyChoice
}
