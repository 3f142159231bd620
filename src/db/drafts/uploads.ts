import { CONSTANT_FILES } from '../../engine/constant-files.ts'
import type { GivenFile } from '../../engine/files.ts'
import { PICTURES } from '../../engine/sheet-pictures.ts'
import type { Db, Trx } from '../schema.ts'
import { sealingOf } from '../sealed/data-key.ts'
import { decryptedUpload, encryptedUpload } from './encrypted-uploads.ts'
import { insertUploadFiles, listUploadFiles } from './upload-files.ts'

export interface Upload {
  id: string
  fileName: string
  bytes: Uint8Array
  /** that came along with it */
  files?: GivenFile[]
  /** nobody sent this table; Rowbot made it, with a row for each of the files */
  listsFiles?: boolean
}

export async function insertUpload(
  db: Db | Trx,
  { id, fileName, bytes, files = [], listsFiles = false }: Upload,
  now: number,
): Promise<void> {
  const stored = sealingOf(db)?.isOn ? await encryptedUpload(db, { id, bytes }) : { bytes, encrypted: 0 }
  await db
    .insertInto('uploads')
    .values({
      id,
      file_name: fileName,
      size: bytes.byteLength,
      created_at: now,
      lists_files: Number(listsFiles),
      ...stored,
    })
    .execute()
  await insertUploadFiles(db, id, files)
}

export async function findUpload(db: Db, id: string): Promise<Upload | undefined> {
  const row = await db
    .selectFrom('uploads')
    .select(['file_name', 'size', 'bytes', 'lists_files', 'encrypted'])
    .where('id', '=', id)
    .executeTakeFirst()
  // Emptied: it was deleted because it was old.
  if (!row || (row.size > 0 && row.bytes.byteLength === 0)) return undefined
  const files = await listUploadFiles(db, id)
  const bytes = row.encrypted === 1 ? await decryptedUpload(db, { id, bytes: row.bytes }) : row.bytes
  return { id, fileName: row.file_name, bytes, files, listsFiles: row.lists_files === 1 }
}

/**
 * How many files came along with an upload, without the pictures of its sheets and what is the same for all rows, and
 * whether each of them is a row.
 */
export async function countUploadFiles(db: Db, id: string): Promise<{ files: number; listsFiles: boolean }> {
  const row = await db
    .selectFrom('uploads')
    .select((eb) => [
      'lists_files',
      eb
        .selectFrom('upload_files')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('upload_id', '=', id)
        .where('name', 'not like', `${PICTURES}%`)
        .where('name', 'not like', `${CONSTANT_FILES}%`)
        .as('files'),
    ])
    .where('id', '=', id)
    .executeTakeFirst()
  return { files: row?.files ?? 0, listsFiles: row?.lists_files === 1 }
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
