import type { ResultPicture, ResultRow } from '../engine/task.ts'
import type { FileStore } from '../files/file-store.ts'
import { pictureSizeOf } from '../files/picture-size.ts'
import type { NamedOutputFile } from './result-files.ts'

/** A result is still a workbook that opens in a second and can be sent: what is beyond is only in the ZIP. */
const MOST = { pictures: 500, bytes: 50 * 1024 * 1024, bytesOfOne: 1024 * 1024 }

/** Adds to the rows the small pictures among their outputs, in the order of the sheet: of each output the first. */
export async function* addingPictures(
  rows: AsyncIterable<ResultRow[]>,
  files: NamedOutputFile[],
  store: FileStore,
): AsyncGenerator<ResultRow[]> {
  const ofRow = Map.groupBy(files.filter(mayBePlaced), ({ row }) => row)
  const left = { pictures: MOST.pictures, bytes: MOST.bytes }
  for await (const chunk of rows) {
    const some: ResultRow[] = []
    for (const row of chunk) {
      const pictures = await picturesAmong(ofRow.get(row.row) ?? [], store, left)
      some.push(pictures.length === 0 ? row : { ...row, pictures })
    }
    yield some
  }
}

async function picturesAmong(
  files: NamedOutputFile[],
  store: FileStore,
  left: { pictures: number; bytes: number },
): Promise<ResultPicture[]> {
  const pictures: ResultPicture[] = []
  for (const { output, sha256, size } of files) {
    if (left.pictures === 0) break
    if (sha256 === null || size === null || size > left.bytes) continue
    if (pictures.some((picture) => picture.output === output)) continue
    const path = store.path(sha256)
    const found = await pictureSizeOf(path)
    if (!found) continue
    pictures.push({ output, path, ...found })
    left.pictures--
    left.bytes -= size
  }
  return pictures
}

function mayBePlaced({ status, size, mimeType, name }: NamedOutputFile): boolean {
  const isSmall = status === 'fetched' && size !== null && size <= MOST.bytesOfOne
  return isSmall && (mimeType.startsWith('image/') || /\.(png|jpe?g|gif)$/i.test(name))
}
