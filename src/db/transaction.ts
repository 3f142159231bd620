import { setTimeout } from 'node:timers/promises'
import type { Db, Trx } from './schema.ts'

/**
 * A transaction that sees the database as if no other ran beside it. SQLite has no others; on Postgres it is SERIALIZABLE,
 * and tried again when it met another one that changed what it had read.
 * @param work may be called several times, so it must do nothing but read and write in the transaction
 */
export async function inTransaction<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().setIsolationLevel('serializable').execute(work)
    } catch (fault) {
      if (!hasMetAnother(fault) || tries === MOST_TRIES) throw fault
      // Two that met once would meet again if both waited for the same time.
      await setTimeout(Math.random() * Math.min(2 ** tries, MAX_PAUSE_MS))
    }
  }
}

const MOST_TRIES = 30
const MAX_PAUSE_MS = 200

/** Postgres has rolled the transaction back because of another one: it changed nothing, and is to be tried again. */
export function hasMetAnother(fault: unknown): boolean {
  return codeOf(fault) === PLAN_OUTDATED || MET_ANOTHER.has(codeOf(fault))
}

/** A migration has changed what a prepared statement of this connection gives: in another connection it is planned anew. */
export function isOutdated(fault: unknown): boolean {
  return codeOf(fault) === PLAN_OUTDATED
}

function codeOf(fault: unknown): string {
  return fault instanceof Error && 'code' in fault ? String(fault.code) : ''
}

/** “cached plan must not change result type” */
const PLAN_OUTDATED = '0A000'

/** Thrown in a transaction that must be tried again, because another one was quicker. */
export class MetAnother extends Error {
  readonly code = '40001'
}

/** https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html: 40001, and 40P01 of a deadlock. */
const MET_ANOTHER = new Set(['40001', '40P01'])
