import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { play } from './support/play.ts'
import { story } from './support/story.ts'

/*
 * Sheets that are edited and sent again, under everything that can happen to a task. By default a few stories that are
 * always the same. Thousands of others: ROWBOT_MODEL_RUNS=5000 bun test test/model. A story that fails is printed with
 * its seed and path: ROWBOT_MODEL_SEED=… ROWBOT_MODEL_PATH=… plays it alone.
 */
const { ROWBOT_MODEL_RUNS, ROWBOT_MODEL_SEED, ROWBOT_MODEL_PATH } = process.env
/** One takes half a second. */
const LONGEST_MS = 60_000
const numRuns = Number(ROWBOT_MODEL_RUNS ?? 12)
const seed =
  ROWBOT_MODEL_SEED === undefined
    ? ROWBOT_MODEL_RUNS === undefined
      ? 16
      : undefined
    : Number(ROWBOT_MODEL_SEED)

test(
  'whatever happens: no row with an answer is called, each has its own answer, and what tasks cost is what the server charges',
  async () => {
    const outcome = await fc.check(fc.asyncProperty(story, play), {
      numRuns,
      timeout: LONGEST_MS, // a task that never ends is a fault, too
      ...(seed !== undefined && { seed }),
      ...(ROWBOT_MODEL_PATH !== undefined && { path: ROWBOT_MODEL_PATH }),
    })
    const { errorInstance } = outcome
    const fault = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : ''
    expect(outcome.failed ? `${fc.defaultReportMessage(outcome)}\n${fault}` : '').toBe('')
  },
  numRuns * LONGEST_MS,
)
