import { bytesOf, type Downloaded, type DownloadRules, downloadRules, isAllowed } from '../download.ts'

/** Whoever may be asked gets the token. */
export interface FetchRules extends DownloadRules {
  token: string
}

export type Fetched =
  | Downloaded
  /** a web page came instead */
  | { kind: 'page' }

const MOST_REDIRECTS = 3
const SLACK_HOSTS = ['slack.com', '.slack.com']

/** @param apiUrl where SLACK_API_URL points: whoever answers there has the token already */
export function fetchRules(token: string, maxBytes: number, apiUrl?: string): FetchRules {
  return { token, ...downloadRules(SLACK_HOSTS, maxBytes, apiUrl) }
}

/** Redirects are followed by hand, since each new host must be allowed before it is given the token. */
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

async function read(response: Response, rules: FetchRules): Promise<Fetched> {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html'))
    return bytesOf(response, rules)
  await response.body?.cancel()
  return { kind: 'page' }
}
