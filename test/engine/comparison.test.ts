import { describe, expect, test } from 'bun:test'
import {
  addKinds,
  areSame,
  pairOutputs,
  type ResultPair,
  rowsToCompare,
} from '../../src/engine/comparison.ts'
import { samePercent, PairTally } from '../../src/engine/comparison-tally.ts'
import type { Outputs, ResultRow } from '../../src/engine/task.ts'

function aRow(row: number, outputs: Outputs | null, more: Partial<ResultRow> = {}): ResultRow {
  return {
    row,
    cells: [],
    status: outputs ? 'succeeded' : 'failed',
    outputs,
    error: outputs ? null : 'The model refused the input.',
    warning: null,
    attempts: 1,
    seconds: 2,
    tokens: 10,
    price: null,
    currency: null,
    workflowRunId: null,
    ...more,
  }
}

function aPair(a: Outputs | null, b: Outputs | null, row = 2): ResultPair {
  return { row, a: aRow(row, a), b: aRow(row, b) }
}

function pairsOf(a: Outputs[], b: Outputs[]) {
  const kinds = { a: new Map<string, { isText: boolean }>(), b: new Map<string, { isText: boolean }>() }
  for (const outputs of a) addKinds(kinds.a, outputs)
  for (const outputs of b) addKinds(kinds.b, outputs)
  return pairOutputs(kinds.a, kinds.b)
}

describe('outputs are paired', () => {
  test.each<[string, Outputs[], Outputs[], string[]]>([
    [
      'by their names',
      [{ title: 'x', words: 3 }],
      [{ words: 3, title: 'y' }],
      ['title-title', 'words-words'],
    ],
    ['else the only text of each', [{ text: 'x' }], [{ answer: 'y' }], ['text-answer']],
    ['both ways', [{ n: 1, text: 'x' }], [{ answer: 'y', n: 2 }], ['n-n', 'text-answer']],
    ['but none of several texts', [{ title: 'x', text: 'x' }], [{ answer: 'y' }], []],
    ['nor a number with a text', [{ n: 1 }], [{ answer: 'y' }], []],
    ['nor what is a text in some rows only', [{ x: 'a' }, { x: [1] }], [{ answer: 'y' }], []],
  ])('%s', (_, a, b, expected) => {
    expect(pairsOf(a, b).map((pair) => `${pair.a}-${pair.b}`)).toEqual(expected)
  })
})

describe('two rows say the same', () => {
  const TEXT = [{ a: 'text', b: 'text' }]
  test.each<[string, unknown, unknown, boolean]>([
    ['if they do', 'Kettle', 'Kettle', true],
    ['whatever blanks there are', ' Kettle,\n hot ', 'Kettle, hot', true],
    ['but not if they differ in a letter', 'Kettle', 'kettle', false],
    ['if the JSON is the same', '{"a": 1, "b": [2]}', '{"b":[2],"a":1}', true],
    ['if one gives JSON as a text', { a: 1 }, '{ "a": 1 }', true],
    ['but not if a list has another order', '[1,2]', '[2,1]', false],
    ['if a number is written as a text', 5, '5', true],
    ['what only looks like JSON is a text', '[see  below]', '[see below]', true],
    ['if both are empty', '', null, true],
    ['but not if one is empty', 'Kettle', '', false],
  ])('%s', (_, a, b, expected) => {
    expect(areSame(aPair({ text: a }, { text: b }), TEXT)).toBe(expected)
  })

  test('is not asked where one of them failed, or was left out', () => {
    expect(areSame(aPair({ text: 'x' }, null), TEXT)).toBeUndefined()
    expect(areSame({ row: 2, a: aRow(2, { text: 'x' }) }, TEXT)).toBeUndefined()
    expect(areSame(aPair({ text: 'x' }, { text: 'x' }), [])).toBeUndefined()
  })

  test('needs every output that is compared', () => {
    const both = [...TEXT, { a: 'n', b: 'n' }]
    expect(areSame(aPair({ text: 'x', n: 1 }, { text: 'x', n: 2 }), both)).toBe(false)
  })
})

describe('a comparison is added up', () => {
  test('by side, and by rows that succeeded in both', () => {
    const tally = new PairTally([{ a: 'text', b: 'text' }])
    tally.add(aPair({ text: 'x' }, { text: 'x' }))
    tally.add(aPair({ text: 'x' }, { text: 'y' }))
    tally.add(aPair({ text: 'x' }, null))
    tally.add({ row: 9, a: aRow(9, { text: 'x' }, { seconds: null }) })
    expect(tally.sums).toMatchObject({
      rows: 4,
      compared: 2,
      same: 1,
      a: { succeeded: 4, failed: 0, seconds: 2, tokens: 40 },
      b: { succeeded: 2, failed: 1, tokens: 30 },
    })
  })

  test('and says nothing of what cannot be compared', () => {
    const tally = new PairTally([])
    tally.add(aPair({ title: 'x' }, { n: 1 }))
    expect(tally.sums).toMatchObject({ compared: 1, same: null })
    expect(samePercent(tally.sums)).toBeUndefined()
  })

  test.each([
    [0, 0, undefined],
    [3, 3, 100],
    [3, 0, 0],
    [1000, 999, 99],
    [1000, 1, 1],
    [7, 5, 71],
  ])('of %i rows, %i the same are %p percent', (compared, same, percent) => {
    expect(samePercent({ compared, same })).toBe(percent)
  })
})

describe('the rows to compare', () => {
  const rows = (...texts: string[]) => texts.map((text, i) => ({ row: i + 2, inputs: { text } }))
  const variables = [{ name: 'text', label: 'Text', type: 'text-input' as const, required: true }]
  const how = { variables, count: 2, equalOnce: true }

  test('are as many as wanted', () => {
    expect(rowsToCompare(rows('a', 'b', 'c', 'd'), rows('a', 'b', 'c', 'd'), how)).toHaveLength(2)
  })
  test('are all, if there are no more', () => {
    expect(rowsToCompare(rows('a', 'b'), rows('a', 'b'), how)).toEqual([])
    expect(rowsToCompare(rows('a', 'b', 'c'), rows('a', 'b', 'c'), { ...how, count: 0 })).toEqual([])
  })
  test('are called in both: a row that asks the same as another is called in neither', () => {
    const a = rows('a', 'b', 'c', 'd', 'e')
    const b = rows('x', 'x', 'x', 'y', 'y')
    expect(rowsToCompare(a, b, how)).toEqual([2, 5])
    expect(rowsToCompare(a, b, { ...how, equalOnce: false })).toHaveLength(2)
  })
  test('can run in both', () => {
    const a = rows('a', 'b', 'c', 'd')
    expect(rowsToCompare(a, a.slice(2), how)).toEqual([4, 5])
  })
})
