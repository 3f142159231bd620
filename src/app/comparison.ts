import type { Db } from '../db/schema.ts'
import { type ComparedTasks, findComparison } from '../db/tasks/comparisons.ts'
import { listTrialCosts } from '../db/stats/estimates.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { rowsToCompare, SIDES, type SideName } from '../engine/comparison.ts'
import { type ComparisonTally, samePercent, type SideTally } from '../engine/comparison-tally.ts'
import { type Submission, UnknownTask } from '../engine/engine.ts'
import { decimalOf, numberOf } from '../engine/money.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireOwner } from './actor.ts'
import { compare, type ComparedOutputs } from './compared-rows.ts'
import type { TaskApp } from './tasks.ts'
import { requireRoom } from './usage.ts'
import { inEnglish, say } from '../engine/sentence.ts'

/** One of the two of a comparison. */
export interface ComparedSide {
  task: TaskView
  workflow: string
  /** how many rows are to be compared, and how many of these are settled */
  total: number
  settled: number
  /** no row that is to be compared is left */
  isOver: boolean
}

/** Two workflows that run the same rows, and how far they are. */
export interface ComparedPair extends Record<SideName, ComparedSide> {
  /** id of the task that went on with all rows; null: none has */
  chosen: string | null
}

/** With what they gave. */
export interface Comparison extends ComparedPair {
  /** some rows were chosen to be compared, and one of the two may go on with the others */
  isSample: boolean
  outputs: ComparedOutputs
  tally: ComparisonTally
}

/**
 * Makes two tasks that run the same rows. Whether their owner may run both workflows was checked when they chose them.
 * @param count how many rows to compare, chosen to differ; 0: all
 * @throws UserError if both are the same workflow or no row can run in both; DraftGone
 */
export async function submitComparison(
  app: Pick<TaskApp, 'db' | 'clock' | 'engineFor'>,
  actor: Actor,
  { a, b, count }: { a: Submission; b: Submission; count: number },
): Promise<{ a: Task; b: Task }> {
  requireOwner(actor, { owner: a.owner, ownerKey: a.ownerKey ?? null })
  if (a.workflow.id === b.workflow.id)
    throw new UserError(say('same-workflow-twice'), say('do-choose-other-workflow'))
  const runnable = new Set(b.rows.map(({ row }) => row))
  if (!a.rows.some(({ row }) => runnable.has(row)))
    throw new UserError(
      say('no-row-in-both', { a: a.workflow.name, b: b.workflow.name }),
      say('do-check-needs'),
    )
  const { variables } = a.workflow
  const rows = rowsToCompare(a.rows, b.rows, { variables, count, equalOnce: a.equalOnce ?? true })
  for (const { owner, ownerKey = null, workflow } of [a, b])
    await requireRoom(app, { owner, ownerKey, workflowId: workflow.id })
  return app.engineFor(actor).submitPair(alone(a, rows), alone(b, rows))
}

/** Both are called, so that they can be compared: nothing is carried over from an earlier task. */
function alone(
  { carryFrom: _carryFrom, ...submission }: Submission,
  tryFirst: readonly number[],
): Submission {
  return { ...submission, tryFirst }
}

/** Undefined: the task is not one of a comparison. */
export async function findCompared(db: Db, taskId: string): Promise<Comparison | undefined> {
  const pair = await findPair(db, taskId)
  return pair && comparisonOf(db, pair)
}

/** How far they are, without a look at what they gave. Undefined: the task is not one of a comparison. */
export async function findPair(db: Db, taskId: string): Promise<ComparedPair | undefined> {
  const tasks = await findComparison(db, taskId)
  return tasks && pairOf(db, tasks)
}

/** What they gave: every row is read. */
export async function comparisonOf(db: Db, pair: ComparedPair): Promise<Comparison> {
  const tasks = { a: pair.a.task.id, b: pair.b.task.id, chosen: pair.chosen }
  const { outputs, tally } = await compare(db, tasks)
  const isSample = tally.rows < Math.max(pair.a.task.counts.total, pair.b.task.counts.total)
  return { ...pair, isSample, outputs, tally }
}

async function pairOf(db: Db, tasks: ComparedTasks): Promise<ComparedPair | undefined> {
  const a = await sideOf(db, tasks.a)
  const b = await sideOf(db, tasks.b)
  return a && b && { a, b, chosen: tasks.chosen } // undefined: deleted just now
}

async function sideOf(db: Db, id: string): Promise<ComparedSide | undefined> {
  const task = await findTask(db, id)
  if (!task) return undefined
  const workflow = (await findWorkflow(db, task.workflowId))?.name ?? ''
  const tried = task.pauseAfter === null ? [] : await listTrialCosts(db, id)
  const settled = tried.filter(({ status }) => status === 'succeeded' || status === 'failed').length
  const isRested = task.status === 'paused' && tried.length > 0 && settled === tried.length
  return {
    task,
    workflow,
    ...(tried.length > 0
      ? { total: tried.length, settled }
      : { total: task.counts.total, settled: task.counts.succeeded + task.counts.failed }),
    isOver: task.finishedAt !== null || isRested,
  }
}

/** True once no row that is to be compared is left in either. */
export function areOver({ a, b }: Pick<ComparedPair, SideName>): boolean {
  return a.isOver && b.isOver
}

/** True while whatever is done to one of the two is done to both. */
export function actTogether({ chosen }: Pick<ComparedPair, 'chosen'>): boolean {
  return chosen === null
}

/** True once the rows have run in both, and one of them may go on with the others. */
export function mayGoOn({ a, b, chosen, isSample }: Comparison): boolean {
  return chosen === null && isSample && a.isOver && b.isOver && SIDES.some((side) => canGoOn({ a, b }[side]))
}

/** All that is to be compared has run, and other rows are left, of which nothing was deleted. */
export function canGoOn({ task, total, settled }: ComparedSide): boolean {
  const rests = task.status === 'paused' || task.status === 'cancelled'
  const isWhole = Object.keys(task.deleted).length === 0
  return rests && isWhole && task.pauseAfter !== null && settled === total
}

/** @throws UnknownTask if it is none of a comparison */
export async function requireCompared(db: Db, taskId: string): Promise<Comparison> {
  const found = await findCompared(db, taskId)
  if (!found) throw new UnknownTask(taskId)
  return found
}

/** For programs. */
export function comparisonJson({ a, b, chosen, outputs, tally }: Comparison) {
  return {
    rows: tally.rows,
    compared: tally.compared,
    same: tally.same,
    same_percent: samePercent(tally) ?? null,
    outputs: outputs.pairs,
    over: a.isOver && b.isOver,
    chosen,
    a: sideJson(a, tally.a),
    b: sideJson(b, tally.b),
  }
}

function sideJson(
  { task, workflow }: ComparedSide,
  { succeeded, failed, seconds, tokens, prices }: SideTally,
) {
  return {
    task_id: task.id,
    workflow_id: task.workflowId,
    workflow_name: workflow,
    status: task.status,
    error: task.error === null ? null : inEnglish(task.error),
    succeeded,
    failed,
    seconds: seconds === undefined ? null : Math.round(seconds * 100) / 100,
    tokens,
    prices: prices.map(({ nano, currency }) => ({
      currency,
      price: numberOf(nano),
      amount: decimalOf(nano),
    })),
  }
}
