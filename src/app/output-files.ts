import type { Logger } from 'pino'
import {
  countOutputFiles,
  type FetchResult,
  listWaitingFiles,
  MOST_FILES_OF_ROW,
  type StoredOutputFile,
  updateOutputFile,
} from '../db/rows/output-files.ts'
import { listRunsOfRow } from '../db/runs/run-facts.ts'
import type { Db } from '../db/schema.ts'
import { findTask } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { faultText, fetchOutput, tooLargeText } from '../dify/client/fetch-output.ts'
import { type Clock, sleep, withTimeLimit } from '../engine/clock.ts'
import { filesIn } from '../engine/output-files.ts'
import type { OutputFetcher } from '../engine/services.ts'
import { contentOf } from '../files/content.ts'
import { type FileStore, TooLarge } from '../files/file-store.ts'
import type { Limits } from '../workbook/limits.ts'
import type { WorkflowRuntimes } from './workflow-runtimes.ts'

export interface OutputFilesOptions {
  db: Db
  clock: Clock
  runtimes: WorkflowRuntimes
  files: FileStore
  limits: Pick<Limits, 'maxFilesBytes' | 'fileHosts'>
  log: Pick<Logger, 'error'>
  /** ms before the second try; each further one waits twice as long */
  retryMs: number
}

export const MAX_FILE_BYTES = 100 * 2 ** 20
const TRIES = 4
/** A row's lane waits this long at most, over all its files and tries. */
const ROW_MS = 5 * 60_000
/** Rows at once of those that an earlier process has left. */
const LEFT_AT_ONCE = 3

/** Fetches the files among rows' outputs into the file store. */
export class OutputFiles implements OutputFetcher {
  /** rows whose files are being fetched: a second caller waits for the first */
  readonly #busy = new Map<string, Promise<void>>()

  constructor(private readonly options: OutputFilesOptions) {}

  async fetch(of: { taskId: string; executionId?: string }, signal: AbortSignal): Promise<void> {
    try {
      await this.#fetchAll(await listWaitingFiles(this.options.db, of), signal)
    } catch (err) {
      this.options.log.error({ err, ...of }, 'files of outputs could not be fetched')
    }
  }

  /** What an earlier process, or a person in another one, has left to be fetched. Never rejects. */
  async fetchLeft(signal: AbortSignal): Promise<void> {
    try {
      await this.#fetchAll(await listWaitingFiles(this.options.db), signal)
    } catch (err) {
      this.options.log.error({ err }, 'files of outputs could not be read')
    }
  }

