import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { expect, test } from 'bun:test'
import { makeResultFile, makeResultZip, type NamedContent } from '../../src/app/chat-results.ts'
import type { SandboxApp } from '../../src/dify/sandbox/app.ts'
import { SAMPLE_APPS } from '../../src/dify/sandbox/apps/all.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { aBot, later, orderOf, tempFolder, withWorkflow } from '../support/bot.ts'
import { FILE_APP_KEY, fileApp } from '../support/file-apps.ts'
import { filesInZip } from '../support/files-in-zip.ts'

/** A result of so many rows that can hardly be packed. */
async function aResult(rows: number, bytesARow = 1_500) {
  const { bot, submit, ended } = await aBot()
  const { id } = await submit(rows, {}, () => randomBytes(bytesARow).toString('base64'))
  bot.startRunner()
  const result = await makeResultFile(bot.db, await ended(id), DEFAULT_LIMITS)
  later(() => result.remove())
  return result
}

async function rowsOf({ content }: NamedContent): Promise<{ headings: string; names: string[] }> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(await content.arrayBuffer())
  const sheet = book.worksheets[0]
  const texts = (n: number) => sheet?.getRow(n).values
  const names = Array.from({ length: (sheet?.rowCount ?? 1) - 1 }, (_, i) =>
    String(sheet?.getRow(i + 2).getCell(1).text),
  )
  return { headings: JSON.stringify(texts(1)), names }
}

test('a result in parts: each opens by itself, fits, and has its rows; together they have every row once', async () => {
  const { content, smaller } = await aResult(20)
  const max = Math.ceil(content.size / 1.5)
  const parts = (await smaller.parts(max)) ?? []
  expect(parts.map(({ name }) => name)).toEqual([
    'products.results.part-1-of-2.xlsx',
    'products.results.part-2-of-2.xlsx',
  ])
  expect(parts.every((part) => part.content.size <= max)).toBe(true)
  const read = await Promise.all(parts.map(rowsOf))
  expect(new Set(read.map(({ headings }) => headings)).size).toBe(1)
  expect(read.flatMap(({ names }) => names)).toEqual(Array.from({ length: 20 }, (_, i) => `Kettle ${i + 2}`))
  const bounds = parts.flatMap(({ rows }) => [rows.from, rows.to])
  expect(bounds[0]).toBe(2)
  expect(bounds.at(-1)).toBe(21)
  expect(bounds).toEqual(bounds.toSorted((a, b) => a - b))
})

test('a result that is small enough in a new workbook comes as one', async () => {
  const { name, content, smaller } = await aResult(3)
  const parts = await smaller.parts(content.size * 2)
  expect(parts?.map((part) => part.name)).toEqual([name])
})

test('a result is not split where ten parts are not enough, or one row alone is too large', async () => {
  expect(await (await aResult(40)).smaller.parts(9_000)).toBeUndefined()
  expect(await (await aResult(2, 40_000)).smaller.parts(30_000)).toBeUndefined()
})

test('a result as CSV in a ZIP is smaller, and the same each time', async () => {
  const { content, smaller } = await aResult(5, 10)
  const zip = await smaller.zipped?.()
  if (!zip) throw new Error('no ZIP')
  expect(zip.name).toBe('products.results.csv.zip')
  expect(zip.content.size).toBeLessThan(content.size)
  const first = Buffer.from(await zip.content.arrayBuffer())
  const path = join(tempFolder(), 'result.zip')
  await Bun.write(path, first)
  const [[file, csv] = []] = await filesInZip(path)
  expect(file).toBe('products.results.csv')
  expect(csv?.toString()).toContain('Kettle 6')
  const again = await smaller.zipped?.()
  expect(Buffer.from((await again?.content.arrayBuffer()) ?? new ArrayBuffer(0)).equals(first)).toBe(true)
})

/** A file of 10,000 bytes for each row. */
const work: SandboxApp['work'] = (inputs, _query, _files, appFiles) => ({
  outputs: {
    scan: appFiles.make(`${String(inputs['name'])}.bin`, 'application/octet-stream', Buffer.alloc(10_000, 7)),
  },
  text: '',
})

test('files in parts: ZIPs of whole files that fit, every file in one; none if a file alone is too large', async () => {
  const { bot, sandbox, ended } = await aBot({ apps: [...SAMPLE_APPS, fileApp(work)] })
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: FILE_APP_KEY })
  const { id } = await bot.engine.submit(orderOf(workflow, 5))
  bot.startRunner()
  const zip = await makeResultZip(bot.db, bot.files, await ended(id))
  if (!zip) throw new Error('no files')
  later(() => zip.remove())
  const max = 25_000
  const parts = (await zip.smaller.parts(max)) ?? []
  expect(parts.map(({ name, rows }) => `${name} ${rows.from}-${rows.to}`)).toEqual([
    'products.results.files.part-1-of-3.zip 2-3',
    'products.results.files.part-2-of-3.zip 4-5',
    'products.results.files.part-3-of-3.zip 6-6',
  ])
  const names: string[] = []
  for (const { content } of parts) {
    expect(content.size).toBeLessThanOrEqual(max)
    const path = join(tempFolder(), 'part.zip')
    await Bun.write(path, content)
    names.push(...(await filesInZip(path)).keys())
  }
  expect(names).toHaveLength(5)
  expect(await zip.smaller.parts(9_000)).toBeUndefined()
  expect('zipped' in zip.smaller).toBe(false)
})
