import { type ExpressionBuilder, sql } from 'kysely'
import { decryptedWhole, encryptedWhole, NotDecrypted } from '../../engine/encrypted-bytes.ts'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Db, Schema, Trx } from '../schema.ts'
import { sealingOf } from '../sealed/data-key.ts'

/** The bytes of an upload, and its id. */
interface UploadBytes {
  id: string
  bytes: Uint8Array
}

/** What is stored of it. */
interface StoredUpload {
  bytes: Uint8Array
  encrypted: number
}

/** Encrypted, so that nobody can put it in place of another. An empty one says nothing, and stays. */
export async function encryptedUpload(db: Db | Trx, { id, bytes }: UploadBytes): Promise<StoredUpload> {
  if (bytes.byteLength === 0) return { bytes, encrypted: 0 }
  const salt = crypto.getRandomValues(new Uint8Array(32))
  return {
    bytes: await encryptedWhole(bytes, { key: await keyOf(db), what: `upload ${id}` }, salt),
    encrypted: 1,
  }
}

/** @throws UserError if it was changed since */
export async function decryptedUpload(db: Db, { id, bytes }: UploadBytes): Promise<Uint8Array> {
  try {
    return await decryptedWhole(bytes, { key: await keyOf(db), what: `upload ${id}` })
  } catch (fault) {
    if (!(fault instanceof NotDecrypted)) throw fault
    throw new UserError(say('upload-damaged', { id }), say('do-restore-upload'))
  }
}

async function keyOf(db: Db | Trx): Promise<Uint8Array> {
  const keys = await sealingOf(db)?.keys()
  if (!keys) throw new Error('an upload is encrypted, and there is no key')
  return keys.fileKey
}

/** Uploads that are not encrypted, or that are. */
export async function countUploadsIn(db: Db, form: 'plain' | 'encrypted'): Promise<number> {
  const { count } = await db
    .selectFrom('uploads')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('encrypted', '=', Number(form === 'encrypted'))
    .where(hasBytes)
    .executeTakeFirstOrThrow()
  return count
}

/**
 * Brings all uploads into one form, one after another, each in a statement of its own. It can be ended and begun again.
 * @param onUpload is called after each, with the bytes of its file
 * @returns the ids of those that stay as they are, because they cannot be decrypted
 */
export async function convertUploads(
  db: Db,
  to: 'plain' | 'encrypted',
  onUpload: (bytes: number) => void,
): Promise<string[]> {
  const damaged: string[] = []
  const encrypted = Number(to === 'encrypted')
  for (let after = ''; ;) {
    const next = await db
      .selectFrom('uploads')
      .select(['id', 'bytes', 'size'])
      .where('encrypted', '=', 1 - encrypted)
      .where(hasBytes)
      .where('id', '>', after)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    if (!next) return damaged
    after = next.id
    try {
      const stored =
        to === 'encrypted'
          ? await encryptedUpload(db, next)
          : { bytes: await decryptedUpload(db, next), encrypted: 0 }
      // Unless it was deleted meanwhile: its line stays, without its bytes.
      await db.updateTable('uploads').set(stored).where('id', '=', next.id).where(hasBytes).execute()
      onUpload(next.size)
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      damaged.push(next.id)
    }
  }
}

function hasBytes(eb: ExpressionBuilder<Schema, 'uploads'>) {
  return eb(sql<number>`length(${eb.ref('uploads.bytes')})`, '>', 0)
}
