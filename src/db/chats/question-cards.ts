import { shownBy } from './task-messages.ts'
import type { TaskStatus } from '../../engine/states.ts'
import type { Selectable } from 'kysely'
import { countOpenForms, isOnlyInDify, listOpenForms, type StoredForm } from '../rows/forms.ts'
import { compiledOnce } from '../compiled.ts'
import type { Db, Trx, QuestionCardTable } from '../schema.ts'
import type { WaitingDelivery } from './deliveries.ts'

export type QuestionCardRow = Selectable<QuestionCardTable>

/**
 * Whether a card is finished. `halted`: nothing is to be answered, and it says that its task stands still, which must be
 * changed once that is not so any more.
 */
export const CARD = { open: 0, over: 1, halted: 2 } as const
/** In which nothing goes on by itself. */
export const HALTED = ['paused', 'cancelled', 'failed'] as const satisfies TaskStatus[]

/** A task that has, or needs, a card, with the conversation that it belongs to. */
export interface TaskWithQuestions {
  taskId: string
  /** JSON; so are home and taskMessage */
  owner: string
  /** where the task was started */
  home: string
  taskMessage: string | null
  /** its place is gone, as far as progress is concerned */
  isLost: boolean
  locale: string
}

/** What a task’s rows wait for, and what became of the questions before. */
export interface Questions {
  /** the one to answer now: the oldest that nobody is answering. Undefined: nothing is to be answered */
  next: StoredForm | undefined
  /** not answered yet */
  open: number
  /** not answered yet, and asking the same as `next`, which is one of them */
  alike: number
  answered: number
  /** answered in Dify itself, or gone on without an answer */
  elsewhere: number
  expired: number
  last: { row: number; action: string; by: string } | undefined
}

/** Tasks of chats whose rows wait, or whose card is not finished, or says no more what is so. */
export async function listTasksWithQuestions(db: Db): Promise<TaskWithQuestions[]> {
  const { rows } = await tasksWithQuestions(db, {})
  return rows.map((row) => ({
    taskId: row.task_id,
    owner: row.owner,
    home: row.place,
    taskMessage: row.message,
    isLost: row.lost === 1,
    locale: row.locale,
  }))
}

/** Once a second, for as long as the chats are served. */
const tasksWithQuestions = compiledOnce((db) =>
  db
    .selectFrom(shownBy(db).as('s'))
    .innerJoin('task_messages as m', 'm.task_id', 's.message_of')
    .innerJoin('batch_tasks as t', 't.id', 's.task_id')
    .leftJoin('question_cards as c', 'c.task_id', 's.task_id')
    .select(['s.task_id', 'm.owner', 'm.place', 'm.message', 'm.lost', 'm.locale'])
    .where((eb) =>
      eb.or([
        eb('t.waiting', '>', 0),
        eb('c.ended', '=', CARD.open),
        eb.and([eb('c.ended', '=', CARD.halted), eb('t.status', 'not in', HALTED)]),
      ]),
    )
    .orderBy('t.created_at'),
)

export async function findQuestionCard(db: Db, taskId: string): Promise<QuestionCardRow | undefined> {
  return db.selectFrom('question_cards').selectAll().where('task_id', '=', taskId).executeTakeFirst()
}

/** A new card, in place of the one that is finished. */
export async function startQuestionCard(
  db: Db | Trx,
  { taskId, beganAt, askedSince }: { taskId: string; beganAt: number; askedSince: number },
): Promise<void> {
  const card = {
    began_at: beganAt,
    asked_since: askedSince,
    message: null,
    shown: null,
    ended: CARD.open,
    state: 'due' as const,
    rung: 0,
    tries: 0,
    try_at: beganAt,
    error: null,
    place: null,
  }
  await db
    .insertInto('question_cards')
    .values({ task_id: taskId, ...card })
    .onConflict((oc) => oc.column('task_id').doUpdateSet(card))
    .execute()
}

