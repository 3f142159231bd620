import pLimit from 'p-limit'
import type { GivenFile } from '../engine/files.ts'
import { isConstantFileName } from '../engine/constant-files.ts'
import { isPictureName, pictureName } from '../engine/sheet-pictures.ts'
import { UserError } from '../engine/user-error.ts'
import { standardType } from '../workbook/check/file-kinds.ts'
import type { Limits } from '../workbook/limits.ts'
import type { SheetPicture, UploadFile } from '../workbook/types.ts'
import { picturesIn } from '../workbook/workbook.ts'
import { contentOf } from './content.ts'
import type { FileStore } from './file-store.ts'

/**
 * The upload with the pictures of its sheets among its files, each under the name of its cell, and their bytes in the store.
 * Beyond the limits, and of a workbook that cannot be read to its end, there are the first ones: the check says which cells
 * have a picture that is not sent.
 */
export async function withPictures(
  upload: UploadFile,
  { store, limits }: { store: FileStore; limits: Limits },
): Promise<UploadFile> {
  if (!mayHavePictures(upload.bytes)) return upload
  const pictures = await twoAtOnce(() => storedPictures(upload, store, limits))
  return pictures.length === 0 ? upload : { ...upload, files: [...(upload.files ?? []), ...pictures] }
}

/** Many people may send a workbook in the same second: the memory must be bounded. */
const twoAtOnce = pLimit(2)

async function storedPictures(upload: UploadFile, store: FileStore, limits: Limits): Promise<GivenFile[]> {
  const pictures: GivenFile[] = []
  try {
    for await (const some of inGroups(picturesIn(upload, limits)))
      pictures.push(...(await Promise.all(some.map((picture) => stored(picture, store)))).flat())
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault
  }
  return pictures
}

/** So many wait for the disk at once, and are in memory. */
const AT_ONCE = 4

async function* inGroups<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let group: T[] = []
  for await (const item of items) {
    if (group.push(item) < AT_ONCE) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

/** The files that came along, without the pictures of sheets and what was uploaded as a value for all rows. */
export function sentFilesOf({ files = [] }: Files): GivenFile[] {
  return files.filter(({ name }) => !isPictureName(name) && !isConstantFileName(name))
}

/** Everything that somebody sent: without the pictures of sheets. */
export function withoutPictures({ files = [] }: Files): GivenFile[] {
  return files.filter(({ name }) => !isPictureName(name))
}

type Files = { files?: GivenFile[] | undefined }

/** Without starting a thread: whether it is an archive in which the name of a folder of pictures occurs. */
function mayHavePictures(bytes: Uint8Array): boolean {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return archive.toString('latin1', 0, 2) === 'PK' && /[/\\]media[/\\]/i.test(endOf(archive))
}

/** An archive lists its parts at its end; ten thousand with long names take less than this. */
const LIST_BYTES = 2 * 1024 * 1024

function endOf(archive: Buffer): string {
  return archive.toString('latin1', Math.max(0, archive.length - LIST_BYTES))
}

async function stored({ name, bytes, places }: SheetPicture, store: FileStore): Promise<GivenFile[]> {
  let content: string | null = null
  const { sha256, size } = await store.put(only(bytes), undefined, async (file) => {
    content = await contentOf(file)
  })
  const named = /\.(\w{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? ''
  const extension = content !== null && standardType(content) === 'image' ? content : named
  return places.map((place) => ({ name: pictureName(place, extension), sha256, size, content }))
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
