import { Agent, request } from './undici.ts'
import type { Outcome } from '../../engine/outcome.ts'
import { lookupPublic, refuseAddress } from './addresses.ts'
import { mimeTypeOf, nameOfFile } from './file-names.ts'
import { bytesOf, discard, header, USER_AGENT, type HttpAnswer } from './http.ts'
import { quote } from './server-text.ts'

export interface DownloadPolicy {
  /** allow private addresses and plain http, for a Dify and files inside one's own network */
  allowPrivate: boolean
}

export interface FetchedFile {
  name: string
  mimeType: string
  bytes: Uint8Array
}

const LONGEST_CHAIN = 5
const SILENCE_TIMEOUT_MS = 60_000

const publicAgent = new Agent({
  headersTimeout: SILENCE_TIMEOUT_MS,
  bodyTimeout: SILENCE_TIMEOUT_MS,
  connect: { timeout: 10_000, lookup: lookupPublic },
  allowH2: false,
})
const anyAgent = new Agent({
  headersTimeout: SILENCE_TIMEOUT_MS,
  bodyTimeout: SILENCE_TIMEOUT_MS,
  allowH2: false,
})

/**
 * Fetches a file whose address somebody wrote into a cell. The address cannot be trusted, and this machine can reach
 * servers that a stranger must not. So only https and public addresses are allowed, and this is checked again when the
 * name is resolved and at every redirect.
 */
export async function download(
  address: string,
  largestBytes: number,
  policy: DownloadPolicy,
  signal: AbortSignal,
): Promise<({ kind: 'fetched' } & FetchedFile) | Outcome> {
  let url = address
  for (let step = 0; step <= LONGEST_CHAIN; step++) {
    const refused = refuseAddress(url, policy.allowPrivate)
    if (refused) return { kind: 'rejected', error: `“${quote(address)}” ${refused}` }
    const answer = await get(url, policy, signal).catch((fault: unknown) => outcomeOfFetch(address, fault))
    if ('kind' in answer) return answer
    const next = redirectOf(answer, url)
    if (next === undefined) return received(answer, url, address, largestBytes)
    discard(answer)
    url = next
  }
  return { kind: 'rejected', error: `“${quote(address)}” redirects too many times.` }
}

function get(url: string, { allowPrivate }: DownloadPolicy, signal: AbortSignal): Promise<HttpAnswer> {
  const dispatcher = allowPrivate ? anyAgent : publicAgent
  return request(url, {
    method: 'GET',
    headers: { accept: '*/*', 'user-agent': USER_AGENT },
    signal,
    dispatcher,
  })
}

function redirectOf(answer: HttpAnswer, url: string): string | undefined {
  const location = header(answer, 'location')
  if (answer.statusCode < 300 || answer.statusCode > 399 || location === undefined) return undefined
  return URL.canParse(location, url) ? new URL(location, url).href : location
}

async function received(
  answer: HttpAnswer,
  url: string,
  address: string,
  largestBytes: number,
): Promise<({ kind: 'fetched' } & FetchedFile) | Outcome> {
  if (answer.statusCode !== 200) {
    discard(answer)
    const gone = answer.statusCode < 500 && answer.statusCode !== 429 && answer.statusCode !== 408
    const error = `“${quote(address)}” cannot be fetched (HTTP ${answer.statusCode}).`
    return { kind: gone ? 'rejected' : 'failed', error }
  }
  const bytes = await bytesOf(answer, largestBytes).catch((fault: unknown) => outcomeOfFetch(address, fault))
  if (bytes && 'kind' in bytes) return bytes
  if (!bytes) {
    const limit = Math.floor(largestBytes / 1024 / 1024)
    return { kind: 'rejected', error: `“${quote(address)}” is larger than the ${limit} MB that Dify takes.` }
  }
  const name = nameOfFile(url, header(answer, 'content-disposition'))
  return {
    kind: 'fetched',
    name,
    mimeType: mimeTypeOf(name, header(answer, 'content-type')),
    bytes,
  }
}

function outcomeOfFetch(address: string, fault: unknown): Outcome {
  const why = fault instanceof Error ? quote(fault.message) : 'unknown reason'
  // a refusal by lookupPublic is final; a network fault may pass
  const kind = fault instanceof Error && 'code' in fault && fault.code === 'EPRIVATE' ? 'rejected' : 'failed'
  return { kind, error: `“${quote(address)}” cannot be fetched: ${why}.` }
}
