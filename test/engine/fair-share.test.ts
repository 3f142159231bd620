import { describe, expect, test } from 'bun:test'
import { type Claimant, type Division, fairShares } from '../../src/engine/fair-share.ts'

const NOW = 100_000

function sharesOf(
  limit: number,
  wanted: Record<string, number | Partial<Claimant>>,
  more: Partial<Division> = {},
) {
  const claimants = Object.entries(wanted).map(([machine, of]): Claimant => {
    const given = typeof of === 'number' ? { weight: of, most: of } : of
    return { machine, weight: 1, most: 1, held: 0, turnAt: 0, heldAt: 0, ...given }
  })
  return Object.fromEntries(fairShares(limit, claimants, { turnMs: 1_000, now: NOW, ...more }))
}

describe('a limit is divided', () => {
  test.each<[string, number, Record<string, number>, Record<string, number>]>([
    ['all get what they want if there is enough', 10, { a: 4, b: 2 }, { a: 4, b: 2 }],
    ['by the lanes that want it', 10, { a: 10, b: 10 }, { a: 5, b: 5 }],
    ['a small task gets its turn beside a large one', 10, { a: 190, b: 2 }, { a: 9, b: 1 }],
    ['one lane more moves nothing', 10, { a: 9, b: 10 }, { a: 5, b: 5 }],
    ['who wants nothing gets nothing', 10, { a: 10, b: 0 }, { a: 10 }],
    ['none is left over by rounding', 10, { a: 10, b: 10, c: 10 }, { a: 4, b: 3, c: 3 }],
    ['of no limit nobody gets any', 0, { a: 10, b: 0 }, { a: 0 }],
  ])('%s', (_, limit, wanted, shares) => {
    expect(sharesOf(limit, wanted)).toEqual(shares)
  })

  test('what one cannot use goes to the others', () => {
    expect(sharesOf(60, { a: { weight: 10, most: 60 }, b: { weight: 10, most: 5 } })).toEqual({ a: 55, b: 5 })
  })

  test('what rounding leaves over stays where it is', () => {
    expect(sharesOf(5, { a: 3, b: { weight: 3, most: 3, held: 3 } })).toEqual({ a: 2, b: 3 })
  })

  test('of tokens, in what a row takes; what is left of a limit goes to the largest', () => {
    const tokens = { weight: 5, most: 10_000 }
    expect(sharesOf(10_000, { a: tokens, b: tokens }, { unit: 3_000 })).toEqual({ a: 7_000, b: 3_000 })
  })
})

describe('where there are more machines than calls, they take turns', () => {
  test('whose turn is not over keeps it; then the one that has waited for the longest time', () => {
    const waits = { a: { heldAt: 5_000 }, b: { heldAt: 4_000 } }
    expect(sharesOf(1, { ...waits, c: { held: 1, turnAt: NOW - 999 } })).toEqual({ a: 0, b: 0, c: 1 })
    expect(sharesOf(1, { ...waits, c: { held: 1, turnAt: NOW - 1_000 } })).toEqual({ a: 0, b: 1, c: 0 })
    expect(sharesOf(2, { ...waits, c: { held: 1, turnAt: NOW - 1_000 } })).toEqual({ a: 1, b: 1, c: 0 })
  })

  test('the one that asks for all whether a server answers comes first', () => {
    expect(sharesOf(1, { a: { held: 1, turnAt: NOW }, b: {} }, { first: 'b' })).toEqual({ a: 0, b: 1 })
  })
})
