import type { Limits } from '../../workbook/limits.ts'
import { identityOf } from '../sign-in/identity.ts'
import { HttpFault } from './fault.ts'

/** A form or JSON without a file. */
const MAX_TEXT_BYTES = 1_000_000
/** Room for the parts of a multipart body other than the file. */
const MULTIPART_SLACK_BYTES = 100_000
const TEXT_WITHIN_MS = 10_000
const FILE_WITHIN_MS = 120_000
const MB = 2 ** 20

/**
 * Reads a request’s body within limits of size and time. A declared size that is too large is refused before reading;
 * a wrong one while reading; a slow sender at the time limit. Only signed-in clients may send a file: the sign-in
 * form has none.
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

/** The largest request that the server reads at all: a little above our own limit, which has a clear message. */
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
  late.catch(() => {}) // avoids an unhandled rejection if nobody waits any more
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
