import { expect, test } from 'bun:test'
import { failuresOf } from '../support/tests-again.ts'

/** Rows as they are stored, searched, sorted, judged and run again. Each test ends with a look for texts in the clear. */
const TESTS = [
  'test/db/rows',
  'test/db/tasks',
  'test/db/stats',
  'test/app/flags.test.ts',
  'test/app/reviews.test.ts',
]

test('whatever holds for rows holds when they are encrypted, too', async () => {
  expect(await failuresOf(TESTS, { TEST_ENCRYPT: 'true' })).toEqual([])
}, 600_000)
