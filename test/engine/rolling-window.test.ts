import { expect, test } from 'bun:test'
import { heapStats } from 'bun:jsc'
import { RollingWindow } from '../../src/engine/rolling-window.ts'

const WINDOW_MS = 60_000

test('calls and tokens leave the window a minute after the call began', () => {
  const window = new RollingWindow(WINDOW_MS)
  window.add(0, { calls: 1 })
  window.add(30_000, { calls: 1 })
  window.add(0, { tokens: 500 }) // known when the call has ended
  expect(window.used(40_000)).toEqual({ calls: 2, tokens: 500, underWay: 0 })
  expect(window.used(61_000)).toEqual({ calls: 1, tokens: 0, underWay: 0 })
  expect(window.used(91_000)).toEqual({ calls: 0, tokens: 0, underWay: 0 })
})

test('a window that nobody asks holds no more than a minute of calls', () => {
  const window = new RollingWindow(WINDOW_MS)
  const before = objects()
  for (let at = 0; at < 10_000_000; at += 500) window.add(at, { calls: 1 })
  expect(objects() - before).toBeLessThan(1_000) // of 20,000 calls
  expect(window.used(10_000_000).calls).toBeGreaterThan(100)
})

/** Plain objects that are reachable. */
function objects(): number {
  Bun.gc(true)
  return heapStats().objectTypeCounts['Object'] ?? 0
}
