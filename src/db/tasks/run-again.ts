import { type Again, type NewInputs, NotAgain, type SeenState } from '../../engine/again.ts'
import { say } from '../../engine/sentence.ts'
import { clearFlags } from '../rows/flags.ts'
import { letFollowersGo } from '../rows/followers.ts'
import { keepAnswers } from '../rows/former-answers.ts'
import { listRowStates, type RowState, versionOfRows } from '../rows/row-states.ts'
import { toText } from '../json.ts'
import type { Trx } from '../schema.ts'
import { actingTogether } from './comparisons.ts'
import { insertLog } from './logs.ts'
import { type TaskView, toTaskView } from './tasks.ts'
import { beginAgain, findWithRows, waitAgain } from './wait-again.ts'

/**
 * These rows wait again, in whatever state they were settled, and no other row does. What they had given is kept beside
 * what they will give (former-answers.ts), and stays their answer until there is a new one.
 * @returns undefined when there is no such task
 * @throws NotAgain, and nothing is changed: a row is not settled or has changed since somebody looked at it, or others
 * would run along with them
 */
export async function runAgain(trx: Trx, id: string, again: Again, by: string, now: number) {
  const { rows, inputs } = again
  if (rows.length === 0) throw new NotAgain(say('no-row-chosen'), say('do-choose-rows'))
  const found = await trx.selectFrom('batch_tasks').selectAll().where('id', '=', id).executeTakeFirst()
  if (!found) return undefined
  const task = toTaskView(found)
  const seen = await listSettled(trx, task, rows)
  await requireSeen(trx, id, rows, again)
  requireAlone(task)
  await requireNotCompared(trx, task, seen, again)

  // With the inputs that they are the answers to: first.
  await keepAnswers(trx, id, rows, { by, now })
  if (inputs) await putInputs(trx, task, rows[0] ?? 0, inputs, { by, now })
  await letFollowersGo(trx, id, [...rows])
  await clearFlags(trx, id, [...rows])
  if (task.counts.left === 0) await endTrial(trx, id)
  let waiting = 0
  for (const status of SETTLED) waiting += await waitAgain(trx, id, status, rows)
  await beginAgain(trx, id, { event: 'task.again', by, now, rows: waiting })
  return findWithRows(trx, id, waiting)
}

/** @param rows undefined: all that have failed @throws NotAgain if it is not as somebody saw it */
export async function requireSeen(
  trx: Trx,
  id: string,
  rows: readonly number[] | undefined,
  { version, endedAt }: SeenState,
): Promise<void> {
  const isSameRows = version === undefined || (rows && (await versionOfRows(trx, id, rows)) === version)
  if (isSameRows && (endedAt === undefined || (await endOf(trx, id)) === endedAt)) return
  throw new NotAgain(say('rows-changed'), say('do-look-at-row-again'))
}

async function endOf(trx: Trx, id: string): Promise<number | null | undefined> {
  const task = await trx
    .selectFrom('batch_tasks')
    .select('finished_at')
    .where('id', '=', id)
    .executeTakeFirst()
  return task?.finished_at
}

const SETTLED = ['succeeded', 'failed', 'cancelled'] as const
const ROWS_NAMED = 10

/** These rows of the task. @throws NotAgain if it does not have one of them, or one is not settled */
async function listSettled(trx: Trx, task: TaskView, numbers: readonly number[]): Promise<RowState[]> {
  const rows = await listRowStates(trx, task.id, numbers)
  const statuses = new Map(rows.map(({ row, status }) => [row, status]))
  const missing = numbers.find((number) => !statuses.has(number))
  if (missing !== undefined) throw new NotAgain(say('no-task-row', { task: task.id, row: missing }))
  for (const status of ['running', 'waiting', 'pending'] as const)
    refuseIn(
      status,
      numbers.filter((number) => statuses.get(number) === status),
    )
  return rows
}

/** A row that is not settled runs by itself: to call it as well would be paid twice. */
function refuseIn(status: 'running' | 'waiting' | 'pending', numbers: number[]): void {
  if (numbers.length === 0) return
  const more = numbers.length > ROWS_NAMED ? '…' : ''
  const rows = numbers.slice(0, ROWS_NAMED).join(', ') + more
  throw new NotAgain(say(`rows-${status}`, { rows, count: numbers.length }), say('do-choose-others'))
}

/** Of a task that stands still with rows left, these would run, and be paid, too. */
function requireAlone({ name, status, counts }: TaskView): void {
  if ((status !== 'paused' && status !== 'failed') || counts.left === 0) return
  throw new NotAgain(say('task-stands-still', { task: name, left: counts.left }), say('do-resume-or-stop'))
}

/** Until one of two tasks that are compared is chosen, both send the same rows and the same inputs. */
async function requireNotCompared(
  trx: Trx,
  { id, name }: TaskView,
  rows: RowState[],
  { inputs }: Again,
): Promise<void> {
  if (!inputs && rows.every(({ status }) => status !== 'cancelled')) return
  if ((await actingTogether(trx, id)).length === 1) return
  throw new NotAgain(say('task-is-compared', { task: name }), say('do-choose-one'))
}

/** Of a text that was put in place of an input, so much is in the row's log. */
const LOGGED_CHARS = 10_000

/** The row is sent other inputs from now on. @throws NotAgain if they have changed since they were worked out */
async function putInputs(
  trx: Trx,
  { id: taskId }: TaskView,
  row: number,
  { before, inputs, edited, changed, hash }: NewInputs,
  { by, now }: { by: string; now: number },
): Promise<void> {
  const executionId = `${taskId}.${row}`
  // Its answer would be to what was sent before.
  const open = await trx
    .selectFrom('runs')
    .select('attempt')
    .where('execution_id', '=', executionId)
    .where('status', '=', 'open')
    .executeTakeFirst()
  if (open) throw new NotAgain(say('row-call-open', { row }), say('do-wait-for-call'))
  const stored = await trx
    .selectFrom('task_executions')
    .select('inputs')
    .where('id', '=', executionId)
    .executeTakeFirst()
  if (stored?.inputs !== toText(before))
    throw new NotAgain(say('row-changed', { row }), say('do-look-at-row-again'))
  await trx
    .updateTable('task_executions')
    .set({
      inputs: toText(inputs),
      input_hash: hash,
      edited_inputs: Object.keys(edited).length === 0 ? null : toText(edited),
    })
    .where('id', '=', executionId)
    .execute()
  for (const { input, to } of changed)
    await insertLog(trx, {
      taskId,
      executionId,
      at: now,
      event: 'row.inputs',
      message: say('log-by', { person: by }),
      details: { input, to: typeof to === 'string' ? to.slice(0, LOGGED_CHARS) : to },
    })
}

/** Nothing but these rows will run, so that none has to wait for others to be tried. */
async function endTrial(trx: Trx, id: string): Promise<void> {
  if ((await actingTogether(trx, id)).length > 1) return
  await trx.updateTable('batch_tasks').set({ pause_after: null }).where('id', '=', id).execute()
}
