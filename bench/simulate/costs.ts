/*
 * What things cost, as measured (`bench distributed`, `bench chats`; docs/bench.md), and what others allow.
 */

/** A row on Postgres, all of it: claim, notes, settlement. */
export const ROW = {
  /** of a worker's one core, ms */
  workerCpuMs: 1.8,
  /** of the database's server, ms */
  postgresCpuMs: 1.45,
  /** of the write-ahead log */
  walBytes: 4_800,
}

/** A transaction of a worker, however many rows settle in it. */
export const TURN = {
  /** begin, commit and what is asked for between them, over a network of 0.3 ms there and back */
  roundTripMs: 0.3,
  roundTrips: 2,
  /** more for each row in it */
  roundTripsOfRow: 5.5,
  /** a flush of the database's disk */
  flushMs: 2,
}

/** What a process does while nothing happens: looks for tasks, signs of life, sweeps; statements a second. */
export const IDLE_STATEMENTS_A_SECOND = 3
export const STATEMENT_CPU_MS = 0.1

/** Connections to Postgres of a process: queries, pg-boss, and those that stay, for locks and notifications. */
export const CONNECTIONS = { pool: 10, jobs: 2, own: 2 }

/** https://docs.slack.dev/apis/web-api/rate-limits: chat.update is in tier 3, in each workspace. */
export const SLACK_EDITS_A_MINUTE = 50
/** A card is edited at most so often; seconds. */
export const EDIT_EVERY_SECONDS = 5
/** Messages of a task that are not edits: its card, its result, a question or two. */
export const POSTS_A_TASK = 3
