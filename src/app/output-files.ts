import type { Logger } from 'pino'
import {
  countOutputFiles,
  type FetchResult,
  listOutputFiles,
  listWaitingFiles,
  type StoredOutputFile,
  updateOutputFile,
} from '../db/rows/output-files.ts'
import { findRunOfAnswer } from '../db/rows/carried.ts'
import type { Db } from '../db/schema.ts'
import { findTask } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { faultText, fetchOutput } from '../dify/client/fetch-output.ts'
import { type Clock, sleep, withTimeLimit } from '../engine/clock.ts'
import type { KeyedTurns } from './keyed-queue.ts'
import { filesIn, type OutputFile } from '../engine/output-files.ts'
import { FilesAway } from '../engine/files.ts'
import type { OutputFetcher } from '../engine/services.ts'
import { UserError } from '../engine/user-error.ts'
import { contentOf } from '../files/content.ts'
import type { FileStore } from '../files/file-store.ts'
import { TooLarge } from '../files/pieces.ts'
import type { Limits } from '../workbook/limits.ts'
import type { WorkflowRuntimes } from './workflow-runtimes.ts'
import { type Coded, say, type Sentence } from '../engine/sentence.ts'

export interface OutputFilesOptions {
  db: Db
  clock: Clock
  runtimes: WorkflowRuntimes
  files: FileStore
  limits: Pick<Limits, 'maxFilesBytes' | 'fileHosts'>
  log: Pick<Logger, 'error'>
  /** ms before the second try; each further one waits twice as long */
  retryMs: number
  /** ms between two looks at what waits */
  everyMs: number
  /** over all machines; unset: there is one process */
  turns?: KeyedTurns
}

export const MAX_FILE_BYTES = 100 * 2 ** 20
const TRIES = 4
/** A row's lane waits this long at most, over all its files and tries. */
const ROW_MS = 5 * 60_000
/** Rows at once, besides those whose lanes fetch their own. */
const ROWS_AT_ONCE = 3
/** Between two looks while they end in faults. */
const LONGEST_PAUSE_MS = 5 * 60_000

/** Fetches the files among rows' outputs into the file store. */
export class OutputFiles implements OutputFetcher {
  /** rows whose files are being fetched: a second caller waits for the first */
  readonly #busy = new Map<string, Promise<void>>()
  /** bytes of each task's fetched files: they are counted once, not for every file */
  readonly #totals = new Map<string, Promise<Total>>()

  constructor(private readonly options: OutputFilesOptions) {}

  async fetch(of: { taskId: string; executionId?: string }, signal: AbortSignal): Promise<void> {
    await this.#fetchWaiting(of, signal)
  }

  /**
   * Fetches whatever waits, now and again until `signal` is aborted: what an earlier process has left, what a person has
   * asked for in another process, and what a fault has prevented. Never rejects.
   */
  async fetchOn(signal: AbortSignal): Promise<void> {
    const { clock, everyMs } = this.options
    for (let faults = 0; !signal.aborted;) {
      faults = (await this.#fetchWaiting({}, signal)) ? 0 : faults + 1
      if (this.#busy.size === 0) this.#totals.clear()
      await sleep(clock, Math.min(everyMs * 2 ** faults, LONGEST_PAUSE_MS), signal)
    }
  }

  /** @returns false if a fault, such as a locked database, prevented it again and again */
  async #fetchWaiting(of: { taskId?: string; executionId?: string }, signal: AbortSignal): Promise<boolean> {
    const { db, clock, retryMs, log } = this.options
    for (let tried = 1; !signal.aborted; tried++) {
      try {
        await this.#fetchRows(await listWaitingFiles(db, of), signal)
        return true
      } catch (err) {
        if (tried === TRIES) {
          log.error({ err, ...of }, 'files of outputs could not be fetched')
          return false
        }
        await sleep(clock, retryMs * 2 ** (tried - 1), signal)
      }
    }
    return true
  }

  /** @throws the first fault, once every other row has had its turn */
  async #fetchRows(files: StoredOutputFile[], signal: AbortSignal): Promise<void> {
    const rows = [...new Set(files.map(({ executionId }) => executionId))]
    const faults: unknown[] = []
    const lanes = Array.from({ length: Math.min(ROWS_AT_ONCE, rows.length) }, async () => {
      for (let row = rows.shift(); row !== undefined && !signal.aborted; row = rows.shift())
        await this.#row(row, signal).catch((fault: unknown) => faults.push(fault))
    })
    await Promise.all(lanes)
    for (const fault of faults) throw fault
  }

