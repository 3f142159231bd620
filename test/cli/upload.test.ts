import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathOfResults, progressOn } from '../../src/cli/upload.ts'
import { findFiles } from '../../src/cli/sent-files.ts'
import { resultPath } from '../../src/cli/files.ts'
import { tempFolder } from '../support/bot.ts'

async function aPlace() {
  const place = tempFolder()
  const pdfs = join(place, 'pdfs')
  for (const folder of ['2024', '2025']) await Bun.write(join(pdfs, folder, 'a.pdf'), folder)
  await Bun.write(join(pdfs, 'all.zip'), 'x')
  return { place, pdfs }
}

test('results lie beside the folder of the files, never in it', async () => {
  const { place, pdfs } = await aPlace()
  const whereFor = (file: string | undefined, ...files: string[]) =>
    resultPath(pathOfResults({ file, files }), '')
  expect(whereFor(undefined, pdfs)).toBe(join(place, 'pdfs.results.xlsx'))
  expect(whereFor(undefined, `${pdfs}//`)).toBe(join(place, 'pdfs.results.xlsx'))
  expect(whereFor(undefined, join(pdfs, '2024', '..'))).toBe(join(place, 'pdfs.results.xlsx'))
  expect(whereFor(undefined, join(pdfs, 'all.zip'), pdfs)).toBe(join(place, 'pdfs.results.xlsx'))
  expect(whereFor(undefined, join(pdfs, 'all.zip'))).toBe(join(pdfs, 'all.results.xlsx'))
  expect(whereFor(join(place, 'orders.csv'), pdfs)).toBe(join(place, 'orders.results.xlsx'))
  expect(pathOfResults({ files: ['.'] })).toBe(`${process.cwd()}.files`)
  await mkdir(join(place, 'v1.2'))
  expect(basename(whereFor(undefined, join(place, 'v1.2')))).toBe('v1.2.results.xlsx')
})

test('files of several folders have the folder’s name; the sheet among them is left out', async () => {
  const { pdfs } = await aPlace()
  const options = { maxFiles: 3, except: undefined }
  const namesOf = async (...paths: string[]) =>
    (await findFiles(paths, options)).files.map(({ name }) => name)
  expect(await namesOf(pdfs)).toEqual(['2024/a.pdf', '2025/a.pdf', 'all.zip'])
  expect(await namesOf(join(pdfs, '2024'))).toEqual(['a.pdf'])
  expect(await namesOf(join(pdfs, '2024'), join(pdfs, '2025'))).toEqual(['2024/a.pdf', '2025/a.pdf'])
  const sheet = join(dirname(pdfs), 'pdfs/all.zip')
  const found = await findFiles([pdfs], { ...options, except: sheet })
  expect([found.files.length, found.bytes]).toEqual([2, 8])
})

test('how much is read is shown after a second, ten times a second at most', () => {
  let now = 0
  const shown: string[] = []
  const progress = progressOn({ live: (line) => shown.push(line) }, 3 * 2 ** 30, () => now)
  for (const [at, bytes] of [
    [999, 2 ** 20],
    [1_000, 2 ** 20],
    [1_050, 2 ** 21],
    [1_100, 1.5 * 2 ** 30],
    [9_000, 4 * 2 ** 30],
  ] as const) {
    now = at
    progress(bytes)
  }
  expect(shown).toEqual([
    'Reading files: 1 MB of 3.0 GB',
    'Reading files: 1.5 GB of 3.0 GB',
    'Reading files: 4.0 GB',
  ])
})

test('a folder with more files than the limit is refused before all of them are listed', async () => {
  const folder = tempFolder()
  for (let n = 0; n < 3_000; n += 100)
    await Promise.all(Array.from({ length: 100 }, (_, i) => Bun.write(join(folder, `${n + i}`), '')))
  await expect(findFiles([folder], { maxFiles: 2_000, except: undefined })).rejects.toThrow(
    `There are more than 2,000 files in ${folder}, which is the limit.`,
  )
})
