import { describe, expect, test } from 'bun:test'
import { decimalOf, meanNano, meanOf, numberOf, parseNano, sumsOf } from '../../src/engine/money.ts'

describe('an amount', () => {
  test.each([
    ['0.0012345', 1_234_500n],
    ['0.002', 2_000_000n],
    ['0E-7', 0n],
    ['0e-400', 0n],
    ['1.2e-7', 120n],
    [1.2e-7, 120n],
    [0.1, 100_000_000n],
    ['12', 12_000_000_000n],
    ['+3.', 3_000_000_000n],
    ['.5', 500_000_000n],
    ['1E2', 100_000_000_000n],
    ['9007199.254740993', 9_007_199_254_740_993n],
    ['0.0000000015', 2n],
    ['0.0000000014', 1n],
    ['1e-30', 0n],
    ['999999999.999999999', 999_999_999_999_999_999n],
  ])('%p is read to the last digit', (written, nano) => {
    expect(parseNano(written)).toBe(nano)
  })

  test.each([
    '',
    '.',
    'abc',
    '-1',
    '1,5',
    '0x10',
    '1e',
    'Infinity',
    NaN,
    -0.1,
    '1000000000',
    '1e30',
    '1e999',
  ])('%p is none', (written) => {
    expect(parseNano(written)).toBeUndefined()
  })

  test('is written without zeros at its end', () => {
    expect(
      [1_234_500n, 0n, 12_000_000_000n, 1n, 9_007_199_254_740_993n, -20_000_000n].map(decimalOf),
    ).toEqual(['0.0012345', '0', '12', '0.000000001', '9007199.254740993', '-0.02'])
    expect(numberOf(300_000_000n)).toBe(0.3)
  })

  test('of a thousand calls is what the bill says, which floats are not', () => {
    const call = parseNano('0.0000049') ?? 0n
    const sum = Array.from({ length: 10_000 }, () => call).reduce((all, price) => all + price, 0n)
    expect(decimalOf(sum)).toBe('0.049')
  })
})

test('amounts of different currencies are never added, and have no mean', () => {
  const mixed = [
    { nano: 1n, currency: 'USD' },
    { nano: 5n, currency: 'RMB' },
    { nano: 2n, currency: 'USD' },
  ]
  expect(sumsOf(mixed)).toEqual([
    { nano: 3n, currency: 'USD' },
    { nano: 5n, currency: 'RMB' },
  ])
  expect(meanOf(mixed)).toBeUndefined()
  expect(meanOf([])).toBeUndefined()
})

test('a mean is rounded to the nearest billionth, half of it up', () => {
  expect([meanNano(10n, 4), meanNano(10n, 3), meanNano(11n, 3), meanNano(0n, 7)]).toEqual([3n, 3n, 4n, 0n])
  expect(
    meanOf([
      { nano: 1n, currency: 'USD' },
      { nano: 2n, currency: 'USD' },
    ]),
  ).toEqual({
    nano: 2n,
    currency: 'USD',
  })
})
