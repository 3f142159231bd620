import type { Selectable } from 'kysely'
import { withoutNul } from '../json.ts'
import type { Db, DraftStatus, DraftTable, Trx } from '../schema.ts'
import { insertTaskMessage } from '../chats/task-messages.ts'
import { deleteUnusedUpload } from './uploads.ts'

/** A draft as it is kept. What is in owner, place, state and message, only the wizard knows. */
export type DraftRow = Selectable<DraftTable>

/** Undefined, and nothing written, where the same sending has a draft already. */
export async function insertDraft(db: Db, row: DraftRow): Promise<DraftRow | undefined> {
  return db
    .insertInto('drafts')
    .values({ ...row, file_name: withoutNul(row.file_name), state: withoutNul(row.state) })
    .onConflict((oc) => oc.column('source').doNothing())
    .returningAll()
    .executeTakeFirst()
}

export async function findDraft(db: Db | Trx, id: string): Promise<DraftRow | undefined> {
  return db.selectFrom('drafts').selectAll().where('id', '=', id).executeTakeFirst()
}

/** In which language somebody’s newest draft is. */
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

/** Writes a changed draft. Undefined, and nothing written, when somebody has changed it since it was read. */
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

/** Where its prompts stand: says nothing about the draft itself, and so leaves its revision. */
export async function setDraftMessage(db: Db, id: string, message: string): Promise<void> {
  await db.updateTable('drafts').set({ message }).where('id', '=', id).execute()
}

/** Ends a draft that did not become a task, and frees its upload. False: it had ended already. */
export async function endDraft(
  db: Db,
  id: string,
  status: Extract<DraftStatus, 'cancelled' | 'expired' | 'failed'>,
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const draft = await findDraft(trx, id)
    if (!draft || (draft.status !== 'open' && draft.status !== 'reading')) return false
    await updateDraft(trx, draft, { status, upload_id: null })
    if (draft.upload_id !== null) await deleteUnusedUpload(trx, draft.upload_id)
    return true
  })
}

/** Whether the draft is still what a task was asked for from: it may become one. */
export async function mayStart(db: Db | Trx, { id, nonce }: { id: string; nonce: string }): Promise<boolean> {
  const draft = await findDraft(db, id)
  return draft?.status === 'open' && draft.nonce === nonce
}

/** The draft becomes this task, once: undefined when it had ended, or changed since the task was made from it. */
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
 * Drafts that are past their time, oldest first.
 * @param filter.platform only those of its people, as their keys name it
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

/** Drafts whose file was being fetched: when the process begins, nobody fetches it any more. */
export async function listReadingDrafts(db: Db, platform: string): Promise<DraftRow[]> {
  return ofPlatform(db, platform).where('status', '=', 'reading').execute()
}

/** Each face ends its own, since it shows that they are over. */
function ofPlatform(db: Db, platform: string) {
  return db.selectFrom('drafts').selectAll().where('owner_key', 'like', `${platform}:%`)
}

/** Forgets drafts that ended long ago. Until then they tell a late event of the same sending. */
export async function deleteEndedDrafts(db: Db, before: number): Promise<void> {
  await db
    .deleteFrom('drafts')
    .where('status', 'not in', ['reading', 'open'])
    .where('expires_at', '<=', before)
    .execute()
}
