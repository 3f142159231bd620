import { expect, test } from 'bun:test'
import { trialTable } from '../../src/app/trial-table.ts'
import type { ResultRow } from '../../src/engine/task.ts'
import { alignedLines, PHONE_COLUMNS } from '../../src/messages/columns.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { nano } from '../support/nano.ts'

function aRow(row: number, more: Partial<ResultRow> = {}): ResultRow {
  return {
    row,
    cells: [],
    status: 'succeeded',
    outputs: { text: 'A kettle that boils a litre of water in three minutes.' },
    error: null,
    warning: null,
    attempts: 1,
    seconds: 3.24,
    tokens: 812,
    price: nano(0.0021),
    currency: 'USD',
    workflowRunId: null,
    ...more,
  }
}

function linesOf(rows: ResultRow[], columns = PHONE_COLUMNS, locale = 'en'): string[] {
  const { headings, rows: cells } = trialTable(rows, columns, textsFor(locale))
  return alignedLines([headings, ...cells])
}

test('a table of a trial fits a phone: the price goes first, then the tokens', () => {
  expect(linesOf([aRow(2), aRow(140, { seconds: 12, tokens: 1_204 })])).toEqual([
    'row  output          s    tokens',
    '2    A kettle that…  3.2  812',
    '140  A kettle that…  12   1,204',
  ])
})

test('no line is wider than asked for, in whatever script', () => {
  const rows = [
    aRow(1_048_576, { seconds: 1_204, tokens: 1_000_000 }),
    aRow(3, { outputs: { text: '一公升的水三分钟就能烧开，外壳不烫手。' } }),
    aRow(4, {
      status: 'failed',
      outputs: null,
      error: 'The model refused the input, and said why at length.',
    }),
    aRow(5, { outputs: { a: '👨‍👩‍👧‍👦 '.repeat(9), b: 'x'.repeat(900) }, flags: [{ output: 'a', code: 'empty' }] }),
  ]
  for (const locale of ['en', 'zh-CN', 'zh-TW'])
    for (const line of linesOf(rows, PHONE_COLUMNS, locale))
      expect(Bun.stringWidth(line)).toBeLessThanOrEqual(PHONE_COLUMNS)
})

test('where there is room, all of it is said; a flag stands before an output, an error in its place', () => {
  expect(
    linesOf(
      [
        aRow(2, { outputs: { text: 'Lamp' } }),
        aRow(3, { outputs: { text: '' }, flags: [{ output: 'text', code: 'empty' }] }),
        aRow(4, {
          status: 'failed',
          outputs: null,
          error: 'Timed out',
          seconds: null,
          tokens: null,
          price: null,
        }),
      ],
      80,
    ),
  ).toEqual([
    'row  output       s    tokens  price',
    '2    Lamp         3.2  812     $0.0021',
    '3    ⚑ –          3.2  812     $0.0021',
    '4    ✖ Timed out  –    –       –',
  ])
})

test('a price that is estimated is marked as such', () => {
  const lines = linesOf([aRow(2), aRow(3, { price: null, priceGuess: nano(0.0021) })], 120)
  expect(lines[2]).toEndWith('≈ $0.0021')
})
