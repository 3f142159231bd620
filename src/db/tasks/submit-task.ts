import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../engine/clock.ts'
import { DraftGone, type SubmittedTask, type Submission } from '../../engine/engine.ts'
import type { Task } from '../../engine/task.ts'
import { UserError } from '../../engine/user-error.ts'
import { trialRows } from '../../engine/trial.ts'
import { mayStart, startDraft } from '../drafts/drafts.ts'
import { DatabaseAway } from '../away.ts'
import { insertLog } from './logs.ts'
import type { Db, Trx } from '../schema.ts'
import { NewRows } from './new-rows.ts'
import { beginSubmission, discardSubmission, endSubmission, writeAhead } from './submissions.ts'
import { insertExecutions, insertLeftOutRows, insertTask, markTrial } from './tasks.ts'
import { insertUpload } from '../drafts/uploads.ts'
import { say } from '../../engine/sentence.ts'
import { inTransaction } from '../transaction.ts'

/** Rows per transaction. While one lasts, every other write waits, and so does the thread that answers people. */
const PART_ROWS = 250

/**
 * Writes tasks with all their rows, or nothing, in transactions of a few milliseconds. The last one makes them visible.
 * @param record writes the audit entries, and what joins the tasks, in the last transaction
 * @returns the tasks as they were written: rows that are tried first are chosen here
 * @throws DraftGone, DatabaseAway
 */
export async function submitTasks(
  db: Db,
  clock: Clock,
  tasks: readonly SubmittedTask[],
  record: (trx: Trx) => Promise<void> = () => Promise.resolve(),
): Promise<Task[]> {
  for (const { submission } of tasks)
    if (submission.draft && !(await mayStart(db, submission.draft))) throw new DraftGone() // saves work; the check that counts is in the last transaction
  const written = tasks.map(({ task, submission }) => {
    const parts = partsOf(submission)
    return { task, submission, plan: new NewRows(submission), last: parts.pop(), ahead: parts }
  })
  for (const { plan } of written) await plan.read(db)
  const incomplete: string[] = []
  try {
    for (const { task, ahead, plan } of written.filter((one) => one.ahead.length > 0)) {
      await beginSubmission(db, task.id, clock.now())
      incomplete.push(task.id)
      for (const part of ahead) {
        await setImmediate() // lets everybody else have a turn
        await writeAhead(db, { taskId: task.id, now: clock.now() }, (trx) =>
          insertPart(trx, task.id, part, plan),
        )
      }
      await setImmediate()
    }
    return await inTransaction(db, async (trx) => {
      const inserted: Task[] = []
      for (const { task, submission, plan, last, ahead } of written) {
        if (ahead.length > 0) await endSubmission(trx, task.id)
        const pauseAfter = await insertWhole(trx, task, submission, { plan, last })
        inserted.push({ ...task, pauseAfter })
      }
      await record(trx)
      return inserted
    })
  } catch (fault) {
    // If this fails too, it is done once the submission has been dead for a while. While the database is away it
    // would fail, and the person would wait twice as long for the answer.
    if (!(fault instanceof DatabaseAway))
      for (const id of incomplete) await discardSubmission(db, id).catch(() => {})
    throw fault
  }
}

/** The task, the last of its rows, and everything that belongs to it. @returns the last of the rows to be tried first */
async function insertWhole(
  trx: Trx,
  task: Task,
  submission: Submission,
  { plan, last }: { plan: NewRows; last: Part | undefined },
): Promise<number | null> {
  const { upload, draft } = submission
  // First, because a cancelled draft's upload is gone, too, and a task cannot be inserted without its upload.
  if (draft && !(await mayStart(trx, draft))) throw new DraftGone()
  if ('bytes' in upload) await insertUpload(trx, { id: task.uploadId, ...upload }, task.createdAt)
  const rows = await plan.plan(trx, last?.rows ?? [])
  const { keyColumns, equal, carried } = plan
  if (carried < (submission.carryFrom?.rows ?? 0))
    throw new UserError(say('earlier-task-changed'), say('do-check-file-again'))
  const { tryFirst = 0, workflow } = submission
  const trial =
    typeof tryFirst === 'number' ? trialRows(plan.called(), workflow.variables, tryFirst) : tryFirst
  const pauseAfter = trial.at(-1) ?? null
  const about = {
    rows: submission.rows.length,
    leftOut: submission.leftOut.length,
    keyColumns,
    keyChosen: submission.keyColumns !== undefined,
    equal,
    carried,
    notify: submission.notify,
  }
  await insertTask(trx, { ...task, pauseAfter }, about)
  await insertExecutions(trx, task.id, rows)
  await insertLeftOutRows(trx, task.id, last?.leftOut ?? [])
  await markTrial(trx, task.id, trial)
  await insertLog(trx, {
    taskId: task.id,
    at: task.createdAt,
    event: 'task.created',
    message: say('log-by', { person: task.owner }),
    details: { rows: submission.rows.length, leftOut: submission.leftOut.length, carried },
  })
  if (draft) await startDraft(trx, draft, task.id)
  return pauseAfter
}

type Part = Partial<Pick<Submission, 'rows' | 'leftOut'>>

/** A small task is one part, with both kinds of rows. */
function partsOf({ rows, leftOut }: Submission): Part[] {
  if (rows.length + leftOut.length <= PART_ROWS) return [{ rows, leftOut }]
  return [
    ...inChunks(leftOut).map((chunk) => ({ leftOut: chunk })),
    ...inChunks(rows).map((chunk) => ({ rows: chunk })),
  ]
}

function inChunks<T>(rows: T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / PART_ROWS) }, (_, i) =>
    rows.slice(i * PART_ROWS, (i + 1) * PART_ROWS),
  )
}

async function insertPart(
  trx: Trx,
  taskId: string,
  { rows = [], leftOut = [] }: Part,
  plan: NewRows,
): Promise<void> {
  await insertExecutions(trx, taskId, await plan.plan(trx, rows))
  await insertLeftOutRows(trx, taskId, leftOut)
}
