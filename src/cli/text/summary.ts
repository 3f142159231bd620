import { ROWBOT } from '../../engine/this-program.ts'
import type { FlagGroup, Flagged } from '../../app/flags.ts'
import type { FailureGroup, Spent } from '../../db/stats/task-facts.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'
import { durationText } from '../../engine/duration.ts'
import { flagText } from '../../engine/flag.ts'
import { limitUseText } from '../../app/task-limit.ts'
import { usedUpText } from '../../app/usage.ts'
import type { LimitUse } from '../../engine/limits.ts'
import type { MonthRoom } from '../../engine/month-limit.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import { sumText } from '../../app/results.ts'
import { alignedLines } from '../../messages/columns.ts'
import { shellWord } from '../files.ts'
import { inEnglish } from '../../engine/sentence.ts'

const ERROR_COLUMNS = 62

interface Summary {
  task: TaskView & { workedMs: number }
  failures: FailureGroup[]
  spent: Spent
  flagged: Flagged
  /** of the task's limit; undefined: it has none */
  use?: LimitUse | undefined
  /** the limit a month that it is paused at */
  usedUp?: MonthRoom | undefined
  /** the file that was written: the suggested commands name it, so that the complete result replaces it */
  result?: string | undefined
}

/** What became of a task, as lines. */
export function summaryLines({ task, failures, spent, flagged, use, usedUp, result }: Summary): string[] {
  const { counts } = task
  const there = result === undefined ? '' : ` --out ${shellWord(result)}`
  const lines = [[headline(task), reviewed(flagged), cost(spent)].filter(Boolean).join(' · ')]
  if (task.error) lines.push(inEnglish(task.error))
  const groups = failures.map(({ count, error, rows }) => {
    const more = count > rows.length ? ', …' : ''
    return [`  ${count} × ${inEnglish(error)}`, `row${count === 1 ? '' : 's'} ${rows.join(', ')}${more}`]
  })
  lines.push(...alignedLines(groups, ERROR_COLUMNS))
  if (flagged.rows.length > 0) {
    lines.push(`${flagged.rows.length} to look at:`)
    lines.push(...alignedLines(flagged.groups.map(flagColumns), ERROR_COLUMNS))
  }
  if (task.leftOut > 0) lines.push(`${task.leftOut} could not be run; the result says why.`)
  if (use) lines.push(`${limitUseText(use)}.`)
  if (task.atLimit) lines.push(`To go on, raise the limit: ${ROWBOT} limit ${task.id} "…"`)
  if (usedUp) lines.push(usedUpText(usedUp, textsFor('en')))
  if (task.status === 'paused') lines.push(`Continue: ${ROWBOT} resume ${task.id}${there}`)
  if (task.status === 'failed') lines.push(`When it is fixed: ${ROWBOT} resume ${task.id}${there}`)
  if (task.status === 'completed' && counts.failed > 0)
    lines.push(`Retry the failed ones: ${ROWBOT} retry ${task.id}${there}`)
  if (flagged.rows.length > 0) lines.push(`See them: ${ROWBOT} look ${task.id}`)
  if (task.status === 'completed' && flagged.rows.length > 0)
    lines.push(`Run those to look at again: ${ROWBOT} again ${task.id}${there}`)
  return lines
}

const ROWS_NAMED = 5

function flagColumns({ code, rows, count }: FlagGroup): string[] {
  const named = rows.slice(0, ROWS_NAMED).join(', ')
  const more = rows.length > ROWS_NAMED ? ', …' : ''
  const text = flagText({ code, ...(count !== undefined && { count }) })
  return [`  ${rows.length} × ${text}`, `row${rows.length === 1 ? '' : 's'} ${named}${more}`]
}

function headline({ status, counts, carried, equal, waiting, startedAt, workedMs }: Summary['task']): string {
  const done = [`${counts.succeeded} done`]
  if (carried > 0) done.push(`${carried} of them from an earlier task`)
  if (equal !== null && equal > 0) done.push(`${equal} as other rows`)
  if (counts.failed > 0) done.push(`${counts.failed} failed`)
  if (counts.cancelled > 0) done.push(`${counts.cancelled} cancelled`)
  if (counts.left > waiting) done.push(`${counts.left - waiting} left`)
  if (waiting > 0) done.push(`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for an answer`)
  const took = startedAt === null ? '' : ` in ${durationText(workedMs)}`
  return `${PREFIX[status]}${done.join(', ')}${took}`
}

const PREFIX: Record<TaskView['status'], string> = {
  pending: 'Waiting: ',
  running: 'Running: ',
  paused: 'Paused: ',
  completed: '',
  failed: 'Stopped by a fault: ',
  cancelled: 'Stopped: ',
}

function reviewed({ edited, kept }: Flagged): string {
  const said = [...(edited > 0 ? [`${edited} edited`] : []), ...(kept > 0 ? [`${kept} kept`] : [])]
  return said.join(', ')
}

function cost({ tokens, prices, unpriced, unknownCalls }: Spent): string {
  const parts = tokens > 0 ? [`${tokens.toLocaleString('en')} tokens`] : []
  for (const sum of prices) parts.push(`${sumText(sum)} ${sum.currency}`)
  if (unpriced > 0) parts.push(`price of ${unpriced} call${unpriced === 1 ? '' : 's'} unknown`)
  if (unknownCalls > 0)
    parts.push(`plus up to ${unknownCalls} call${unknownCalls === 1 ? '' : 's'} not known`)
  return parts.join(' · ')
}