  /** One after another: whoever comes second finds what the first has left, or what has come to wait meanwhile. */
  async #row(executionId: string, signal: AbortSignal): Promise<void> {
    for (let busy = this.#busy.get(executionId); busy; busy = this.#busy.get(executionId))
      await busy.catch(() => {}) // whoever began it handles the fault
    const fetch = () => this.#fetchRow(executionId, signal)
    const inTurn = this.options.turns?.run(`files-of:${executionId}`, fetch) ?? fetch()
    const fetching = inTurn.finally(() => this.#busy.delete(executionId))
    this.#busy.set(executionId, fetching)
    await fetching
  }

  async #fetchRow(executionId: string, signal: AbortSignal): Promise<void> {
    const { db, clock } = this.options
    await withTimeLimit(clock, ROW_MS, signal, async (limit) => {
      const files = await listWaitingFiles(db, { executionId })
      const links = await this.#newLinks(files, limit)
      for (const file of files) {
        const result = await this.#fetchFile(file, links.get(file.position), limit)
        // If this process ends, the file waits for the next one. If the row's time is up, it was tried long enough.
        if (result.kind === 'waiting' && signal.aborted) return
        const error = say('output-took-too-long')
        const end: FetchResult = result.kind === 'waiting' ? { kind: 'failed', error } : result
        try {
          await updateOutputFile(db, file, end, clock.now())
        } catch (fault) {
          this.#totals.delete(file.taskId) // it may count this file, and is read again
          throw fault
        }
      }
    })
  }

