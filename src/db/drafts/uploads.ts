import type { Db, Trx } from '../schema.ts'

export interface Upload {
  id: string
  fileName: string
  bytes: Uint8Array
}

export async function insertUpload(
  db: Db | Trx,
  { id, fileName, bytes }: Upload,
  now: number,
): Promise<void> {
  await db
    .insertInto('uploads')
    .values({ id, file_name: fileName, size: bytes.byteLength, bytes, created_at: now })
    .execute()
}

export async function findUpload(db: Db, id: string): Promise<Upload | undefined> {
  const row = await db
    .selectFrom('uploads')
    .select(['file_name', 'bytes'])
    .where('id', '=', id)
    .executeTakeFirst()
  return row && { id, fileName: row.file_name, bytes: row.bytes }
}

/** Deletes the upload unless a task or a draft still uses it. */
export async function deleteUnusedUpload(db: Trx, id: string): Promise<void> {
  await db
    .deleteFrom('uploads')
    .where('id', '=', id)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('batch_tasks').select('id').where('upload_id', '=', id))))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('drafts').select('id').where('upload_id', '=', id))))
    .execute()
}
