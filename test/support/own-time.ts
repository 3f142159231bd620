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
