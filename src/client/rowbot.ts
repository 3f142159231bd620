import type { z } from 'zod'
import type { EXECUTE_BODY, UPLOAD_BODY } from '../admin/api/submission.ts'
import type { RECEIPT } from '../admin/api/data-routes.ts'
import type { ROW, WORKFLOW } from '../admin/api/shapes.ts'
import type { TaskAndCostJson, TaskJson, UploadJson } from '../admin/api/to-json.ts'
import { eventsIn } from './events.ts'
import { RowbotProblem } from './problem.ts'

export { RowbotProblem } from './problem.ts'

/*
 * The client of the API, for Node ≥ 20 and Bun. Its types are those of the schemas that the server validates with, and
 * only types are imported: what is left when it is built needs nothing but fetch.
 */

export type TaskRow = z.output<typeof ROW>
type WorkflowJson = z.output<typeof WORKFLOW>
type ReceiptJson = z.output<typeof RECEIPT>
type UploadFields = Partial<Omit<z.output<typeof UPLOAD_BODY>, 'file' | 'files' | 'constant_files'>> & {
  /** that `constants` names, each as one value for all rows */
  constant_files?: NamedFile[]
}
type ExecuteRequest = Partial<z.output<typeof EXECUTE_BODY>> & { upload_id: string }

interface RowbotClientOptions {
  /** of the page: `https://rowbot.example.com` */
  url: string
  token: string
  /** default: the global one */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

export interface NamedFile {
  name: string
  bytes: Uint8Array<ArrayBuffer> | Blob
}

export interface WaitOptions {
  signal?: AbortSignal
  /** after every look */
  onProgress?: (task: TaskAndCostJson) => void
  /** of the first pause between two looks; each is half as long again as the one before, up to 10 s */
  firstMs?: number
}

const LEAST_MS = 10
const MOST_MS = 10_000
const MOST_FAILURES = 8
/** two and a half times as long as the server is ever silent */
const SILENT_MS = 25_000
const PAGE_SIZE = 200

export {
  RowbotClient as Rowbot,
  type TaskJson as Task,
  type TaskAndCostJson as TaskAndCost,
  type UploadJson as Upload,
  type ReceiptJson as Receipt,
  type WorkflowJson as Workflow,
}

class RowbotClient {
  readonly #base: string
  readonly #token: string
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>

  constructor({ url, token, fetch = (to, init) => globalThis.fetch(to, init) }: RowbotClientOptions) {
    this.#base = url.replace(/\/+$/, '')
    this.#token = token
    this.#fetch = fetch
  }

  /** Sends a workbook, or files that each are a row, and has it checked. Nothing runs yet. */
  async upload(
    files: NamedFile | NamedFile[],
    { constant_files = [], ...fields }: UploadFields = {},
  ): Promise<UploadJson> {
    const form = new FormData()
    for (const { name, bytes } of [files].flat()) form.append('file', blobOf(bytes), name)
    for (const { name, bytes } of constant_files) form.append('constant_files', blobOf(bytes), name)
    for (const [name, value] of Object.entries(fields))
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== undefined) form.append(name, typeof one === 'string' ? one : JSON.stringify(one))
    return this.#json('POST', '/api/batch/upload', form)
  }

