import type { Hit } from '../../src/dify/sandbox/run-log.ts'
import { isOwnAnswer } from '../support/verify.ts'
import type { Life } from './life.ts'

export interface Judgement {
  /** for every process that called for a row: the time from its start to that call */
  firstRowMs: number[]
  /** calls for a row beyond its first */
  repeats: number
  /** repeats of a run that had finished, and whose id the process had received, before it died: must be 0 */
  knownRepeats: number
  /** results that were durable and are missing or changed */
  lost: number
  /** rows whose answer at the end is missing or another row’s */
  wrong: number
}

/** What the kills have cost, from the sandbox’s own log and the copies of the database. */
export function judge(lives: Life[], hits: Hit[], rows: number): Judgement {
  const runs = Map.groupBy(hits, ({ inputs }) => String(inputs['text']))
  const last = lives.at(-1)?.done ?? []
  return {
    firstRowMs: lives.flatMap((life) => firstRowMs(life, hits)),
    repeats: hits.length - runs.size,
    knownRepeats: [...runs.values()].reduce((sum, calls) => sum + repeatsOfKnown(calls, lives), 0),
    lost: lives.slice(1).reduce((sum, life, i) => sum + lostBetween(lives[i]?.done ?? [], life.done), 0),
    wrong: rows - last.filter(isOwnAnswer).length,
  }
}

function firstRowMs({ spawnedAt, endedAt }: Life, hits: Hit[]): number[] {
  const first = hits.find(({ startedAt }) => startedAt >= spawnedAt && startedAt <= endedAt)
  return first ? [first.startedAt - spawnedAt] : []
}

/** Calls for a row whose earlier run was over, and known to the process, before the process died. */
function repeatsOfKnown(calls: Hit[], lives: Life[]): number {
  return calls.slice(1).filter((_, i) => {
    const before = calls[i]
    const death = lives.find((life) => before && life.endedAt >= before.startedAt)?.endedAt ?? 0
    return (
      before?.status === 'succeeded' && before.idsSentAt !== null && (before.finishedAt ?? Infinity) < death
    )
  }).length
}

function lostBetween(before: Life['done'], after: Life['done']): number {
  const kept = new Map(after.map((row) => [row.row_number, row.workflow_run_id]))
  return before.filter((row) => kept.get(row.row_number) !== row.workflow_run_id).length
}
