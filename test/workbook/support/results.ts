import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResultRow } from '../../../src/engine/task.ts'
import type { ResultHeader } from '../../../src/workbook/types.ts'
import { writeResultFile } from '../../../src/workbook/write/result.ts'
import { nano } from '../../support/nano.ts'

export const HEADER: ResultHeader = {
  headings: ['Name'],
  outputNames: ['text'],
  summary: [
    ['Workflow', 'Product copywriter'],
    ['Rows', 2],
  ],
}

export function resultRow(row: number, more: Partial<ResultRow> = {}): ResultRow {
  return {
    row,
    cells: [`Kettle ${row}`],
    status: 'succeeded',
    outputs: { text: `copy ${row}` },
    error: null,
    warning: null,
    attempts: 1,
    seconds: 1.25,
    tokens: 300,
    price: nano(0.002),
    currency: 'USD',
    workflowRunId: `run-${row}`,
    ...more,
  }
}

/** Writes a result as the worker does, and gives its path. */
export async function writtenResult(
  chunks: ResultRow[][],
  format: 'xlsx' | 'csv' = 'xlsx',
  header: Partial<ResultHeader> = {},
): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'rowbot-')), `out.${format}`)
  const writer = writeResultFile(path, `${path}.part`, format, { ...HEADER, ...header })
  await writer.next()
  for (const rows of chunks) await writer.next(rows)
  await writer.next()
  return path
}
