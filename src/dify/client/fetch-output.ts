import { type Coded, say, type Sentence } from '../../engine/sentence.ts'
import { lookupPublic, refuseAddress } from './addresses.ts'
import { discard, header, type HttpAnswer, USER_AGENT } from './http.ts'
import { quote } from './server-text.ts'
import { connector } from '../../net/connector.ts'
import { Agent, request } from './undici.ts'

export interface OutputSource {
  /** of the Dify server's API: its own host may be private, and links may be relative to it */
  baseUrl: string
  /** further hosts, with their port if it is not the usual one, that may be private and use http */
  fileHosts: string[]
  maxBytes: number
  /** what is said of a file that is larger */
  tooLarge: Sentence
}

/** An answer whose body is to be read, or why there is none. `isFinal`: another try would end in the same way. */
export type FetchedOutput =
  | {
      kind: 'open'
      /** throws if the connection breaks before the end */
      body: AsyncIterable<Uint8Array>
      /** false: the server did not say how long it is, so that a break may look like its end */
      hasLength: boolean
    }
  | { kind: 'refused'; error: Sentence; isFinal: boolean }

const SILENCE_MS = 30_000
const CONNECT_MS = 10_000
const LONGEST_CHAIN = 5

const settings = { headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS }
const publicAgent = new Agent({
  ...settings,
  connect: connector({ timeoutMs: CONNECT_MS, lookup: lookupPublic }),
})
const ownAgent = new Agent({ ...settings, connect: connector({ timeoutMs: CONNECT_MS }) })

/**
 * Opens a file that a run put out. Its link is what a workflow wrote, and a workflow may write anything: so a host other
 * than Dify's own must be public and use https, which is checked again at every redirect. The app's key is never sent.
 */
export async function fetchOutput(
  link: string,
  source: OutputSource,
  signal: AbortSignal,
): Promise<FetchedOutput> {
  if (link === '' || !URL.canParse(link, source.baseUrl)) return refused(say('output-without-link'))
  let url = new URL(link, source.baseUrl)
  for (let step = 0; step <= LONGEST_CHAIN; step++) {
    const isOwn = isTrusted(url, source)
    const reason = isOwn ? undefined : refuseAddress(url.href, [])
    if (reason) return refused(say('output-link-refused', { host: quote(url.origin), why: reason }))
    const answer = await get(url, isOwn, signal).catch(failed)
    if ('kind' in answer) return answer
    const location = header(answer, 'location')
    if (answer.statusCode < 300 || answer.statusCode > 399 || location === undefined)
      return received(answer, source)
    discard(answer)
    if (!URL.canParse(location, url.href)) return refused(say('output-link-nowhere'))
    url = new URL(location, url)
  }
  return refused(say('output-link-redirects'))
}

function isTrusted({ protocol, host, username }: URL, { baseUrl, fileHosts }: OutputSource): boolean {
  if ((protocol !== 'https:' && protocol !== 'http:') || username !== '') return false
  return host === new URL(baseUrl).host || fileHosts.includes(host)
}

function get(url: URL, isOwn: boolean, signal: AbortSignal): Promise<HttpAnswer> {
  return request(url.href, {
    method: 'GET',
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': USER_AGENT },
    signal,
    dispatcher: isOwn ? ownAgent : publicAgent,
  })
}

function received(answer: HttpAnswer, { maxBytes, tooLarge }: OutputSource): FetchedOutput {
  const { statusCode } = answer
  if (statusCode !== 200) {
    discard(answer)
    return refused(refusalText(statusCode), statusCode < 500 && statusCode !== 429 && statusCode !== 408)
  }
  const length = Number(header(answer, 'content-length') ?? Number.NaN)
  if (length > maxBytes) {
    discard(answer)
    return refused(tooLarge)
  }
  // undici's body is a Readable of Buffers; its type says any
  return { kind: 'open', body: answer.body as AsyncIterable<Uint8Array>, hasLength: !Number.isNaN(length) }
}

/** Dify's links are signed for some minutes: after that it answers 403, or 404 if the file itself is gone. */
function refusalText(status: number): Coded {
  if (status === 403 || status === 404 || status === 410) return say('output-link-ended', { status })
  return say('output-server-status', { status })
}

/** A refusal by lookupPublic is final; a network fault may pass. */
function failed(fault: unknown): FetchedOutput {
  const isPrivate = fault instanceof Error && 'code' in fault && fault.code === 'EPRIVATE'
  if (isPrivate) return refused(say('output-link-private'))
  return refused(say('output-server-unreachable', { why: faultText(fault) }), false)
}

export function faultText(fault: unknown): Sentence {
  return fault instanceof Error ? quote(fault.message) : say('unknown-reason')
}

function refused(error: Sentence, isFinal = true): FetchedOutput {
  return { kind: 'refused', error, isFinal }
}
