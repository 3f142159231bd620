export interface FetchRules {
  hosts: string[]
  /** plain http, for a Discord on this machine */
  allowHttp: boolean
  maxBytes: number
  timeoutMs: number
}

export type Fetched =
  | { kind: 'ok'; bytes: Uint8Array }
  | { kind: 'tooLarge' }
  /** the address has expired, or the file was deleted */
  | { kind: 'gone' }
  | { kind: 'failed' }

const DISCORD_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net']
const GONE = new Set([403, 404, 410])

/** @param apiUrl where DISCORD_API_URL points: files come from the same machine then */
export function fetchRules(maxBytes: number, apiUrl?: string, timeoutMs = 120_000): FetchRules {
  const api = apiUrl ? new URL(apiUrl) : undefined
  return {
    hosts: [...DISCORD_HOSTS, ...(api ? [api.host] : [])],
    allowHttp: api?.protocol === 'http:',
    maxBytes,
    timeoutMs,
  }
}

/** No redirects, only Discord's own hosts, and no more than `maxBytes` are ever held, whatever the file claimed to be. */
export async function fetchFile(address: string, rules: FetchRules): Promise<Fetched> {
  try {
    if (!isAllowed(new URL(address), rules)) return { kind: 'failed' }
    const signal = AbortSignal.timeout(rules.timeoutMs)
    return await read(await fetch(address, { redirect: 'error', signal }), rules)
  } catch {
    // The line was cut, the address is none, or it took too long: the person reads the same sentence.
    return { kind: 'failed' }
  }
}

export function isAllowed({ protocol, host }: URL, { hosts, allowHttp }: FetchRules): boolean {
  return hosts.includes(host) && (protocol === 'https:' || (allowHttp && protocol === 'http:'))
}

async function read(response: Response, { maxBytes }: FetchRules): Promise<Fetched> {
  if (GONE.has(response.status)) return { kind: 'gone' }
  if (!response.ok || !response.body) return { kind: 'failed' }
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