/** Nothing is changed if the card has been replaced since. */
export async function updateQuestionCard(
  db: Db | Trx,
  { task_id, began_at }: Pick<QuestionCardRow, 'task_id' | 'began_at'>,
  change: Partial<Omit<QuestionCardRow, 'task_id' | 'began_at'>>,
): Promise<void> {
  await db
    .updateTable('question_cards')
    .set(change)
    .where('task_id', '=', task_id)
    .where('began_at', '=', began_at)
    .execute()
}

/** Cards that could be posted nowhere, the newest first. @param ownerKey only those of this person’s tasks */
export async function listWaitingCards(
  db: Db,
  ownerKey?: string,
): Promise<(WaitingDelivery & { what: 'question'; home: string })[]> {
  let query = db
    .selectFrom('question_cards as c')
    .innerJoin('batch_tasks as t', 't.id', 'c.task_id')
    .innerJoin(shownBy(db).as('s'), 's.task_id', 'c.task_id')
    .innerJoin('task_messages as m', 'm.task_id', 's.message_of')
    .select(['c.task_id as taskId', 't.name as taskName', 'c.error', 'm.place as home'])
    .where('c.state', '=', 'waiting')
    .where('c.ended', '=', CARD.open)
    .orderBy('c.began_at', 'desc')
  if (ownerKey !== undefined) query = query.where('t.owner_key', '=', ownerKey)
  return (await query.execute()).map((row) => ({ ...row, what: 'question' }))
}

/**
 * Tries the waiting cards of these tasks once more, from the first place on.
 * @param place JSON; tried first: where the person is now
 */
export async function reviveQuestionCards(
  db: Db,
  taskIds: string[],
  place: string | null,
  now: number,
): Promise<void> {
  for (const taskId of taskIds)
    await db
      .updateTable('question_cards')
      .set({ state: 'due', rung: 0, tries: 0, try_at: now, place })
      .where('task_id', '=', taskId)
      .where('state', '=', 'waiting')
      .execute()
}

/** Forms that are being answered at once are at most a few; beyond them is one that nobody answers yet. */
const OLDEST_READ = 20

/** @param since only what was asked from then on counts as answered; ms since 1970 */
export async function findQuestions(db: Db, taskId: string, since: number): Promise<Questions> {
  const oldest = await listOpenForms(db, taskId, { limit: OLDEST_READ })
  const open = oldest.filter(({ state }) => state === 'open')
  // One that only Dify can take must not hide the others.
  const next = open.find((form) => !isOnlyInDify(form)) ?? open[0] ?? oldest[0]
  const states = await db
    .selectFrom('forms')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('task_id', '=', taskId)
    .where('created_at', '>=', since)
    .groupBy('state')
    .execute()
  const countOf = (state: StoredForm['state']) => states.find((one) => one.state === state)?.count ?? 0
  return {
    next,
    open: next ? await countOpenForms(db, taskId) : 0,
    alike: next ? await countOpenForms(db, taskId, next.alike) : 0,
    answered: countOf('answered'),
    elsewhere: countOf('elsewhere'),
    expired: countOf('expired'),
    last: await findLastAnswer(db, taskId, since),
  }
}

async function findLastAnswer(db: Db, taskId: string, since: number): Promise<Questions['last']> {
  const form = await db
    .selectFrom('forms')
    .select(['row_number', 'action', 'answered_by', 'actions'])
    .where('task_id', '=', taskId)
    .where('state', '=', 'answered')
    .where('created_at', '>=', since)
    .orderBy('answered_at', 'desc')
    .orderBy('row_number', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!form || form.action === null) return undefined
  const actions = JSON.parse(form.actions) as StoredForm['actions'] // written by insertForms
  const title = actions.find(({ id }) => id === form.action)?.title ?? form.action
  return { row: form.row_number, action: title, by: form.answered_by ?? '' }
}
