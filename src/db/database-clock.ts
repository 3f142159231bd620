import { sql } from 'kysely'
import { type Clock, REAL_CLOCK } from '../engine/clock.ts'
import type { Db } from './schema.ts'

/**
 * The clock of the database's server: the machines that share it agree on the time, however wrong their own clocks are.
 * It is counted on by this process, and compared with the server now and then.
 */
export interface DatabaseClock extends Clock {
  stop(): void
}

/** A machine's crystal drifts by some milliseconds an hour. */
const COMPARE_EVERY_MS = 60_000
const SAMPLES = 3

/** @throws DatabaseUnreachable */
export async function databaseClock(db: Db, compareEveryMs = COMPARE_EVERY_MS): Promise<DatabaseClock> {
  const atStart = await ahead(db)
  let offset = atStart
  const compare = async () => {
    offset = await ahead(db).catch(() => offset) // out of reach: it is counted on
  }
  const timer = setInterval(() => void compare(), compareEveryMs)
  timer.unref()
  return {
    now: () => Math.round(performance.now() + offset),
    monotonicNow: () => Math.round(performance.now() + atStart),
    uptime: () => REAL_CLOCK.uptime(),
    after: (ms, action) => REAL_CLOCK.after(ms, action),
    stop: () => clearInterval(timer),
  }
}

/** How far the server's clock is ahead of `performance.now()`, as the quickest of a few answers shows; ms. */
async function ahead(db: Db): Promise<number> {
  let best = { took: Number.POSITIVE_INFINITY, ahead: 0 }
  for (let n = 0; n < SAMPLES; n++) {
    const asked = performance.now()
    const { rows } = await sql<{ now: number }>`
      select cast(extract(epoch from clock_timestamp()) * 1000 as double precision) as now`.execute(db)
    const took = performance.now() - asked
    if (took < best.took) best = { took, ahead: (rows[0]?.now ?? 0) - asked - took / 2 }
  }
  return best.ahead
}
