import { basename, extname } from 'node:path'
import { lastRowOf, listOutputFiles, type StoredOutputFile } from '../db/rows/output-files.ts'
import type { Db } from '../db/schema.ts'
import { replaceFiles } from '../engine/output-files.ts'
import type { Outputs, ResultRow } from '../engine/task.ts'
import type { FileStore } from '../files/file-store.ts'
import { resultFileNames, writeZip } from '../files/result-files.ts'

/** A file of a task's result, with its name there. */
export interface NamedOutputFile extends StoredOutputFile {
  /** in the ZIP: `012-chart.png` */
  zipName: string
}

/** The files among a task's outputs, in the order of the sheet, with their names in the ZIP. @param rows default: all */
export async function listResultFiles(db: Db, taskId: string, rows?: number[]): Promise<NamedOutputFile[]> {
  const files = await listOutputFiles(db, taskId, { rows })
  if (files.length === 0) return []
  const names = resultFileNames(files, await lastRowOf(db, taskId))
  return files.map((file, i) => ({ ...file, zipName: names[i] ?? file.name }))
}

/** Puts the files' names in place of what Dify says of them, so that the cells of a result name the files in its ZIP. */
export async function* namingFiles(
  rows: AsyncIterable<ResultRow[]>,
  files: NamedOutputFile[],
): AsyncGenerator<ResultRow[]> {
  const ofRow = Map.groupBy(files, ({ row }) => row)
  for await (const chunk of rows) {
    yield chunk.map((row) => {
      const own = ofRow.get(row.row)
      return own && row.outputs ? { ...row, outputs: namedOutputs(row.outputs, own) } : row
    })
  }
}

/** One name a line, if an output is a file or a list of files; elsewhere the names stand in the JSON. */
export function namedOutputs(outputs: Outputs, files: NamedOutputFile[]): Outputs {
  let next = 0
  const said = () => {
    const file = files[next++]
    return file ? cellText(file) : ''
  }
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const before = next
      const named = replaceFiles(value, said)
      const found = next - before
      const isListOfFiles = Array.isArray(named) && found === named.length && found > 0
      return [name, isListOfFiles ? named.join('\n') : named]
    }),
  )
}

function cellText({ status, name, zipName }: NamedOutputFile): string {
  switch (status) {
    case 'fetched':
      return zipName
    case 'failed':
      return `${name} (could not be fetched)`
    case 'waiting':
      return `${name} (not fetched yet)`
  }
}

/** Writes the ZIP with a task's files so far. False: it has none, and nothing was written. */
export async function writeResultZip(
  db: Db,
  store: FileStore,
  taskId: string,
  path: string,
): Promise<boolean> {
  const files = await listZippedFiles(db, taskId)
  if (files.length === 0) return false
  await writeZip(path, files, store)
  return true
}

/** The files that a task's ZIP has so far. */
export async function listZippedFiles(db: Db, taskId: string): Promise<{ name: string; sha256: string }[]> {
  const files = await listResultFiles(db, taskId)
  return files.flatMap(({ sha256, zipName }) => (sha256 === null ? [] : [{ name: zipName, sha256 }]))
}

/** `products-q3.results.xlsx` → `products-q3.results.files.zip` */
export function zipNameOf(resultName: string): string {
  return `${basename(resultName, extname(resultName))}.files.zip`
}
