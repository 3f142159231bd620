import { expect, test } from 'bun:test'
import { aBusySlack } from './support/busy-slack.ts'

/** Slack gives three seconds. Alone on a machine it takes a tenth of one: `bun run bench chats`. */
const LIMIT_MS = 3_000

test('30 tasks in 10 channels of a Slack with limits: no call is too many, and every click is answered in time', async () => {
  const { clickMs, mostEdits, tooMany, duringRead, results, completed } = await aBusySlack({
    tasks: 30,
    channels: 10,
    rows: 8,
    rowMs: 100,
    faster: 10,
    sheetRows: 100_000,
    clicks: 15,
  })
  expect(tooMany).toEqual([])
  expect(mostEdits).toBeLessThanOrEqual(40)
  expect(clickMs.length).toBeGreaterThan(5)
  expect(Math.max(...clickMs)).toBeLessThan(LIMIT_MS)
  expect(duringRead).toBeGreaterThan(3)
  expect({ results, completed }).toEqual({ results: 30, completed: 30 })
})
