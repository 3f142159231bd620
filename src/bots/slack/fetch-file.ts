export interface FetchRules {
  token: string
  /** hosts that may have the token: `files.slack.com`; one that begins with a dot stands for all below it */
  hosts: string[]
  /** plain http, for a proxy on this machine */
  allowHttp: boolean
  maxBytes: number
  timeoutMs: number
}

export type Fetched =
  | { kind: 'ok'; bytes: Uint8Array }
  | { kind: 'tooLarge' }
  /** a web page came instead */
  | { kind: 'page' }
  | { kind: 'failed' }

const MOST_REDIRECTS = 3
const SLACK_HOSTS = ['slack.com', '.slack.com']

/** @param apiUrl where SLACK_API_URL points: whoever answers there has the token already */
export function fetchRules(
  token: string,
  maxBytes: number,
  apiUrl?: string,
  timeoutMs = 120_000,
): FetchRules {
  const api = apiUrl ? new URL(apiUrl) : undefined
  return {
    token,
    hosts: [...SLACK_HOSTS, ...(api ? [api.host] : [])],
    allowHttp: api?.protocol === 'http:',
    maxBytes,
    timeoutMs,
  }
}

/**
 * Redirects are followed by hand, since each new host must be allowed before it is given the token; and no more than
 * `maxBytes` are ever held, whatever the file claimed to be.
 */
export async function fetchFile(address: string, rules: FetchRules): Promise<Fetched> {
  try {
    return await follow(address, rules, AbortSignal.timeout(rules.timeoutMs))
  } catch {
    // The line was cut, the address is none, or it took too long: the person reads the same sentence.
    return { kind: 'failed' }
  }
}

async function follow(address: string, rules: FetchRules, signal: AbortSignal): Promise<Fetched> {
  let url = new URL(address)
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    if (!isAllowed(url, rules)) return { kind: 'failed' }
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${rules.token}` },
      redirect: 'manual',
      signal,
    })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || !location) return read(response, rules)
    await response.body?.cancel()
    url = new URL(location, url)
  }
  return { kind: 'failed' }
}

export function isAllowed({ protocol, host }: URL, { hosts, allowHttp }: FetchRules): boolean {
  const known = hosts.some((allowed) => (allowed.startsWith('.') ? host.endsWith(allowed) : host === allowed))
  return known && (protocol === 'https:' || (allowHttp && protocol === 'http:'))
}

async function read(response: Response, { maxBytes }: FetchRules): Promise<Fetched> {
  if (!response.ok || !response.body) return { kind: 'failed' }
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    await response.body.cancel()
    return { kind: 'page' }
  }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    // Leaving the loop cancels the download.
    if (size > maxBytes) return { kind: 'tooLarge' }
    chunks.push(chunk)
  }
  return { kind: 'ok', bytes: new Uint8Array(Buffer.concat(chunks)) }
}
