import { say } from '../../engine/sentence.ts'
import type { FileStore } from '../../files/file-store.ts'
import type { Limits } from '../../workbook/limits.ts'
import { identityOf } from '../sign-in/identity.ts'
import { HttpFault } from './fault.ts'
import { FilePart, readParts } from './multipart.ts'

/** A form or JSON without a file. */
const MAX_TEXT_BYTES = 1_000_000
/** Room for the parts of a multipart body other than the files. */
const MULTIPART_SLACK_BYTES = 2_000_000
const TEXT_WITHIN_MS = 10_000
const FILE_WITHIN_MS = 120_000
/** A body with files gets a second more for every so many bytes of it that have arrived. */
const BYTES_PER_SECOND = 100_000
const MB = 2 ** 20

export interface BodyOptions {
  limits: Limits
  /** where files go while they arrive */
  files: FileStore
}

/** The files of requests that are not answered yet. */
const open = new WeakMap<Request, FilePart[]>()

/**
 * Reads a request’s body within limits of size and time. A declared size that is too large is refused before reading;
 * a wrong one while reading; a slow sender at the time limit. Only signed-in clients may send files: the sign-in
 * form has none. Call `dropFiles` when the request has been answered.
 * @returns JSON; of a form its fields by name, each a text, a FilePart or a list of them
 * @throws HttpFault
 */
export async function readBody(request: Request, { limits, files }: BodyOptions): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  const isMultipart = type.startsWith('multipart/form-data')
  const mayHaveFiles = isMultipart && identityOf(request) !== undefined
  const maxBytes = mayHaveFiles ? maxUploadBytes(limits) : MAX_TEXT_BYTES
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const pieces = within(request, { maxBytes, mayHaveFiles })
  if (isMultipart) {
    const parts = await readParts(pieces, type, { limits, store: mayHaveFiles ? files : undefined })
    open.set(
      request,
      parts.flatMap(([, part]) => (part instanceof FilePart ? [part] : [])),
    )
    return fields(parts)
  }
  const bytes = Buffer.concat(await Array.fromAsync(pieces))
  const text = new TextDecoder().decode(bytes)
  if (type.startsWith('application/x-www-form-urlencoded')) return fields(new URLSearchParams(text))
  if (type.startsWith('application/json')) return json(text)
  if (bytes.byteLength === 0) return undefined
  throw new HttpFault('bad_request', say('body-type-unknown', { type }), say('do-send-json-or-form'))
}

/** Deletes the files that came with a request, from where they were put while they arrived. */
export async function dropFiles(request: Request): Promise<void> {
  for (const part of open.get(request) ?? []) await part.remove()
}

function maxUploadBytes({ maxFileBytes, maxFilesBytes }: Limits): number {
  return maxFileBytes + maxFilesBytes + MULTIPART_SLACK_BYTES
}

/** The pieces of a body as they arrive. @throws HttpFault beyond the limits */
async function* within(
  request: Request,
  { maxBytes, mayHaveFiles }: { maxBytes: number; mayHaveFiles: boolean },
): AsyncGenerator<Uint8Array> {
  const reader = request.body?.getReader()
  if (!reader) return
  let size = 0
  const began = performance.now()
  const leftMs = () => {
    const allowed = mayHaveFiles ? FILE_WITHIN_MS + (size / BYTES_PER_SECOND) * 1_000 : TEXT_WITHIN_MS
    return began + allowed - performance.now()
  }
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), leftMs())
      if (done) return
      size += value.byteLength
      if (size > maxBytes) throw tooLarge(maxBytes)
      yield value
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const tooSlow = new HttpFault('too_slow', say('request-too-slow'), say('do-send-again'))
  const timer = setTimeout(() => reject(tooSlow), Math.max(0, ms))
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function tooLarge(maxBytes: number): HttpFault {
  const limit = maxBytes >= MB ? `${Math.floor(maxBytes / MB)} MB` : `${Math.floor(maxBytes / 1000)} KB`
  return new HttpFault('too_large', say('body-too-large', { size: limit }), say('do-send-smaller'))
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpFault('bad_request', say('body-not-json'))
  }
}

/**
 * Fields by name, in an object without a prototype: a field may be called __proto__. Repeated names become a list.
 */
function fields(entries: Iterable<[string, unknown]>): Record<string, unknown> {
  const all: Record<string, unknown> = Object.create(null)
  for (const [name, value] of entries) {
    const before = all[name]
    if (before === undefined) all[name] = value
    // Pushes instead of copying: somebody may send a hundred thousand fields of one name.
    else if (Array.isArray(before)) before.push(value)
    else all[name] = [before, value]
  }
  return { ...all }
}
