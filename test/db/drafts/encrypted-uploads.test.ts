import { expect, test } from 'bun:test'
import { convertUploads, countUploadsIn } from '../../../src/db/drafts/encrypted-uploads.ts'
import { findUpload, insertUpload } from '../../../src/db/drafts/uploads.ts'
import type { Db } from '../../../src/db/schema.ts'
import { openSealing } from '../../../src/db/sealed/data-key.ts'
import { createSecretBox } from '../../../src/db/workflows/secret-box.ts'
import { openShelf } from '../../support/runner-store.ts'

const BOX = createSecretBox('a key for uploads in tests')
const SECRET = 'Zoë wants 4,200 € back'

/** Uploads with these texts, of which the database has only that the setting is so. */
async function uploads(isOn: boolean, ...texts: string[]) {
  const { db } = await openShelf()
  await openSealing(db, BOX, isOn)
  for (const [n, text] of texts.entries())
    await insertUpload(db, { id: `upload-${n}`, fileName: 'a.csv', bytes: Buffer.from(text) }, n)
  return db
}

async function textsIn(db: Db, count: number): Promise<string[]> {
  const found = await Promise.all(Array.from({ length: count }, (_, n) => findUpload(db, `upload-${n}`)))
  return found.map((upload) => Buffer.from(upload?.bytes ?? []).toString())
}

async function storedIn(db: Db): Promise<Buffer> {
  const rows = await db.selectFrom('uploads').select('bytes').execute()
  return Buffer.concat(rows.map(({ bytes }) => bytes))
}

test('the bytes of an upload are encrypted, its size is that of the file, and it reads as it was', async () => {
  const db = await uploads(true, SECRET, '', SECRET.repeat(100_000))
  expect((await storedIn(db)).includes(SECRET)).toBe(false)
  expect(await textsIn(db, 3)).toEqual([SECRET, '', SECRET.repeat(100_000)])
  const row = await db.selectFrom('uploads').select('size').where('id', '=', 'upload-0').executeTakeFirst()
  expect(row?.size).toBe(Buffer.byteLength(SECRET))
})

test('those from before are encrypted, and the way back; one that was changed stays, and is said by its id', async () => {
  const texts = [SECRET, 'RBSEALED1 is how it begins', 'third']
  const db = await uploads(false, ...texts)
  expect((await storedIn(db)).includes(SECRET)).toBe(true)
  await openSealing(db, BOX, true)
  expect(await countUploadsIn(db, 'plain')).toBe(3)
  expect(await convertUploads(db, 'encrypted', () => {})).toEqual([])
  expect(await countUploadsIn(db, 'plain')).toBe(0)
  expect((await storedIn(db)).includes(SECRET)).toBe(false)
  expect(await textsIn(db, 3)).toEqual(texts)

  // One in place of another, which decrypts for the other alone.
  const first = await db
    .selectFrom('uploads')
    .select('bytes')
    .where('id', '=', 'upload-0')
    .executeTakeFirstOrThrow()
  await db.updateTable('uploads').set({ bytes: first.bytes }).where('id', '=', 'upload-2').execute()
  await expect(findUpload(db, 'upload-2')).rejects.toThrow('The file of upload upload-2 cannot be decrypted')
  await openSealing(db, BOX, false)
  expect(await textsIn(db, 2)).toEqual(texts.slice(0, 2))
  expect(await convertUploads(db, 'plain', () => {})).toEqual(['upload-2'])
  expect(await textsIn(db, 2)).toEqual(texts.slice(0, 2))
  expect(await countUploadsIn(db, 'encrypted')).toBe(1)
})

test('an upload that was deleted while it was encrypted stays deleted', async () => {
  const db = await uploads(false, SECRET)
  await openSealing(db, BOX, true)
  await db.updateTable('uploads').set({ bytes: new Uint8Array() }).where('id', '=', 'upload-0').execute()
  await convertUploads(db, 'encrypted', () => expect.unreachable())
  expect(await findUpload(db, 'upload-0')).toBeUndefined()
})
