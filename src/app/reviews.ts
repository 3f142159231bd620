import { say } from '../engine/sentence.ts'
import { recheckTaskMessage } from '../db/chats/task-messages.ts'
import { findReviewedRow, type ReviewedRow, writeReview } from '../db/rows/reviews.ts'
import { insertLog } from '../db/tasks/logs.ts'
import type { Trx } from '../db/schema.ts'
import type { ResultRow, Task } from '../engine/task.ts'
import type { Edits, Kept } from '../engine/edits.ts'
import { editedValue, hasFiles, textToEdit, versionOf, withNewlines } from '../engine/review.ts'
import { UserError } from '../engine/user-error.ts'
import type { Actor } from './actor.ts'
import { type Act, type AuditApp, audited } from './audit.ts'
import { findTaskFor, runAgain, type TaskApp } from './tasks.ts'

/*
 * What people do with one row's answer once they have looked at it, from any face: they keep it, put it right, take that
 * back, or let the row run again. What the machine gave is never overwritten. Each checks permission, writes the audit
 * and the row's log, and @throws UnknownTask, NotAllowed, NoSuchRow, NoAnswer, and ChangedMeanwhile.
 */

export type ReviewApp = Pick<TaskApp, 'db' | 'clock'> & Pick<AuditApp, 'log'>

/** Which answer somebody means. */
export interface SeenRow {
  taskId: string
  row: number
  /** of the answer as they saw it (engine/review.ts); absent: whatever it is now */
  version?: string | undefined
}

/** Of an edit, so much is in the row's log: it is all that is left of it once there is a new answer. */
const LOGGED_CHARS = 10_000

export class NoSuchRow extends UserError {
  constructor({ taskId, row }: SeenRow) {
    super(say('no-task-row', { task: taskId, row }))
  }
}

/** The row has no answer now: it runs, waits to, or has failed. */
export class NoAnswer extends UserError {
  constructor({ row }: SeenRow) {
    super(say('row-without-answer', { row }), say('do-look-when-done'))
  }
}

/** Somebody else was quicker, or the row has a new answer. */
export class ChangedMeanwhile extends UserError {
  constructor({ row }: SeenRow) {
    super(say('row-changed', { row }), say('do-look-at-row-again'))
  }
}

/** The output holds files, or there is none of that name. */
export class NotEditable extends UserError {}

/** Says that the answer is right as it is. Doing it twice changes nothing. */
export async function keepRow(app: ReviewApp, actor: Actor, seen: SeenRow): Promise<ReviewedRow> {
  return reviewed(app, actor, seen, (row) => {
    if (row.kept) return undefined
    const kept: Kept = { by: actor.name, at: app.clock.now() }
    return { now: { edits: row.edits, kept }, act: { action: 'row.keep' }, log: [{ event: 'row.kept' }] }
  })
}

/**
 * Puts a person's values in place of outputs. A text that says what is there already changes nothing.
 * @param texts by output: text as it is, anything else as JSON
 * @throws also WrongKind, NotEditable
 */
export async function editOutputs(
  app: ReviewApp,
  actor: Actor,
  seen: SeenRow,
  texts: Record<string, string>,
): Promise<ReviewedRow> {
  return reviewed(app, actor, seen, (row) => {
    const edits = new Map(Object.entries(row.edits))
    const changed = Object.entries(texts)
      .map(([output, text]): [string, string] => [output, withNewlines(text)])
      .filter(([output, text]) => text !== withNewlines(shownText(row, output)))
    for (const [output, text] of changed) {
      const machine = requireEditable(row, output)
      const value = editedValue(output, text, machine)
      if (text === withNewlines(textToEdit(machine))) edits.delete(output)
      else edits.set(output, { value, by: actor.name, at: app.clock.now() })
    }
    if (changed.length === 0) return undefined
    const outputs = changed.map(([output]) => output)
    return {
      now: { edits: Object.fromEntries(edits), kept: row.kept },
      act: { action: 'row.edit', details: { outputs } },
      log: changed.map(([output, text]) => ({
        event: 'row.edited',
        details: { output, text: text.slice(0, LOGGED_CHARS) },
      })),
    }
  })
}

/** Takes back what was said of the row: the machine's answer counts again, and it is to look at again. */
export async function resetRow(
  app: ReviewApp,
  actor: Actor,
  seen: SeenRow,
  /** only of these outputs; default: every edit, and that it was kept */
  only?: string[],
): Promise<ReviewedRow> {
  return reviewed(app, actor, seen, (row) => {
    const gone = Object.keys(row.edits).filter((output) => only?.includes(output) ?? true)
    const isKept = row.kept !== null && only === undefined
    if (gone.length === 0 && !isKept) return undefined
    const edits: Edits = Object.fromEntries(
      Object.entries(row.edits).filter(([output]) => !gone.includes(output)),
    )
    return {
      now: { edits, kept: isKept ? null : row.kept },
      act: { action: 'row.reset', details: { outputs: gone } },
      log: [{ event: 'row.reset' }],
    }
  })
}

