import { expect, test } from 'bun:test'
import type { NamedOutputFile } from '../../src/app/result-files.ts'
import { addingPictures } from '../../src/app/result-pictures.ts'
import type { ResultPicture, ResultRow } from '../../src/engine/task.ts'
import { FileStore } from '../../src/files/file-store.ts'
import { tempFolder } from '../support/bot.ts'
import { png } from '../workbook/support/pictures.ts'
import { resultRow } from '../workbook/support/results.ts'

const MB = 1024 * 1024

async function stored(bytes: Uint8Array) {
  const store = new FileStore(tempFolder())
  async function* pieces() {
    yield bytes
  }
  return { store, ...(await store.put(pieces())) }
}

function file(row: number, sha256: string, change: Partial<NamedOutputFile> = {}): NamedOutputFile {
  return {
    executionId: `e${row}`,
    taskId: 't',
    row,
    position: 1,
    output: 'text',
    name: 'chart.png',
    zipName: `${row}-chart.png`,
    mimeType: 'image/png',
    size: 70,
    url: '',
    status: 'fetched',
    error: null,
    sha256,
    askAgain: false,
    canBeFetched: true,
    ...change,
  }
}

/** How many pictures each row has. */
async function pictures(
  files: NamedOutputFile[],
  store: FileStore,
  rows: number,
): Promise<ResultPicture[][]> {
  async function* chunks(): AsyncGenerator<ResultRow[]> {
    yield Array.from({ length: rows }, (_, i) => resultRow(i + 2))
  }
  const found = await Array.fromAsync(addingPictures(chunks(), files, store))
  return found.flat().map((row) => row.pictures ?? [])
}

test('a row has the first picture of each of its outputs', async () => {
  const { store, sha256 } = await stored(png())
  const files = [
    file(2, sha256, { name: 'a.pdf', mimeType: 'application/pdf' }),
    file(2, sha256, { position: 2, mimeType: '' }),
    file(2, sha256, { position: 3 }),
    file(2, sha256, { position: 4, output: 'logo' }),
  ]
  const picture = { path: store.path(sha256), kind: 'png', width: 1, height: 1 } as const
  expect(await pictures(files, store, 2)).toEqual([
    [
      { output: 'text', ...picture },
      { output: 'logo', ...picture },
    ],
    [],
  ])
})

test.each<[string, Partial<NamedOutputFile>]>([
  ['larger than 1 MB', { size: MB + 1 }],
  ['not fetched', { status: 'failed', sha256: null }],
  ['gone from the store', { sha256: 'f'.repeat(64) }],
])('a picture that is %s is only a name', async (_, change) => {
  const { store, sha256 } = await stored(png())
  expect(await pictures([file(2, sha256, change)], store, 1)).toEqual([[]])
})

test('what says it is a picture and is none is only a name', async () => {
  const { store, sha256 } = await stored(new TextEncoder().encode('<html>sign in</html>'))
  expect(await pictures([file(2, sha256)], store, 1)).toEqual([[]])
})

test.each<[string, number, number]>([
  ['500 pictures', 70, 500],
  ['50 MB', MB, 50],
])('a result has %s, from the top of the sheet', async (_, size, most) => {
  const { store, sha256 } = await stored(png())
  const files = Array.from({ length: most + 3 }, (_, i) => file(i + 2, sha256, { size }))
  const found = await pictures(files, store, most + 3)
  expect(found.map(({ length }) => length)).toEqual([...Array<number>(most).fill(1), 0, 0, 0])
})
