import { createHash } from 'node:crypto'
import { compress, encodingFor } from './encoding.ts'

/** Below this, the headers of compression weigh as much as what it saves. */
const SMALLEST_BYTES = 1_000
const TEXT = /^(?:text\/(?!event-stream)|application\/(?:problem\+)?json\b)/

/**
 * What every answer has in common on its way out: text is compressed, and a program that already has an answer gets 304.
 *
 * A compressed answer that has both a secret and words of an attacker’s gives the secret away by its length (BREACH).
 * Nothing here does: pages have no CSRF token, since writes are checked by their origin, and the session’s cookie is
 * SameSite=Lax and never in an answer, so another site cannot make a browser ask again and again.
 */
export async function deliver(request: Request, response: Response): Promise<Response> {
  const { headers } = response
  const type = headers.get('content-type') ?? ''
  // Downloads keep their length, so that a browser shows how much is left; most are compressed already.
  const isText = TEXT.test(type) && !headers.has('content-disposition')
  if (!isText || headers.has('content-encoding') || response.body === null)
    return orNotModified(request, response)

  headers.append('vary', 'accept-encoding')
  if (request.method === 'HEAD') return response
  const text = new Uint8Array(await response.arrayBuffer())
  // A page has what nobody else sees, and says that nothing keeps it: browsers would not ask with a tag.
  if (request.method === 'GET' && response.status === 200 && type.startsWith('application/json'))
    headers.set('etag', tagOf(text))
  const encoding = text.byteLength < SMALLEST_BYTES ? undefined : encodingFor(request)
  if (!encoding || isTagOf(request, headers.get('etag')))
    return orNotModified(request, new Response(text, response))
  headers.set('content-encoding', encoding)
  headers.delete('content-length')
  return new Response(await compress(text, encoding), response)
}

/** Weak: compressed or not, it is the same answer. */
function tagOf(text: Uint8Array): string {
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
}

/** @returns 304 in place of what the client says it has */
function orNotModified(request: Request, response: Response): Response {
  if (!isTagOf(request, response.headers.get('etag'))) return response
  const headers = new Headers(response.headers)
  for (const name of ['content-type', 'content-length', 'content-encoding']) headers.delete(name)
  return new Response(null, { status: 304, headers })
}

function isTagOf(request: Request, tag: string | null): boolean {
  const asked = request.headers.get('if-none-match')
  if (asked === null || tag === null || (request.method !== 'GET' && request.method !== 'HEAD')) return false
  return asked.split(',').some((one) => bare(one) === '*' || bare(one) === bare(tag))
}

/** Weak and strong tags are the same here (RFC 9110, 13.1.2). */
function bare(tag: string): string {
  return tag.trim().replace(/^W\//, '')
}