/** Runs the row once more, which is paid again. Its answer and what was said of it stay until there is a new one. */
export async function runRowAgain(app: TaskApp, actor: Actor, seen: SeenRow): Promise<Task> {
  await findTaskFor(app, actor, seen.taskId)
  requireSeen(await findReviewedRow(app.db, seen.taskId, seen.row), seen)
  return (await runAgain(app, actor, seen.taskId, [seen.row], { version: seen.version })).task
}

/** A row as its version says it is now. @throws NoSuchRow, NoAnswer, ChangedMeanwhile */
function requireSeen(row: ReviewedRow | undefined, seen: SeenRow): ReviewedRow {
  if (!row) throw new NoSuchRow(seen)
  if (row.status !== 'succeeded') throw new NoAnswer(seen)
  if (seen.version !== undefined && versionOf(row) !== seen.version) throw new ChangedMeanwhile(seen)
  return row
}

/** What of a row these need. */
type ShownAnswer = Pick<ResultRow, 'outputs' | 'flags' | 'edits'>

/** The outputs that can be edited, as texts to edit; those with something to look at first. */
export function textsToEdit(row: ShownAnswer): { output: string; text: string }[] {
  const flagged = (row.flags ?? []).map(({ output }) => output)
  const names = new Set([...flagged, ...Object.keys(row.outputs ?? {})])
  return [...names]
    .filter((output) => !hasFiles(machineValue(row, output)))
    .map((output) => ({ output, text: shownText(row, output) }))
}

/** The machine's value; an output that the row alone lacks has none, and its flag names it. */
export function machineValue({ outputs }: Pick<ShownAnswer, 'outputs'>, output: string): unknown {
  return outputs !== null && Object.hasOwn(outputs, output) ? outputs[output] : undefined
}

function shownText(row: ShownAnswer, output: string): string {
  const edit = row.edits && Object.hasOwn(row.edits, output) ? row.edits[output] : undefined
  return textToEdit(edit ? edit.value : machineValue(row, output))
}

function requireEditable(row: ReviewedRow, output: string): unknown {
  const isThere = row.outputs !== null && Object.hasOwn(row.outputs, output)
  if (!isThere && !row.flags.some((flag) => flag.output === output))
    throw new NotEditable(
      say('no-such-output', { row: row.row, output }),
      say('do-outputs-are', { outputs: Object.keys(row.outputs ?? {}) }),
    )
  const value = machineValue(row, output)
  if (hasFiles(value)) throw new NotEditable(say('output-is-a-file', { output }), say('do-run-row-again'))
  return value
}

interface ReviewChange {
  now: { edits: Edits; kept: Kept | null }
  act: Omit<Act, 'target'>
  log: { event: string; details?: Record<string, unknown> }[]
}

/** Reads the row, changes it, and writes audit and log with it. @param change undefined: nothing is to be changed */
async function reviewed(
  app: ReviewApp,
  actor: Actor,
  seen: SeenRow,
  change: (row: ReviewedRow) => ReviewChange | undefined,
): Promise<ReviewedRow> {
  const { taskId } = seen
  const { name } = await findTaskFor(app, actor, taskId)
  return audited(app, actor, async (trx) => {
    const row = requireSeen(await findReviewedRow(trx, taskId, seen.row), seen)
    const wanted = change(row)
    if (!wanted) return { act: undefined, result: row }
    if (!(await writeReview(trx, row, wanted.now))) throw new ChangedMeanwhile(seen)
    await recheckTaskMessage(trx, taskId)
    await logReview(trx, row, wanted.log, actor, app.clock.now())
    const details = { task: name, row: row.row, ...wanted.act.details }
    return { act: { ...wanted.act, target: taskId, details }, result: { ...row, ...wanted.now } }
  })
}

async function logReview(
  trx: Trx,
  { id, taskId }: ReviewedRow,
  entries: ReviewChange['log'],
  actor: Actor,
  now: number,
): Promise<void> {
  for (const { event, details } of entries) {
    await insertLog(trx, {
      taskId,
      executionId: id,
      at: now,
      event,
      message: say('log-by', { person: actor.name }),
      ...(details && { details }),
    })
  }
}
