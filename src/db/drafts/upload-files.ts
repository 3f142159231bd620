import type { GivenFile } from '../../engine/files.ts'
import type { Db, Trx } from '../schema.ts'

/** Rows of one insert: SQLite takes 32,766 values in a statement. */
const CHUNK_FILES = 1_000

export async function insertUploadFiles(db: Db | Trx, uploadId: string, files: GivenFile[]): Promise<void> {
  for (let i = 0; i < files.length; i += CHUNK_FILES) {
    const rows = files.slice(i, i + CHUNK_FILES).map((file, n) => ({
      upload_id: uploadId,
      position: i + n,
      name: file.name,
      sha256: file.sha256,
      size: file.size,
      content: file.content,
    }))
    await db.insertInto('upload_files').values(rows).execute()
  }
}

/** The files of an upload, in the order in which they came. */
export async function listUploadFiles(db: Db | Trx, uploadId: string): Promise<GivenFile[]> {
  return db
    .selectFrom('upload_files')
    .select(['name', 'sha256', 'size', 'content'])
    .where('upload_id', '=', uploadId)
    .orderBy('position')
    .execute()
}

/** The file of an upload with these bytes. */
export async function findUploadFile(
  db: Db,
  uploadId: string,
  sha256: string,
): Promise<GivenFile | undefined> {
  return db
    .selectFrom('upload_files')
    .select(['name', 'sha256', 'size', 'content'])
    .where('upload_id', '=', uploadId)
    .where('sha256', '=', sha256)
    .limit(1)
    .executeTakeFirst()
}

/** Which of these hashes, of at most some thousand files, an upload has. */
export async function findUsedHashes(db: Db | Trx, hashes: string[]): Promise<Set<string>> {
  const used = new Set<string>()
  for (let i = 0; i < hashes.length; i += CHUNK_FILES) {
    const rows = await db
      .selectFrom('upload_files')
      .select('sha256')
      .distinct()
      .where('sha256', 'in', hashes.slice(i, i + CHUNK_FILES))
      .execute()
    for (const { sha256 } of rows) used.add(sha256)
  }
  return used
}
