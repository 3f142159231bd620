import type { Limits } from '../../workbook/limits.ts'
import { identityOf } from '../sign-in/identity.ts'
import { HttpFault } from './fault.ts'

/** A form or JSON without a file. */
const MAX_TEXT_BYTES = 1_000_000
/** What a multipart body has around its file. */
const MULTIPART_SLACK_BYTES = 100_000
const TEXT_WITHIN_MS = 10_000
const FILE_WITHIN_MS = 120_000
const MB = 2 ** 20

/**
 * The body of a request, read within a size and a time: what is said to be too large is refused before any of it is
 * read, what lies about its size while it is, and who sends it a byte at a time is not waited for. Only who is known may
 * send a file: whoever signs in has none.
 * @throws Fault
 */
export async function readBody(request: Request, { maxFileBytes }: Limits): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  const isMultipart = type.startsWith('multipart/form-data')
  const mayHaveFile = isMultipart && identityOf(request) !== undefined
  const maxBytes = mayHaveFile ? maxFileBytes + MULTIPART_SLACK_BYTES : MAX_TEXT_BYTES
  const limits = { maxBytes, withinMs: mayHaveFile ? FILE_WITHIN_MS : TEXT_WITHIN_MS }
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const bytes = await readWithin(request, limits)
  if (isMultipart) return multipart(bytes, type)
  const text = new TextDecoder().decode(bytes)
  if (type.startsWith('application/x-www-form-urlencoded')) return fields(new URLSearchParams(text))
  if (type.startsWith('application/json')) return json(text)
  if (bytes.byteLength === 0) return undefined
  throw new HttpFault('bad_request', `A body of type “${type}” is not understood.`, 'Send JSON or a form.')
}

/** The largest request that is read at all: the server’s own limit, a little above ours, which has a sentence. */
export function maxRequestBytes({ maxFileBytes }: Limits): number {
  return maxFileBytes + 2 * MULTIPART_SLACK_BYTES
}

async function readWithin(
  request: Request,
  { maxBytes, withinMs }: { maxBytes: number; withinMs: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = request.body?.getReader()
  if (!reader) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const { promise: late, reject } = Promise.withResolvers<never>()
  late.catch(() => {}) // it may be late for nobody
  const timer = setTimeout(
    () => reject(new HttpFault('too_slow', 'The request took too long to arrive.', 'Send it again.')),
    withinMs,
  )
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late])
      if (done) return new Uint8Array(Buffer.concat(chunks))
      size += value.byteLength
      if (size > maxBytes) throw tooLarge(maxBytes)
      chunks.push(value)
    }
  } catch (fault) {
    void reader.cancel().catch(() => {})
    throw fault
  } finally {
    clearTimeout(timer)
  }
}

function tooLarge(maxBytes: number): HttpFault {
  const limit = maxBytes >= MB ? `${Math.floor(maxBytes / MB)} MB` : `${Math.floor(maxBytes / 1000)} KB`
  return new HttpFault('too_large', `That is more than ${limit}, which is the limit.`, 'Send a smaller file.')
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpFault('bad_request', 'The body is not valid JSON.')
  }
}

async function multipart(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<unknown> {
  try {
    return fields(await new Response(bytes, { headers: { 'content-type': type } }).formData())
  } catch {
    throw new HttpFault('bad_request', 'The form could not be read.', 'Send it again.')
  }
}

/** By name, without a prototype: a field may be called __proto__. Several of one name are a list. */
function fields(entries: Iterable<[string, unknown]>): Record<string, unknown> {
  const all: Record<string, unknown> = Object.create(null)
  for (const [name, value] of entries) {
    const before = all[name]
    if (before === undefined) all[name] = value
    // Never copied: somebody may send a hundred thousand of one name.
    else if (Array.isArray(before)) before.push(value)
    else all[name] = [before, value]
  }
  return { ...all }
}