  async #fetchAll(files: StoredOutputFile[], signal: AbortSignal): Promise<void> {
    const rows = [...Map.groupBy(files, ({ executionId }) => executionId).entries()]
    const lanes = Array.from({ length: Math.min(LEFT_AT_ONCE, rows.length) }, async () => {
      for (let row = rows.shift(); row && !signal.aborted; row = rows.shift()) await this.#row(...row, signal)
    })
    await Promise.all(lanes)
  }

  #row(executionId: string, files: StoredOutputFile[], signal: AbortSignal): Promise<void> {
    const busy = this.#busy.get(executionId)
    if (busy) return busy
    const fetching = this.#fetchRow(files, signal).finally(() => this.#busy.delete(executionId))
    this.#busy.set(executionId, fetching)
    return fetching
  }

  async #fetchRow(files: StoredOutputFile[], signal: AbortSignal): Promise<void> {
    const { db, clock } = this.options
    await withTimeLimit(clock, ROW_MS, signal, async (limit) => {
      const links = await this.#newLinks(files, limit)
      for (const file of files.slice(0, MOST_FILES_OF_ROW)) {
        const url = links.get(file.position)
        if (url !== undefined) await updateOutputFile(db, file, { kind: 'waiting', url }, clock.now())
        const result = await this.#fetchFile({ ...file, url: url ?? file.url }, limit)
        // If this process ends, the file waits for the next one. If the row's time is up, it was tried long enough.
        if (result.kind === 'waiting' && signal.aborted) return
        const error = 'Fetching the file took too long.'
        const end: FetchResult = result.kind === 'waiting' ? { kind: 'failed', error } : result
        await updateOutputFile(db, file, end, clock.now())
      }
    })
  }

  /** `waiting`: the signal was aborted */
  async #fetchFile(file: StoredOutputFile, signal: AbortSignal): Promise<FetchResult> {
    const { clock, retryMs } = this.options
    for (let tried = 1; ; tried++) {
      const result = await this.#try(file, signal)
      if (signal.aborted && result.kind !== 'fetched') return { kind: 'waiting' }
      if (result.kind === 'fetched') return result
      if (result.isFinal || tried === TRIES) return { kind: 'failed', error: result.error }
      await sleep(clock, retryMs * 2 ** (tried - 1), signal)
    }
  }

  async #try(
    file: StoredOutputFile,
    signal: AbortSignal,
  ): Promise<Extract<FetchResult, { kind: 'fetched' }> | NotFetched> {
    const { db, files, limits } = this.options
    const { fetchedBytes } = await countOutputFiles(db, file.taskId)
    const left = limits.maxFilesBytes - fetchedBytes
    if (left <= 0) return { kind: 'not fetched', error: this.#fullText(), isFinal: true }
    const maxBytes = Math.min(MAX_FILE_BYTES, left)
    const tooLarge = left < MAX_FILE_BYTES ? this.#fullText() : tooLargeText(maxBytes)

    const baseUrl = await this.#baseUrl(file)
    if ((file.size ?? 0) > maxBytes) return { kind: 'not fetched', error: tooLarge, isFinal: true }
    const { fileHosts } = limits
    const opened = await fetchOutput(file.url, { baseUrl, fileHosts, maxBytes }, signal)
    if (opened.kind === 'refused')
      return { kind: 'not fetched', error: opened.error, isFinal: opened.isFinal }
    try {
      const stored = await files.put(opened.body, maxBytes, async (path, { size }) => {
        const isCut = !opened.hasLength && size < (file.size ?? 0)
        if (isCut) throw new Unusable('The connection broke before the file’s end.', false)
        if ((await contentOf(path)) === 'html' && !isWebPage(file))
          throw new Unusable('The link to the file gave a web page instead, such as a sign-in page.', true)
      })
      return { kind: 'fetched', ...stored }
    } catch (fault) {
      if (fault instanceof Unusable)
        return { kind: 'not fetched', error: fault.message, isFinal: fault.isFinal }
      if (fault instanceof TooLarge) return { kind: 'not fetched', error: tooLarge, isFinal: true }
      return {
        kind: 'not fetched',
        error: `The file could not be fetched: ${faultText(fault)}.`,
        isFinal: false,
      }
    }
  }

  #fullText(): string {
    const limit = Math.floor(this.options.limits.maxFilesBytes / 2 ** 20)
    return `The files of this task are larger than ${limit} MB together; the rest is not fetched.`
  }

  async #baseUrl({ taskId }: StoredOutputFile): Promise<string> {
    const { db, runtimes } = this.options
    const task = await findTask(db, taskId)
    const workflow = task && (await findWorkflow(db, task.workflowId))
    if (!workflow) throw new Error('the workflow of a task does not exist')
    return runtimes.urlOf(workflow)
  }

  /** Dify signs new links whenever it shows a run: by position. Nothing if nobody asked, or if Dify does not say. */
  async #newLinks(files: StoredOutputFile[], signal: AbortSignal): Promise<Map<number, string>> {
    const { db, runtimes } = this.options
    const [first] = files
    const links = new Map<number, string>()
    if (!first || !files.some(({ askAgain }) => askAgain)) return links
    const task = await findTask(db, first.taskId)
    const run = (await listRunsOfRow(db, first.taskId, first.row)).findLast(
      (one) => one.status === 'succeeded',
    )
    if (!task || !run) return links
    const { app } = await runtimes.of(task)
    if (!app.canLookUp) return links
    const result = await app.lookUp({ ...run, attemptedAt: run.sentAt }, signal)
    if (result.kind !== 'succeeded') return links
    for (const { position, url } of filesIn(result.outputs)) if (url !== '') links.set(position, url)
    return links
  }
}

interface NotFetched {
  kind: 'not fetched'
  error: string
  isFinal: boolean
}

class Unusable extends Error {
  constructor(
    message: string,
    readonly isFinal: boolean,
  ) {
    super(message)
  }
}

function isWebPage({ name, mimeType }: StoredOutputFile): boolean {
  return /\.x?html?$/i.test(name) || /html/i.test(mimeType)
}
