import { expect, test } from 'bun:test'
import { isInRanges, rowRangesOf, rowRangesText } from '../../src/workbook/row-ranges.ts'

test.each([
  ['3-40,88', '3-40, 88'],
  ['3 - 40 , 88', '3-40, 88'],
  ['７', '7'],
  ['3–40；88', '3-40, 88'],
  ['2、4、6', '2, 4, 6'],
  ['5 7', '5, 7'],
])('“%s” names rows', (typed, meant) => {
  expect(rowRangesText(rowRangesOf(typed))).toBe(meant)
})

test.each(['', ' ', 'a', '0', '9-3', '3-', '-3', '1-2-3', '1.5', '99999999', Array(102).join('1,')])(
  '“%s” names no rows',
  (typed) => {
    expect(() => rowRangesOf(typed)).toThrow('does not name rows')
  },
)

test('a row is in a range that begins or ends with it', () => {
  const ranges = rowRangesOf('3-5, 8')
  expect([2, 3, 5, 6, 8, 9].map((row) => isInRanges(row, ranges))).toEqual([
    false,
    true,
    true,
    false,
    true,
    false,
  ])
})
