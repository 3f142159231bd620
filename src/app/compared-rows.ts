import { listTrialRows, resultRows } from '../db/rows/result-rows.ts'
import type { Db } from '../db/schema.ts'
import type { ComparedTasks } from '../db/tasks/comparisons.ts'
import {
  addKinds,
  type OutputPair,
  pairOutputs,
  type ResultPair,
  type SideName,
} from '../engine/comparison.ts'
import { type ComparisonTally, PairTally } from '../engine/comparison-tally.ts'
import type { ResultRow } from '../engine/task.ts'
import { MAX_SAMPLE } from '../engine/trial.ts'

/** The outputs of a comparison: which are compared, and which only one of the two has. */
export interface ComparedOutputs {
  pairs: OutputPair[]
  only: Record<SideName, string[]>
}

/** The rows of a comparison in both tasks, in the sheet’s order: those that were chosen for it, or all. */
export async function* comparedRows(db: Db, { a, b }: ComparedTasks): AsyncGenerator<ResultPair[]> {
  const chosen = await listTrialRows(db, a, MAX_SAMPLE)
  if (chosen.length === 0) yield* pairedUp(resultRows(db, a), resultRows(db, b))
  else yield* pairedUp([chosen], [await listTrialRows(db, b, MAX_SAMPLE)])
}

/** The first of them. */
export async function firstPairs(db: Db, tasks: ComparedTasks, count: number): Promise<ResultPair[]> {
  for await (const pairs of comparedRows(db, tasks)) return pairs.slice(0, count)
  return []
}

/** What of the two is compared with what, and what it came to. Every row is read twice. */
export async function compare(
  db: Db,
  tasks: ComparedTasks,
): Promise<{ outputs: ComparedOutputs; tally: ComparisonTally }> {
  const a = new Map<string, { isText: boolean }>()
  const b = new Map<string, { isText: boolean }>()
  for await (const pairs of comparedRows(db, tasks)) {
    for (const pair of pairs) {
      addKinds(a, pair.a?.outputs ?? null)
      addKinds(b, pair.b?.outputs ?? null)
    }
  }
  const pairs = pairOutputs(a, b)
  const tally = new PairTally(pairs)
  for await (const chunk of comparedRows(db, tasks)) for (const pair of chunk) tally.add(pair)
  const only = {
    a: [...a.keys()].filter((name) => !pairs.some((pair) => pair.a === name)),
    b: [...b.keys()].filter((name) => !pairs.some((pair) => pair.b === name)),
  }
  return { outputs: { pairs, only }, tally: tally.sums }
}

type Chunks = AsyncIterable<ResultRow[]> | Iterable<ResultRow[]>

/** Joins two lists of rows, each in the sheet’s order, by the number of the row. */
async function* pairedUp(chunksA: Chunks, chunksB: Chunks): AsyncGenerator<ResultPair[]> {
  const rowsB = oneByOne(chunksB)
  let b = await rowsB.next()
  for await (const chunk of chunksA) {
    const pairs: ResultPair[] = []
    for (const a of chunk) {
      for (; !b.done && b.value.row < a.row; b = await rowsB.next())
        pairs.push({ row: b.value.row, b: b.value })
      if (b.done || b.value.row !== a.row) pairs.push({ row: a.row, a })
      else {
        pairs.push({ row: a.row, a, b: b.value })
        b = await rowsB.next()
      }
    }
    yield pairs
  }
  const rest: ResultPair[] = []
  for (; !b.done; b = await rowsB.next()) rest.push({ row: b.value.row, b: b.value })
  if (rest.length > 0) yield rest
}

async function* oneByOne(chunks: Chunks): AsyncGenerator<ResultRow, undefined> {
  for await (const chunk of chunks) yield* chunk
  return undefined
}
