import type { Selectable } from 'kysely'
import { withoutNul } from '../json.ts'
import type { Db, DraftStatus, DraftTable, Trx } from '../schema.ts'
import { insertTaskMessage } from '../chats/task-messages.ts'
import { deleteUnusedUpload } from './uploads.ts'
import { databaseNow } from '../open.ts'
import { inTransaction } from '../transaction.ts'

/** A draft as stored. Only the wizard knows the format of owner, place, state and message. */
export type DraftRow = Selectable<DraftTable>

/**
 * Undefined, and nothing written, when there is already a draft for the same sending (`source`).
 * @param readForMs how long its file may be fetched and read before others take this machine for dead; 0: there are none
 */
export async function insertDraft(
  db: Db,
  row: Omit<DraftRow, 'read_until'>,
  readForMs = 0,
): Promise<DraftRow | undefined> {
  return db
    .insertInto('drafts')
    .values((eb) => ({
      ...row,
      file_name: withoutNul(row.file_name),
      state: withoutNul(row.state),
      read_until: readForMs === 0 ? 0 : eb(databaseNow(db), '+', readForMs),
    }))
    .onConflict((oc) => oc.column('source').doNothing())
    .returningAll()
    .executeTakeFirst()
}

export async function findDraft(db: Db | Trx, id: string): Promise<DraftRow | undefined> {
  return db.selectFrom('drafts').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The draft that became this task. Undefined: there was none, or it is not stored any more. */
export async function findDraftOfTask(db: Db, taskId: string): Promise<DraftRow | undefined> {
  return db.selectFrom('drafts').selectAll().where('task_id', '=', taskId).executeTakeFirst()
}

export async function findDraftFrom(db: Db, source: string): Promise<DraftRow | undefined> {
  return db.selectFrom('drafts').selectAll().where('source', '=', source).executeTakeFirst()
}

/** The language of a person's newest draft. */
export async function findDraftLocale(db: Db, ownerKey: string): Promise<string | undefined> {
  const newest = await db
    .selectFrom('drafts')
    .select('locale')
    .where('owner_key', '=', ownerKey)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest?.locale
}

/** A person’s drafts that are neither over nor expired, the newest first. */
export async function listOpenDrafts(db: Db, ownerKey: string, now: number): Promise<DraftRow[]> {
  return db
    .selectFrom('drafts')
    .selectAll()
    .where('owner_key', '=', ownerKey)
    .where('status', 'in', ['reading', 'open'])
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .execute()
}

/** Writes a changed draft. Undefined, and nothing written, when it has changed since it was read. */
export async function updateDraft(
  db: Db | Trx,
  { id, revision }: Pick<DraftRow, 'id' | 'revision'>,
  change: Partial<Pick<DraftRow, 'status' | 'nonce' | 'file_name' | 'upload_id' | 'state'>>,
): Promise<DraftRow | undefined> {
  return db
    .updateTable('drafts')
    .set({ ...change, revision: revision + 1 })
    .where('id', '=', id)
    .where('revision', '=', revision)
    .where('status', 'in', ['reading', 'open'])
    .returningAll()
    .executeTakeFirst()
}

/** Stores where its prompts are. This does not change the draft itself, so the revision stays. */
export async function setDraftMessage(db: Db, id: string, message: string): Promise<void> {
  await db.updateTable('drafts').set({ message }).where('id', '=', id).execute()
}

/** Ends a draft that did not become a task, and deletes its upload. False: it had already ended. */
export async function endDraft(
  db: Db,
  id: string,
  status: Extract<DraftStatus, 'cancelled' | 'expired' | 'failed'>,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const draft = await findDraft(trx, id)
    if (!draft || (draft.status !== 'open' && draft.status !== 'reading')) return false
    await updateDraft(trx, draft, { status, upload_id: null })
    if (draft.upload_id !== null) await deleteUnusedUpload(trx, draft.upload_id)
    return true
  })
}

/** Whether the draft is still open and unchanged since a task was asked for, so that it may become one. */
export async function mayStart(db: Db | Trx, { id, nonce }: { id: string; nonce: string }): Promise<boolean> {
  const draft = await findDraft(db, id)
  return draft?.status === 'open' && draft.nonce === nonce
}

/** Turns the draft into this task, once. Undefined when it had ended, or has changed since the task was asked for. */
export async function startDraft(
  trx: Trx,
  { id, nonce, inChat }: { id: string; nonce: string; inChat: boolean },
  taskId: string,
): Promise<DraftRow | undefined> {
  const draft = await trx
    .updateTable('drafts')
    .set((eb) => ({ status: 'started', upload_id: null, task_id: taskId, revision: eb('revision', '+', 1) }))
    .where('id', '=', id)
    .where('nonce', '=', nonce)
    .where('status', '=', 'open')
    .returningAll()
    .executeTakeFirst()
  if (draft && inChat) await insertTaskMessage(trx, { ...draft, taskId })
  return draft
}

/**
 * Drafts that have expired, oldest first.
 * @param filter.platform only drafts of people on this platform (the first part of their key)
 */
export async function listExpiredDrafts(
  db: Db,
  platform: string,
  now: number,
  limit = 100,
): Promise<DraftRow[]> {
  return ofPlatform(db, platform)
    .where('status', 'in', ['reading', 'open'])
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit)
    .execute()
}

/** The machine that fetches and reads a draft’s file is alive. */
export async function keepReading(db: Db, id: string, readForMs: number): Promise<void> {
  await db
    .updateTable('drafts')
    .set((eb) => ({ read_until: eb(databaseNow(db), '+', readForMs) }))
    .where('id', '=', id)
    .where('status', '=', 'reading')
    .execute()
}

/** Drafts whose file was being fetched by a machine that is dead; where there is one process, by an earlier one. */
export async function listReadingDrafts(db: Db, platform: string): Promise<DraftRow[]> {
  return ofPlatform(db, platform)
    .where('status', '=', 'reading')
    .where('read_until', '<=', databaseNow(db))
    .execute()
}

/** By platform, because each one ends its own drafts and shows that they are over. */
function ofPlatform(db: Db, platform: string) {
  return db.selectFrom('drafts').selectAll().where('owner_key', 'like', `${platform}:%`)
}

/** Deletes drafts that ended long ago. Until then, a late event of the same sending is recognised by them. */
export async function deleteEndedDrafts(db: Db, before: number): Promise<void> {
  await db
    .deleteFrom('drafts')
    .where('status', 'not in', ['reading', 'open'])
    .where('expires_at', '<=', before)
    .execute()
}
