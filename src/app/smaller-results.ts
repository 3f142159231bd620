import { stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { resultRows } from '../db/rows/result-rows.ts'
import type { Db } from '../db/schema.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { FileStore } from '../files/file-store.ts'
import { writeZip, writeZipOfFile } from '../files/result-files.ts'
import type { Limits } from '../workbook/limits.ts'
import type { RowRange } from '../workbook/types.ts'
import { listResultFiles, zipNameOf } from './result-files.ts'
import { resultName, writeTaskResult } from './results.ts'

/** What the smaller files of a result are made of, and the folder that they are written to. */
export interface ResultSource {
  db: Db
  task: TaskView
  workflowName: string
  limits: Limits
  folder: string
}

/** More files than this are no help to anybody. */
const MAX_PARTS = 10
/** A workbook has more than its rows. */
const FILLED = 0.9

/**
 * The result as CSV in a ZIP: `products-q3.results.csv.zip`. A workbook is a ZIP already, and packing it once more makes
 * it 3 to 9 % smaller; as packed CSV, results of 4,000 to 20,000 rows were 39 to 66 % smaller than the workbook, the
 * more so the shorter their texts.
 */
export async function zippedCsv({ db, task, workflowName, limits, folder }: ResultSource) {
  const csv = resultName(task.fileName, 'csv')
  const path = join(folder, 'result.csv')
  const zip = `${path}.zip`
  await writeTaskResult(db, task, workflowName, { path, format: 'csv', limits })
  await writeZipOfFile(zip, { name: csv, path })
  return { name: `${csv}.zip`, content: Bun.file(zip) }
}

/**
 * The result in new workbooks, each with the headings and its share of the rows; one, if that is small enough: the
 * person’s own workbook may have much besides its rows.
 */
export async function resultParts(source: ResultSource, maxBytes: number) {
  const weighed = await weighRows(source)
  for (let count = 1; count <= Math.min(MAX_PARTS, weighed.length);) {
    const ranges = inParts(weighed, count)
    const parts = []
    let largest = 0
    for (const [i, rows] of ranges.entries()) {
      const path = join(source.folder, `part-${i + 1}.xlsx`)
      await writeTaskResult(source.db, source.task, source.workflowName, {
        path,
        format: 'plain',
        limits: source.limits,
        rows,
      })
      largest = Math.max(largest, (await stat(path)).size)
      // One part that is much too large says enough.
      if (largest > maxBytes) break
      parts.push({
        name: partName(resultName(source.task.fileName), i, ranges.length),
        content: Bun.file(path),
        rows,
      })
    }
    if (largest <= maxBytes) return parts
    count = Math.max(count + 1, Math.ceil((count * largest) / (maxBytes * FILLED)))
  }
  return undefined
}

/** ZIPs of a task’s files, each with whole files. Undefined: one file alone is too large, too. */
export async function filesParts(
  { db, task, store, folder }: Pick<ResultSource, 'db' | 'task' | 'folder'> & { store: FileStore },
  maxBytes: number,
) {
  const files = (await listResultFiles(db, task.id)).flatMap(({ zipName: name, sha256, size, row }) =>
    sha256 === null ? [] : [{ name, sha256, row, bytes: (size ?? 0) + ENTRY_BYTES + 4 * name.length }],
  )
  const groups: (typeof files)[] = []
  let room = 0
  for (const file of files) {
    if (file.bytes + END_BYTES > maxBytes) return undefined
    if (file.bytes > room) {
      groups.push([])
      room = maxBytes - END_BYTES
    }
    groups.at(-1)?.push(file)
    room -= file.bytes
  }
  if (groups.length > MAX_PARTS) return undefined
  const name = zipNameOf(resultName(task.fileName))
  return Promise.all(
    groups.map(async (group, i) => {
      const path = join(folder, `part-${i + 1}.zip`)
      await writeZip(path, group, store)
      const rows = { from: group[0]?.row ?? 0, to: group.at(-1)?.row ?? 0 }
      return { name: partName(name, i, groups.length), content: Bun.file(path), rows }
    }),
  )
}

/** What a ZIP has of each file besides its bytes and its name, twice; and at its end. */
const ENTRY_BYTES = 160
const END_BYTES = 256

interface WeighedRow {
  row: number
  bytes: number
}

async function weighRows({ db, task }: ResultSource): Promise<WeighedRow[]> {
  const weighed: WeighedRow[] = []
  for await (const rows of resultRows(db, task.id))
    for (const { row, cells, outputs, error } of rows)
      weighed.push({ row, bytes: ROW_BYTES + JSON.stringify([cells, outputs, error]).length })
  return weighed
}

const ROW_BYTES = 50

/** Ranges of about the same weight, in order; all rows are in one. */
function inParts(weighed: WeighedRow[], count: number): RowRange[] {
  const share = weighed.reduce((sum, { bytes }) => sum + bytes, 0) / count
  const ranges: RowRange[] = []
  let sum = 0
  for (const { row, bytes } of weighed) {
    const last = ranges.at(-1)
    // By the middle of a row, so that a large one goes to where most of it is.
    const part = Math.min(count - 1, Math.floor((sum + bytes / 2) / share))
    if (last && part < ranges.length) last.to = row
    else ranges.push({ from: row, to: row })
    sum += bytes
  }
  return ranges
}

/** `products-q3.results.xlsx` → `products-q3.results.part-1-of-3.xlsx` */
function partName(name: string, index: number, count: number): string {
  const end = extname(name)
  return count === 1 ? name : `${basename(name, end)}.part-${index + 1}-of-${count}${end}`
}
