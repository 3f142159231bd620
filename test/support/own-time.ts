import { later } from './bot.ts'

/*
 * Two clocks for what must not take long: on a busy machine everything takes long, and that must not make a test fail.
 */

/** Counts the milliseconds of CPU that this process uses, workers included: for what may be slow because it does much. */
export function cpuClock(): () => number {
  const began = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(began)
    return (user + system) / 1_000
  }
}

const BEAT_MS = 10

/**
 * Counts the milliseconds in which this process could have gone on: for what may be slow because it waits. While others
 * have the CPU, or a test holds the event loop, it stands still.
 */
export function waitClock(): () => number {
  let beats = 0
  const timer = setInterval(() => void beats++, BEAT_MS)
  later(() => clearInterval(timer))
  return () => beats * BEAT_MS
}

let passed = 0
let last: { at: number; cpuMs: () => number } | undefined

/**
 * A time in milliseconds that passes only while this process runs or could run: for limits such as Slack's 3 s, which a
 * busy machine must not break, and a process that holds its own event loop must.
 */
export function ownNow(): number {
  if (!last) setInterval(ownNow, BEAT_MS).unref()
  const at = performance.now()
  if (last) passed += Math.min(at - last.at, Math.max(BEAT_MS, last.cpuMs()))
  last = { at, cpuMs: cpuClock() }
  return passed
}
