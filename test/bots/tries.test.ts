import { expect, test } from 'bun:test'
import { afterLimit } from '../../src/bots/tries.ts'
import { LONGEST_WAIT_MS } from '../../src/notify/back-off.ts'

test('a wait that a platform asks for in fractions of a millisecond is stored whole, as Postgres wants it', () => {
  expect(afterLimit(1, 1_469.5, 1_000)).toEqual({ rung: 1, try_at: 2_470 })
})

test('the longest wait of a notification, which is compared with stored times, is whole', () => {
  expect(LONGEST_WAIT_MS).toBeInteger()
})
