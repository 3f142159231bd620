import type { Hit } from '../../src/dify/sandbox/run-log.ts'
import { isOwnAnswer } from '../support/verify.ts'
import type { Life } from './life.ts'

export interface Judgement {
  /** of every life that called for a row: from its start to that call */
  firstRowMs: number[]
  /** calls for a row beyond its first */
  repeats: number
  /** of those, how many repeat a run that had finished and whose id was told before the process died: never right */
  knownRepeats: number
  /** results that were durable and are gone or changed */
  lost: number
  /** rows with no answer at the end, or another row’s */
  wrong: number
}

/** What the kills cost, by the sandbox’s own log and the copies of the database. */
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

/** A call for a row whose earlier run was over, and known to the process, before that died. */
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
