import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../files/temporary.ts'
import { countOutputFiles } from '../db/rows/output-files.ts'
import type { Db } from '../db/schema.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Limits } from '../workbook/limits.ts'
import type { WrittenResult } from '../workbook/types.ts'
import { writeResultZip, zipNameOf } from './result-files.ts'
import { actTogether, findCompared } from './comparison.ts'
import { comparisonName, writeComparison } from './comparison-result.ts'
import { resultNameOf, writeTaskResult } from './results.ts'
import { filesParts, resultParts, zippedCsv } from './smaller-results.ts'

/** A task’s result so far, as a file. The caller must remove it. */
export interface ResultFile extends NamedContent {
  written: WrittenResult
  smaller: SmallerFiles
  remove(): Promise<void>
}

export interface NamedContent {
  name: string
  content: Blob
}

/** A file that is one of several. */
export interface ResultPart extends NamedContent {
  /** of the sheet, from 1, both included */
  rows: { from: number; to: number }
}

/** The same in files that are smaller, for a chat that does not take the whole. They are removed with it. */
export interface SmallerFiles {
  /** as CSV in a ZIP; not there if it is a ZIP already */
  zipped?(): Promise<NamedContent>
  /** Files of at most this size, each of use alone; undefined: there is no way, or they would be too many. */
  parts(maxBytes: number): Promise<ResultPart[] | undefined>
}

export type MakeResult = (task: TaskView) => Promise<ResultFile>

/**
 * Writes a task’s result to a temporary file for a chat: `products-q3.results.xlsx`; of a task that is compared with
 * another, what both gave.
 */
export async function makeResultFile(db: Db, task: TaskView, limits: Limits): Promise<ResultFile> {
  return inFolder(async (folder, remove) => {
    const workflow = await findWorkflow(db, task.workflowId)
    const path = join(folder, 'result.xlsx')
    const comparison = await findCompared(db, task.id)
    if (comparison && actTogether(comparison)) {
      await writeComparison(db, comparison, { path, limits })
      return {
        name: comparisonName(comparison),
        content: Bun.file(path),
        written: { kind: 'plain' },
        smaller: { parts: () => Promise.resolve(undefined) },
        remove,
      }
    }
    const written = await writeTaskResult(db, task, workflow?.name ?? '', { path, limits })
    const source = { db, task, workflowName: workflow?.name ?? '', limits, folder }
    const smaller: SmallerFiles = {
      zipped: () => zippedCsv(source),
      parts: (maxBytes) => resultParts(source, maxBytes),
    }
    return { name: resultNameOf(task), content: Bun.file(path), written, smaller, remove }
  })
}

/** The files that a task's rows gave, as one ZIP: `products-q3.results.files.zip`. The caller must remove it. */
export interface ResultZip extends NamedContent {
  /** how many files are in it */
  count: number
  smaller: SmallerFiles
  remove(): Promise<void>
}

/** Undefined: no row gave a file that could be fetched. */
export type MakeZip = (task: TaskView) => Promise<ResultZip | undefined>

/** Writes a ZIP of a task’s files to a temporary file for a chat. */
export async function makeResultZip(
  db: Db,
  store: FileStore,
  task: TaskView,
): Promise<ResultZip | undefined> {
  const { fetched } = await countOutputFiles(db, task.id)
  if (fetched === 0) return undefined
  return inFolder(async (folder, remove) => {
    const path = join(folder, 'files.zip')
    await writeResultZip(db, store, task.id, path)
    const name = zipNameOf(resultNameOf(task))
    const smaller: SmallerFiles = {
      parts: (maxBytes) => filesParts({ db, task, store, folder }, maxBytes),
    }
    return { name, content: Bun.file(path), count: fetched, smaller, remove }
  })
}

async function inFolder<T>(make: (folder: string, remove: () => Promise<void>) => Promise<T>): Promise<T> {
  const folder = await temporaryFolder('result')
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    return await make(folder, remove)
  } catch (fault) {
    await remove()
    throw fault
  }
}
