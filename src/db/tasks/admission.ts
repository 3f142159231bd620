import { admit, type SpentOfLimit } from '../../engine/limits.ts'
import { say, type Sentence } from '../../engine/sentence.ts'
import type { CallingTask } from '../../engine/task.ts'
import { sql } from 'kysely'
import { compiledOnce } from '../compiled.ts'
import type { Trx } from '../schema.ts'
import { insertPause } from '../chats/deliveries.ts'
import { countResting } from '../runs/resting.ts'
import { listSpentOfMonth } from '../usage/month-limits.ts'
import { insertLog } from './logs.ts'
import { moveTask } from './move-task.ts'
import { findSpentOfLimit } from './task-limit.ts'

/** A limit that holds for the task, and what counts against it. */
interface Held {
  spent: SpentOfLimit
  /** of the calls whose end is not known, those that nobody is about to learn the end of: it may take days */
  resting: () => Promise<number>
  /** what `at_limit` of a task is that is paused because of it */
  mark: number
  log: Sentence
}

/**
 * Whether one more call may be made: by the limit of the task, and by those a month of its workflow and its owner. In the
 * transaction that writes the call, so that all count.
 * @param now decides which month it is
 */
export async function admitsCall(trx: Trx, task: CallingTask, now: number): Promise<boolean> {
  return (await listHeld(trx, task, now)).every(({ spent }) => admit(spent) === 'go')
}

/**
 * Pauses the task if a limit lets no further call be made, and none is in flight. Runs that wait for a person, that were
 * given up, or whose task has no runner do not hold it up: what they cost is reserved.
 */
export async function holdAtLimit(
  trx: Trx,
  task: CallingTask,
  now: number,
): Promise<'go' | 'wait' | 'paused'> {
  const full = (await listHeld(trx, task, now)).filter(({ spent }) => admit(spent) !== 'go')
  if (full.length === 0) return 'go'
  const met = await firstMet(full)
  if (!met) return 'wait'
  const { id, epoch } = task
  const paused = await moveTask(trx, id, 'paused', ['running'], () => ({ at_limit: met.mark }), epoch)
  if (paused) {
    await insertLog(trx, { taskId: id, at: now, event: 'task.paused', message: met.log })
    await insertPause(trx, id, now)
  }
  return 'paused'
}

/** The first limit that no call in flight will make room for. */
async function firstMet(full: Held[]): Promise<Held | undefined> {
  for (const held of full) if (held.spent.open <= (await held.resting())) return held
  return undefined
}

/** Condition: the task has a limit of its own. */
export const HAS_LIMIT = sql<boolean>`(limit_nano is not null or limit_tokens is not null)`

/** Whether anything is held against the task at all: nearly always nothing is, and each call asks. */
const findWhatHolds = compiledOnce((db, { id }: { id: string }) =>
  db
    .selectFrom('batch_tasks')
    .select([
      sql<number>`case when ${HAS_LIMIT} then 1 else 0 end`.as('own'),
      sql<number>`(select count(*) from month_limits)`.as('months'),
    ])
    .where('id', '=', id),
)

async function listHeld(trx: Trx, task: CallingTask, now: number): Promise<Held[]> {
  const [holds] = (await findWhatHolds(trx, { id: task.id })).rows
  const own = holds?.own === 1 ? await findSpentOfLimit(trx, task.id) : undefined
  const month = (holds?.months ?? 0) > 0 ? await listSpentOfMonth(trx, task, now) : []
  return [
    ...(own
      ? [{ ...own, resting: () => countResting(trx, task.id), mark: AT_LIMIT.task, log: say('log-at-limit') }]
      : []),
    ...month.map((one) => ({ ...one, mark: AT_LIMIT.month, log: say('log-at-month-limit') })),
  ]
}

/** `at_limit` of a paused task */
export const AT_LIMIT = { none: 0, task: 1, month: 2 } as const
