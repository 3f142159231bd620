import { storingIn, testAgain } from '../../support/tests-again.ts'

/**
 * What is stored, and who runs it. Others take it, too (`TEST_DATABASE=postgres bun test test/queue`), but some of them wait
 * for moments that pass while a busy server answers. The engine's own move on in a time of their own.
 */
const FILES = [
  ...storingIn('test/db'),
  'test/engine/engine.test.ts',
  'test/serve/cleanup.test.ts',
  ...['leaving-runner', 'run-again', 'versions'].map((name) => `test/queue/${name}.test.ts`),
]

testAgain(FILES, { TEST_DATABASE: 'postgres' }, (file) => `${file} holds on Postgres, too`)
