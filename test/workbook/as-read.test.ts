import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import type { Variable } from '../../src/engine/workflow.ts'
import { asRead } from '../../src/workbook/as-read.ts'
import { check } from '../../src/workbook/check/check.ts'
import { preparedRows } from '../../src/workbook/check/rows.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { openBook } from '../../src/workbook/read/open-book.ts'
import type { CheckOptions } from '../../src/workbook/types.ts'
import { upload } from './support/xlsx.ts'

const FIXTURES = new URL('fixtures/', import.meta.url)
const files = ['', 'csv/'].flatMap((folder) =>
  readdirSync(new URL(folder, FIXTURES))
    .filter((name) => /\.(xlsx|xls|xlsb|ods|csv)$/.test(name))
    .map((name) => folder + name),
)

async function openFile(name: string, options: CheckOptions) {
  const bytes = new Uint8Array(await Bun.file(new URL(name, FIXTURES)).arrayBuffer())
  return openBook(upload(bytes, name), DEFAULT_LIMITS, options)
}

const ways: CheckOptions[] = [{}, { values: 'raw' }, { rows: 'visible' }, { headingRows: 2 }]

test.each(files)('what was checked of %s is what runs when it is read again as shown', async (name) => {
  for (const way of ways) {
    const { headings } = await check(await openFile(name, way), way, DEFAULT_LIMITS)
    const variables = headings
      .filter((heading, i) => heading.trim() !== '' && headings.indexOf(heading) === i)
      .map((heading): Variable => ({ name: heading, label: heading, type: 'paragraph', required: false }))
    const options = { ...way, variables }
    const found = await check(await openFile(name, options), options, DEFAULT_LIMITS)
    const again = { ...options, ...asRead(way, found) }
    const rows = (
      await Array.fromAsync(preparedRows(await openFile(name, again), again, DEFAULT_LIMITS))
    ).flat()
    expect(rows).toHaveLength(found.rows)
    if (found.good > 0) expect(rows.filter(({ inputs }) => inputs)).toHaveLength(found.good)
    expect(rows.slice(0, found.preview.length).map(({ row }) => row)).toEqual(
      found.preview.map(({ row }) => row),
    )
  }
})