  /** From the new link, if there is one, and then from the old one, which may lead elsewhere. */
  async #fetchFile(file: StoredOutputFile, link: string | undefined, signal: AbortSignal): Promise<Fetching> {
    if (link === undefined || link === file.url) return this.#fetchFrom(file, signal)
    const result = await this.#fetchFrom({ ...file, url: link }, signal)
    if (result.kind !== 'failed') return result
    const older = await this.#fetchFrom(file, signal)
    return older.kind === 'failed' ? result : older
  }

  async #fetchFrom(file: StoredOutputFile, signal: AbortSignal): Promise<Fetching> {
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
    const { files, limits } = this.options
    const total = await this.#totalOf(file.taskId)
    const left = limits.maxFilesBytes - total.bytes
    if (left <= 0) return { kind: 'not fetched', error: this.#fullText(), isFinal: true }
    const maxBytes = Math.min(MAX_FILE_BYTES, left)
    const tooLarge = left < MAX_FILE_BYTES ? this.#fullText() : say('output-too-large', { bytes: maxBytes })

    const baseUrl = await this.#baseUrl(file)
    if ((file.size ?? 0) > maxBytes) return { kind: 'not fetched', error: tooLarge, isFinal: true }
    const { fileHosts } = limits
    const opened = await fetchOutput(file.url, { baseUrl, fileHosts, maxBytes, tooLarge }, signal)
    if (opened.kind === 'refused')
      return { kind: 'not fetched', error: opened.error, isFinal: opened.isFinal }
    let counted = 0
    try {
      const stored = await files.put(opened.body, maxBytes, async (staged) => {
        const { size } = staged
        const isCut = !opened.hasLength && size < (file.size ?? 0)
        if (isCut) throw new Unusable(say('output-broke'), false)
        if ((await contentOf(staged)) === 'html' && !isWebPage(file))
          throw new Unusable(say('output-web-page'), true)
        // Others were fetched meanwhile.
        if (total.bytes + size > limits.maxFilesBytes) throw new Unusable(this.#fullText(), true)
        total.bytes += size
        counted = size
      })
      return { kind: 'fetched', ...stored }
    } catch (fault) {
      total.bytes -= counted
      if (fault instanceof FilesAway) throw fault // it waits until there is a place for it again
      if (fault instanceof Unusable) return { kind: 'not fetched', error: fault.says, isFinal: fault.isFinal }
      if (fault instanceof TooLarge) return { kind: 'not fetched', error: tooLarge, isFinal: true }
      return {
        kind: 'not fetched',
        error: say('output-not-fetched', { why: faultText(fault) }),
        isFinal: false,
      }
    }
  }

  #totalOf(taskId: string): Promise<Total> {
    const counted = this.#totals.get(taskId)
    if (counted) return counted
    const total = countOutputFiles(this.options.db, taskId).then(({ fetchedBytes: bytes }) => ({ bytes }))
    this.#totals.set(taskId, total)
    void total.catch(() => this.#totals.delete(taskId)) // the caller handles the fault
    return total
  }

  #fullText(): Coded {
    return say('outputs-too-large', { bytes: this.options.limits.maxFilesBytes })
  }

  async #baseUrl({ taskId }: StoredOutputFile): Promise<string> {
    const { db, runtimes } = this.options
    const task = await findTask(db, taskId)
    const workflow = task && (await findWorkflow(db, task.workflowId))
    if (!workflow) throw new Error('the workflow of a task does not exist')
    return runtimes.urlOf(workflow)
  }

  /**
   * The links that Dify shows now, by our positions: it may sign new ones, or show what it has stored. A file is found
   * again by its output and its name, and among several of one name by their order. Nothing if nobody asked, or if Dify
   * does not say.
   */
  async #newLinks(waiting: StoredOutputFile[], signal: AbortSignal): Promise<Map<number, string>> {
    const { db } = this.options
    const [first] = waiting
    const links = new Map<number, string>()
    if (!first || !waiting.some(({ askAgain }) => askAgain)) return links
    const shown = Map.groupBy(await this.#shownAgain(first, signal), samePlace)
    for (const file of await listOutputFiles(db, first.taskId, { rows: [first.row] })) {
      const url = shown.get(samePlace(file))?.shift()?.url ?? ''
      if (url !== '') links.set(file.position, url)
    }
    return links
  }

  /** The files of the row's run, as Dify shows them now. */
  async #shownAgain({ taskId, row }: StoredOutputFile, signal: AbortSignal): Promise<OutputFile[]> {
    const { db, runtimes } = this.options
    const task = await findTask(db, taskId)
    const run = await findRunOfAnswer(db, taskId, row)
    if (!task || !run) return []
    const runtime = await runtimes.of(task).catch((fault: unknown) => {
      if (fault instanceof UserError) return undefined // the workflow cannot be used: the old link may still do
      throw fault
    })
    if (!runtime?.app.canLookUp) return []
    const result = await runtime.app.lookUp(run, signal)
    return result.kind === 'succeeded' ? filesIn(result.outputs) : []
  }
}

interface Total {
  bytes: number
}

/** `waiting`: the signal was aborted */
type Fetching = FetchResult | { kind: 'waiting' }

function samePlace({ output, name }: OutputFile): string {
  return JSON.stringify([output, name])
}

interface NotFetched {
  kind: 'not fetched'
  error: Sentence
  isFinal: boolean
}

class Unusable extends Error {
  constructor(
    readonly says: Coded,
    readonly isFinal: boolean,
  ) {
    super(says.code)
  }
}

function isWebPage({ name, mimeType }: StoredOutputFile): boolean {
  return /\.x?html?$/i.test(name) || /html/i.test(mimeType)
}
