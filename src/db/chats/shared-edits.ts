import { databaseNow } from '../open.ts'
import type { Db } from '../schema.ts'

/** What a machine has done to a workspace lately. */
export interface NotedEdits {
  /** `slack:T1` */
  workspace: string
  edits: number
  /** how much longer the platform wants us to pause; ms */
  holdMs: number
}

/** Longer ago than a platform’s limit looks back. */
const OLD_MS = 120_000

export async function insertEdits(db: Db, machine: string, noted: NotedEdits[]): Promise<void> {
  if (noted.length === 0) return
  const now = databaseNow(db)
  await db
    .insertInto('chat_edits')
    .values((eb) =>
      noted.map(({ workspace, edits, holdMs }) => ({
        workspace,
        machine,
        edits,
        hold_until: holdMs > 0 ? eb(now, '+', Math.ceil(holdMs)) : 0,
        at: now,
      })),
    )
    .execute()
}

/** What the other machines have done in the last `ms`. @returns `agoMs`: since when */
export async function listEditsElsewhere(
  db: Db,
  machine: string,
  ms: number,
): Promise<(NotedEdits & { agoMs: number })[]> {
  const now = databaseNow(db)
  const rows = await db
    .selectFrom('chat_edits')
    .select((eb) => [
      'workspace',
      'edits',
      eb(now, '-', eb.ref('at')).as('ago_ms'),
      eb('hold_until', '-', now).as('hold_ms'),
    ])
    .where('machine', '<>', machine)
    .where((eb) => eb.or([eb('at', '>', eb(now, '-', ms)), eb('hold_until', '>', now)]))
    .execute()
  return rows.map(({ workspace, edits, ago_ms, hold_ms }) => ({
    workspace,
    edits,
    agoMs: ago_ms,
    holdMs: Math.max(0, hold_ms),
  }))
}

export async function deleteOldEdits(db: Db): Promise<void> {
  const now = databaseNow(db)
  await db
    .deleteFrom('chat_edits')
    .where((eb) => eb('at', '<', eb(now, '-', OLD_MS)))
    .where('hold_until', '<', now)
    .execute()
}
