import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { readValues } from '../../../src/workbook/workbook.ts'

/** The rows of a result by its headings, read by our own reader. */
export async function readSheet(bytes: Uint8Array, name: string): Promise<Record<string, unknown>[]> {
  const { headings, rows } = await readValues({ name, bytes }, {}, DEFAULT_LIMITS)
  const all: Record<string, unknown>[] = []
  for await (const chunk of rows)
    for (const { cells } of chunk)
      all.push(Object.fromEntries(headings.map((heading, i) => [heading, cells[i]])))
  return all
}
