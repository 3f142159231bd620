import type { Db } from '../db/schema.ts'
import {
  areSame,
  isSameOutput,
  outputOf,
  type ResultPair,
  type SideName,
  SIDES,
} from '../engine/comparison.ts'
import { samePercent, type SideTally } from '../engine/comparison-tally.ts'
import { numberOf } from '../engine/money.ts'
import type { Cell, ResultRow } from '../engine/task.ts'
import type { Limits } from '../workbook/limits.ts'
import { writeResult } from '../workbook/workbook.ts'
import { comparedRows } from './compared-rows.ts'
import { LETTERS } from './comparison-text.ts'
import type { ComparedSide, Comparison } from './comparison.ts'
import { priceText, requireOutputs, resultName } from './results.ts'
import { inEnglish } from '../engine/sentence.ts'

/**
 * Writes what two workflows gave for the same rows, as a workbook of its own: A and B stand beside each other there,
 * which the columns of the person’s own workbook could not show.
 * @throws UserError if the outputs of one were deleted because they were old
 */
export async function writeComparison(
  db: Db,
  comparison: Comparison,
  { path, format = 'xlsx', limits }: { path: string; format?: 'xlsx' | 'csv'; limits: Limits },
): Promise<void> {
  for (const side of SIDES) requireOutputs(comparison[side].task)
  const columns = columnsOf(comparison)
  const tasks = { a: comparison.a.task.id, b: comparison.b.task.id, chosen: comparison.chosen }
  await writeResult(
    {
      path,
      format: format === 'csv' ? 'csv' : 'plain',
      header: {
        headings: distinct(columns.map(({ heading }) => heading)),
        outputNames: [],
        onlyCells: true,
        summary: summaryOf(comparison),
      },
      rows: async function* () {
        for await (const pairs of comparedRows(db, tasks))
          yield pairs.map((pair) =>
            toRow(
              pair,
              columns.map(({ of }) => of(pair)),
            ),
          )
      },
    },
    limits,
  )
}

/** `products-q3.xlsx` → `products-q3.compared.xlsx` */
export function comparisonName({ a }: Comparison, format: 'xlsx' | 'csv' = 'xlsx'): string {
  return resultName(a.task.fileName, format === 'csv' ? 'csv' : 'plain').replace(
    /\.results\.(\w+)$/,
    '.compared.$1',
  )
}

interface PairColumn {
  heading: string
  of: (pair: ResultPair) => Cell
}

function columnsOf({ a, outputs }: Comparison): PairColumn[] {
  const { headings } = a.task
  return [
    { heading: 'row', of: ({ row }) => row },
    ...headings.map((heading, i): PairColumn => ({
      heading,
      of: (pair) => (pair.a ?? pair.b)?.cells[i] ?? null,
    })),
    ...outputs.pairs.flatMap((pair): PairColumn[] => [
      outputColumn('a', pair.a),
      outputColumn('b', pair.b),
      {
        heading: `${pair.a} · same?`,
        of: (rows) =>
          areSame(rows, [pair]) === undefined ? null : isSameOf(rows, pair.a, pair.b) ? 'yes' : 'no',
      },
    ]),
    ...SIDES.flatMap((side) => outputs.only[side].map((name) => outputColumn(side, name))),
    ...OUTCOMES.flatMap(({ heading, of }) =>
      SIDES.map((side): PairColumn => ({
        heading: `${LETTERS[side]} · ${heading}`,
        of: (pair) => (pair[side] ? of(pair[side]) : null),
      })),
    ),
  ]
}

const OUTCOMES: { heading: string; of: (row: ResultRow) => Cell }[] = [
  { heading: 'status', of: ({ status }) => status },
  {
    heading: 'error',
    of: ({ error, warning }) =>
      error !== null ? inEnglish(error) : warning === null ? null : `Warning: ${inEnglish(warning)}`,
  },
  { heading: 'seconds', of: ({ seconds }) => (seconds === null ? null : Math.round(seconds * 100) / 100) },
  { heading: 'tokens', of: ({ tokens }) => tokens },
  { heading: 'price', of: ({ price }) => (price === null ? null : numberOf(price)) },
  { heading: 'currency', of: ({ currency }) => currency },
  { heading: 'run id', of: ({ workflowRunId }) => workflowRunId },
]

function outputColumn(side: SideName, name: string): PairColumn {
  return { heading: `${LETTERS[side]} · ${name}`, of: (pair) => cellOf(pair[side], name) }
}

function isSameOf({ a, b }: ResultPair, nameA: string, nameB: string): boolean {
  return a !== undefined && b !== undefined && isSameOutput(outputOf(a, nameA), outputOf(b, nameB))
}

function cellOf(row: ResultRow | undefined, name: string): Cell {
  const value = row && outputOf(row, name)
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}

/** A row of a result needs more than is written here: only its cells are. */
function toRow({ row, a, b }: ResultPair, cells: Cell[]): ResultRow {
  const { status } = a ?? b ?? { status: 'pending' as const }
  return { ...NOTHING, row, cells, status }
}

const NOTHING = {
  outputs: null,
  error: null,
  warning: null,
  attempts: 0,
  seconds: null,
  tokens: null,
  price: null,
  currency: null,
  workflowRunId: null,
}

function distinct(headings: string[]): string[] {
  const taken = new Set<string>()
  return headings.map((heading) => {
    let free = heading
    for (let i = 2; taken.has(free.trim().toLowerCase()); i++) free = `${heading} (${i})`
    taken.add(free.trim().toLowerCase())
    return free
  })
}

function summaryOf({ a, b, tally, outputs }: Comparison): [string, string | number][] {
  const percent = samePercent(tally)
  const compared = outputs.pairs.map((pair) => (pair.a === pair.b ? pair.a : `${pair.a} with ${pair.b}`))
  return [
    ['File', `${a.task.fileName} · ${a.task.sheet}`],
    ['Started by', a.task.owner],
    ['Rows compared', tally.rows],
    [
      'Outputs compared',
      compared.length === 0 ? 'none: no output of one is an output of the other' : compared.join(', '),
    ],
    ['Succeeded in both', tally.compared],
    ['Same', percent === undefined ? 'nothing to compare' : `${tally.same} (${percent} %)`],
    ...sideSummary('A', a, tally.a),
    ...sideSummary('B', b, tally.b),
    ['Written at', new Date().toISOString()],
  ]
}

function sideSummary(
  letter: string,
  { task, workflow }: ComparedSide,
  tally: SideTally,
): [string, string | number][] {
  return [
    [letter, `${workflow} (task ${task.id})`],
    ...(task.error === null
      ? []
      : [[`${letter}: stopped because`, inEnglish(task.error)] as [string, string]]),
    [`${letter}: succeeded`, tally.succeeded],
    [`${letter}: failed`, tally.failed],
    [`${letter}: seconds a row`, tally.seconds === undefined ? '' : Math.round(tally.seconds * 100) / 100],
    [`${letter}: tokens`, tally.tokens],
    ...tally.prices.map(({ nano, currency }): [string, string] => [
      `${letter}: price (${currency})`,
      priceText(nano),
    ]),
  ]
}
