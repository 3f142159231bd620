import { connector } from '../../net/connector.ts'
import { Agent, request } from './undici.ts'
import type { FileSource, SpooledFile } from '../../engine/files.ts'
import type { Outcome } from '../../engine/outcome.ts'
import { type Coded, say } from '../../engine/sentence.ts'
import type { LinkedFile } from '../../engine/task.ts'
import { lookupPublic, refuseAddress } from './addresses.ts'
import { mediaOf, mimeTypeOf, nameOfFile } from './file-names.ts'
import { discard, piecesOf, header, USER_AGENT, type HttpAnswer, within } from './http.ts'
import { quote } from './server-text.ts'

export interface DownloadPolicy {
  /** hosts that may be inside a private network and answer over plain http; with the port, as in an address */
  hosts: string[]
  /** where the file is written while it arrives */
  source: Pick<FileSource, 'spool'>
  /** how long one download may take, with its redirects */
  downloadMs: number
}

/** A file from an address, on this machine's disk. Whoever gets it must remove it. */
export interface FetchedFile {
  name: string
  mimeType: string
  spooled: SpooledFile
}

type Fetched = { kind: 'fetched' } & FetchedFile

const LONGEST_CHAIN = 5
const SILENCE_TIMEOUT_MS = 60_000
const CONNECT_MS = 10_000

const publicAgent = new Agent({
  headersTimeout: SILENCE_TIMEOUT_MS,
  bodyTimeout: SILENCE_TIMEOUT_MS,
  connect: connector({ timeoutMs: CONNECT_MS, lookup: lookupPublic }),
})
const anyAgent = new Agent({
  headersTimeout: SILENCE_TIMEOUT_MS,
  bodyTimeout: SILENCE_TIMEOUT_MS,
  connect: connector({ timeoutMs: CONNECT_MS }),
})

/**
 * Fetches a file whose address somebody wrote into a cell. The address cannot be trusted, and this machine can reach
 * servers that a stranger must not. So only https and public addresses are allowed, and this is checked again when the
 * name is resolved and at every redirect.
 */
export async function download(
  file: LinkedFile,
  largestBytes: number,
  policy: DownloadPolicy,
  signal: AbortSignal,
): Promise<Fetched | Outcome> {
  return within(policy.downloadMs, signal, (limit) => fetched(file, largestBytes, policy, limit)).catch(
    (fault: unknown) => outcomeOfFetch(file.url, fault),
  )
}

/** @throws what the network throws */
async function fetched(
  file: LinkedFile,
  largestBytes: number,
  policy: DownloadPolicy,
  signal: AbortSignal,
): Promise<Fetched | Outcome> {
  const address = file.url
  let url = address
  for (let step = 0; step <= LONGEST_CHAIN; step++) {
    const refused = refuseAddress(url, policy.hosts)
    if (refused)
      return { kind: 'rejected', error: say('address-refused', { address: quote(address), why: refused }) }
    const answer = await get(url, policy, signal)
    const next = redirectOf(answer, url)
    if (next === undefined) return received(answer, url, file, largestBytes, policy)
    discard(answer)
    url = next
  }
  return { kind: 'rejected', error: say('link-redirects', { address: quote(address) }) }
}

function get(url: string, { hosts }: DownloadPolicy, signal: AbortSignal): Promise<HttpAnswer> {
  const dispatcher = hosts.includes(new URL(url).host) ? anyAgent : publicAgent
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

/** @throws what the network throws */
async function received(
  answer: HttpAnswer,
  url: string,
  file: LinkedFile,
  largestBytes: number,
  { source }: DownloadPolicy,
): Promise<Fetched | Outcome> {
  const address = quote(file.url)
  if (answer.statusCode !== 200) {
    discard(answer)
    const gone = answer.statusCode < 500 && answer.statusCode !== 429 && answer.statusCode !== 408
    const error = say('link-status', { address, status: answer.statusCode })
    return { kind: gone ? 'rejected' : 'failed', error }
  }
  const tooLarge: Outcome = {
    kind: 'rejected',
    error: say('link-too-large', { address, bytes: largestBytes }),
  }
  if (Number(header(answer, 'content-length') ?? 0) > largestBytes) {
    discard(answer)
    return tooLarge
  }
  const spooled = await source.spool(piecesOf(answer), largestBytes)
  if (!spooled) return tooLarge
  const name = nameOfFile(url, header(answer, 'content-disposition'))
  const wrong = wrongContent(file, address, name, spooled.content)
  if (wrong !== undefined) {
    await spooled.remove()
    return { kind: 'rejected', error: wrong }
  }
  const mimeType = mimeTypeOf(name, header(answer, 'content-type'))
  return { kind: 'fetched', name, mimeType, spooled }
}

/** What came is not what was asked for: a sign-in page above all. */
function wrongContent(
  { type }: LinkedFile,
  address: string,
  name: string,
  content: string | null,
): Coded | undefined {
  if (content === 'html' && (type !== 'document' || !/\.x?html?$/i.test(name))) {
    return say('link-to-web-page', { address })
  }
  if (content === null || content === 'xml' || type === 'document' || type === 'custom') return undefined
  // MP4, WebM and Ogg hold sound as well as pictures, so only these two kinds can be told apart.
  const is = mediaOf(content) === 'image' ? 'image' : 'other'
  const wanted = type === 'image' ? 'image' : 'other'
  const isMedia = mediaOf(content) !== undefined
  return is === wanted && isMedia ? undefined : say(NOT_A[type], { address, type: content })
}

const NOT_A = { image: 'link-not-an-image', audio: 'link-not-a-sound', video: 'link-not-a-video' } as const

function outcomeOfFetch(address: string, fault: unknown): Outcome {
  const why = fault instanceof Error ? quote(fault.message) : say('unknown-reason')
  // a refusal by lookupPublic is final; a network fault may pass
  const kind = fault instanceof Error && 'code' in fault && fault.code === 'EPRIVATE' ? 'rejected' : 'failed'
  return { kind, error: say('link-unreachable', { address: quote(address), why }) }
}
