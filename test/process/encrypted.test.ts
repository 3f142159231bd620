import { storingIn, testAgain } from '../support/tests-again.ts'

/** Rows as they are stored, searched, sorted, judged and run again. Each test ends with a look for texts in the clear. */
const FILES = [
  ...['rows', 'tasks', 'stats'].flatMap((name) => storingIn(`test/db/${name}`)),
  'test/app/flags.test.ts',
  'test/app/reviews.test.ts',
]

testAgain(FILES, { TEST_ENCRYPT: 'true' }, (file) => `${file} holds when rows are encrypted, too`)