  /** Starts it. @param key the same key and request again give the same task */
  execute(order: ExecuteRequest, { key }: { key?: string } = {}): Promise<TaskJson> {
    return this.#json(
      'POST',
      '/api/batch/execute',
      order,
      key === undefined ? {} : { 'idempotency-key': key },
    )
  }

  status(id: string, signal?: AbortSignal): Promise<TaskAndCostJson> {
    return this.#json('GET', pathOf(id, 'status'), undefined, {}, signal)
  }

  async tasks(
    query: {
      page?: number
      page_size?: number
      status?: TaskJson['status'][]
      workflow_id?: string
      q?: string
    } = {},
  ): Promise<{ items: TaskJson[]; total: number; page: number; page_size: number }> {
    return this.#json('GET', `/api/batch/${queryOf(query)}`)
  }

  async workflows(): Promise<WorkflowJson[]> {
    return (await this.#json<{ items: WorkflowJson[] }>('GET', '/api/workflows')).items
  }

  /** Asks Dify whether a workflow can be run. */
  check(
    workflowId: string,
  ): Promise<{ ok: boolean; changed: boolean; message: string | null; hint: string | null }> {
    return this.#json('POST', `/api/workflows/${encodeURIComponent(workflowId)}/check`)
  }

  /**
   * Waits until a task neither runs nor waits to: by its events, and by asking where they do not come through. A server
   * that cannot be reached for a while is asked again.
   * @throws RowbotProblem if it answers that there is no such task; what went wrong last if it is not reached eight times
   *   in a row; the signal’s reason; what `onProgress` throws
   */
  async wait(id: string, { signal, onProgress, firstMs = 500 }: WaitOptions = {}): Promise<TaskAndCostJson> {
    let failures = 0
    let mayFollow = true
    const failed = (fault: unknown) => {
      signal?.throwIfAborted()
      const mayPass = !(fault instanceof RowbotProblem) || fault.status >= 500 || fault.status === 429
      if (!mayPass || ++failures >= MOST_FAILURES) throw fault
      return undefined
    }
    for (let ms = firstMs; ; ms = Math.min(Math.max(ms, LEAST_MS) * 1.5, MOST_MS)) {
      const task = await this.status(id, signal).catch(failed)
      if (task) {
        failures = 0
        onProgress?.(task)
        if (!isUnderWay(task)) return task
      }
      if (task && mayFollow) {
        mayFollow = false
        for await (const event of this.#events(id, signal)) {
          mayFollow = true // something comes through
          if (event === undefined) continue
          onProgress?.(event)
          if (!isUnderWay(event)) return event
        }
      }
      await pause(ms, signal)
    }
  }

  /** Undefined: the connection lives. Whatever it ends for, asking for the state finds out: it is told there or is over. */
  async *#events(
    id: string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<TaskAndCostJson | undefined, void> {
    // A proxy that keeps events back, or a connection that died, is silent; the server itself says something every 10 s.
    const silence = new AbortController()
    let timer = setTimeout(() => silence.abort(), SILENT_MS)
    try {
      const ends = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
      const response = await this.#ask('GET', pathOf(id, 'events'), { signal: ends })
      for await (const { event, data } of eventsIn(response)) {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(), SILENT_MS)
        // `as`: the server validates its answers with the schemas that these types are of.
        yield event === 'progress' ? (JSON.parse(data) as TaskAndCostJson) : undefined
      }
    } catch {
      signal?.throwIfAborted()
    } finally {
      clearTimeout(timer)
      silence.abort()
    }
  }

  /** The rows in the sheet's order. None is missed or comes twice, though rows change their state meanwhile. */
  async *rows(id: string, query: { status?: TaskRow['status'][]; q?: string } = {}): AsyncGenerator<TaskRow> {
    for (let after: number | undefined; ;) {
      const path = pathOf(id, `executions${queryOf({ ...query, after, page_size: PAGE_SIZE })}`)
      const { items } = await this.#json<{ items: TaskRow[] }>('GET', path)
      yield* items
      if (items.length < PAGE_SIZE) return
      after = items.at(-1)?.row
    }
  }

  /** The result so far. */
  async download(id: string, format: 'own' | 'plain' | 'csv' = 'own'): Promise<Blob> {
    return (await this.#ask('GET', pathOf(id, `download?format=${format}`))).blob()
  }

  pause(id: string): Promise<TaskAndCostJson> {
    return this.#json('POST', pathOf(id, 'pause'))
  }

  resume(id: string): Promise<TaskAndCostJson> {
    return this.#json('POST', pathOf(id, 'resume'))
  }

  stop(id: string): Promise<TaskAndCostJson> {
    return this.#json('POST', pathOf(id, 'stop'))
  }

  /**
   * Runs failed rows again: all, or these.
   * @param seen.version of the only row: if it has changed since, it is refused, and nothing runs
   */
  retry(
    id: string,
    rows?: number[],
    seen: { version?: string } = {},
  ): Promise<{ task: TaskAndCostJson; rows: number }> {
    return this.#json('POST', pathOf(id, 'retry-failed'), { rows, ...seen })
  }

  /**
   * Runs settled rows again, each of which is paid again: these (`3-40,88`), or all with something to look at.
   * @param how.inputs of one row: what it is sent from now on, by input
   */
  runAgain(
    id: string,
    rows?: number[] | string,
    how: { inputs?: Record<string, unknown>; inputs_as_in_file?: true; version?: string } = {},
  ): Promise<{ task: TaskAndCostJson; rows: number }> {
    return this.#json('POST', pathOf(id, 'run-again'), { rows, ...how })
  }

  /** Fetches files among the outputs again that could not be fetched. */
  fetchFiles(id: string, rows?: number[]): Promise<{ files: number }> {
    return this.#json('POST', pathOf(id, 'fetch-files'), { rows })
  }

  /**
   * Erases a task, a workflow with its tasks, or all that is kept of a person. For admins.
   * @param id of the task or workflow; key or name of the person
   * @returns the receipt
   */
  erase(what: 'task' | 'person' | 'workflow', id: string): Promise<ReceiptJson> {
    return this.#json('POST', '/api/erase', { what, id })
  }

  /** What is kept of a person, as JSON: it may be too large to be held whole. For admins. @param person key or name */
  async exportPerson(person: string): Promise<ReadableStream<Uint8Array>> {
    return bodyOf(await this.#ask('POST', '/api/people/export', { body: { person } }))
  }

  /** Who did what, oldest first, from `since` on and before `until`. */
  async audit(
    format: 'csv' | 'jsonl',
    { since, until }: { since?: Date; until?: Date } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const query = queryOf({ since: since?.toISOString(), until: until?.toISOString() })
    return bodyOf(await this.#ask('GET', `/api/audit.${format}${query}`))
  }

  async #json<T>(
    method: string,
    path: string,
    body?: FormData | object,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await this.#ask(method, path, { body, headers, signal })
    // `as`: the server validates its answers with the schemas that these types are of.
    return (await response.json()) as T
  }

  async #ask(
    method: string,
    path: string,
    {
      body,
      headers = {},
      signal,
    }: {
      body?: FormData | object | undefined
      headers?: Record<string, string>
      signal?: AbortSignal | undefined
    } = {},
  ): Promise<Response> {
    const isJson = body !== undefined && !(body instanceof FormData)
    const sent = body instanceof FormData ? body : isJson ? JSON.stringify(body) : undefined
    const response = await this.#fetch(`${this.#base}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${this.#token}`,
        ...(isJson && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent }),
      ...(signal && { signal }),
    })
    if (!response.ok) throw await RowbotProblem.of(response)
    return response
  }
}

function blobOf(bytes: NamedFile['bytes']): Blob {
  return bytes instanceof Blob ? bytes : new Blob([bytes])
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  return body ?? new Blob([]).stream()
}

function isUnderWay({ status }: TaskAndCostJson): boolean {
  return status === 'pending' || status === 'running'
}

function pathOf(id: string, rest: string): string {
  return `/api/batch/${encodeURIComponent(id)}/${rest}`
}

function queryOf(query: Record<string, string | number | string[] | undefined>): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

/** @throws the signal’s reason, if that ends it */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  // No Promise.withResolvers: Node 20 does not have it.
  await new Promise<void>((resolve) => {
    const over = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    signal?.addEventListener('abort', over, { once: true })
  })
  signal?.throwIfAborted()
}
