import { connector } from '../../net/connector.ts'
import { Agent, NotSent, request } from './undici.ts'
import { VERSION } from '../../engine/this-program.ts'
import type { Dispatcher } from 'undici'
import { Readable } from 'node:stream'

const CONNECT_TIMEOUT_MS = 10_000
/**
 * A call on a connection that the server is just closing is lost and must be looked up. Gunicorn closes idle
 * connections after 2 s without announcing it, so we close them earlier.
 */
const KEEP_ALIVE_MS = 1_000

/** Some firewalls refuse requests without a user agent. */
export const USER_AGENT = `rowbot/${VERSION}`

/** The most that is read of an answer that is not a stream. A run's detail contains its outputs. */
const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024

/** One app of one Dify server. */
export interface ApiAccess {
  /** with the version, without a slash at the end: https://api.dify.ai/v1 */
  baseUrl: string
  apiKey: string
}

export interface Ask {
  method: 'GET' | 'POST' | 'DELETE'
  /** below the base URL, beginning with a slash, already encoded */
  path: string
  query?: Record<string, string | number>
  /** besides those of every request, in small letters */
  headers?: Record<string, string>
  /** sent as JSON */
  json?: unknown
  /** sent unchanged */
  raw?: { contentType: string; size: number; body: AsyncIterable<Uint8Array> }
  signal?: AbortSignal
  /** how long the server may take to begin its answer */
  withinMs?: number
  /** asked when there is a connection, before the first byte; false: NotSent is thrown */
  maySend?: () => boolean
}

export { NotSent }

export type HttpAnswer = Dispatcher.ResponseData

/**
 * No time limit for a silent stream here: a run that waits in Dify's queue sends nothing for up to 300 s, and the
 * caller's signal has the row's own limit.
 */
const agent = new Agent({
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: KEEP_ALIVE_MS,
  connect: connector({ timeoutMs: CONNECT_TIMEOUT_MS }),
})

/** How long a server may take. Without its Redis, Dify accepts calls and does not answer for minutes. */
export interface RequestLimits {
  /** until the answer to a run begins; a stream starts with a ping after 10 s at the latest */
  runMs: number
  /** for the whole answer to a look-up, which is small */
  lookUpMs: number
  /** for a file of up to 100 MB */
  uploadMs: number
  /** the same from the address that a cell names */
  downloadMs: number
}

export const LIMITS: RequestLimits = {
  runMs: 60_000,
  lookUpMs: 15_000,
  uploadMs: 10 * 60_000,
  downloadMs: 10 * 60_000,
}

/** An answer did not come in time. */
export class LateAnswer extends Error {
  constructor(readonly seconds: number) {
    super(`no answer within ${seconds} s`)
  }
}

/**
 * Sends a request to Dify. Redirects are not followed, because the key would be sent there, too.
 * @throws what undici throws when the connection fails, LateAnswer (see faults.ts), and NotSent
 */
export async function ask(access: ApiAccess, { withinMs, signal, ...what }: Ask): Promise<HttpAnswer> {
  if (withinMs === undefined) return send(access, what, signal)
  const limit = new Limit(withinMs, signal)
  try {
    const answer = await send(access, what, limit.signal)
    answer.body.once('close', () => limit.unlink())
    return answer
  } catch (fault) {
    limit.unlink()
    throw fault
  } finally {
    limit.lift()
  }
}

/**
 * Runs work that must finish within `ms`. Its signal is also aborted by `outer`.
 * @throws LateAnswer when the time is up
 */
export async function within<T>(
  ms: number,
  outer: AbortSignal | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new Limit(ms, outer)
  try {
    return await action(limit.signal)
  } finally {
    limit.lift()
    limit.unlink()
  }
}

/** A signal that is aborted when the time is up or when another signal is. */
class Limit {
  readonly #own = new AbortController()
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #follow = () => this.#own.abort(this.outer?.reason)

  constructor(
    ms: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    this.#timer = setTimeout(() => this.#own.abort(noAnswer(ms)), ms)
    outer?.addEventListener('abort', this.#follow)
    if (outer?.aborted) this.#follow()
  }

  get signal(): AbortSignal {
    return this.#own.signal
  }

  lift(): void {
    clearTimeout(this.#timer)
  }

  /** `outer` may outlive ten thousand requests, so each must remove its listener. */
  unlink(): void {
    this.outer?.removeEventListener('abort', this.#follow)
  }
}

function noAnswer(ms: number): Error {
  return new LateAnswer(Math.ceil(ms / 1000))
}

function send(
  { baseUrl, apiKey }: ApiAccess,
  { method, path, query, headers, json, raw, maySend }: Omit<Ask, 'signal' | 'withinMs'>,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  return request(`${baseUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      accept: 'application/json, text/event-stream',
      'user-agent': USER_AGENT,
      ...headers,
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(raw && { 'content-type': raw.contentType, 'content-length': String(raw.size) }),
    },
    ...(query && { query }),
    body:
      json === undefined
        ? raw
          ? Readable.from(raw.body, { highWaterMark: 1 })
          : null
        : JSON.stringify(json),
    ...(signal && { signal }),
    dispatcher: agent,
    ...(maySend && { maySend }),
  })
}

/**
 * The whole body as text.
 * @throws when the connection breaks or the body is too large
 */
export async function textOf(answer: HttpAnswer, largestBytes = LARGEST_ANSWER_BYTES): Promise<string> {
  const bytes = await bytesOf(answer, largestBytes)
  if (bytes) return Buffer.from(bytes).toString('utf8')
  throw new Error('the answer is too large')
}

/**
 * The whole body, or undefined when it is larger than `largestBytes`; the rest is not read.
 * @throws when the connection breaks
 */
export async function bytesOf({ body }: HttpAnswer, largestBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  body.on('error', ignore)
  // undici's body is a Readable of Buffers; its type says any
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > largestBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The body in pieces. If it is left early, the rest is not read. @throws when the connection breaks */
export function piecesOf({ body }: HttpAnswer): AsyncIterable<Uint8Array> {
  body.on('error', ignore)
  // undici's body is a Readable of Buffers; its type says any
  return body as AsyncIterable<Uint8Array>
}

/** Leaves an answer unread. */
export function discard({ body }: HttpAnswer): void {
  body.on('error', ignore)
  body.destroy()
}

/** undici reports a body that we destroyed as an error, and an error without a listener ends the process. */
function ignore(): void {}

/** One header, the first if it came more than once. */
export function header(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The version of the server that answers; undefined if it does not say, and for the sandbox, which is no Dify. */
export function versionOf(answer: HttpAnswer): string | undefined {
  return header(answer, 'x-rowbot-sandbox') === undefined ? header(answer, 'x-version') : undefined
}

/** https://dify.example.com/v1/ and https://dify.example.com/v1 are the same server. */
export function normalizeBaseUrl(baseUrl: string): string {
  return baseUrl.trim().replace(/\/+$/, '')
}
