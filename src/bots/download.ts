export interface DownloadRules {
  /** allowed hosts, such as `cdn.discordapp.com`; one that begins with a dot allows all its subdomains */
  hosts: string[]
  /** plain http, for a platform or proxy on this machine */
  allowHttp: boolean
  maxBytes: number
  timeoutMs: number
}

export type Downloaded = { kind: 'ok'; bytes: Uint8Array } | { kind: 'tooLarge' } | { kind: 'failed' }

const TIMEOUT_MS = 120_000

/** @param apiUrl the platform’s API URL setting: files may come from its host, too */
export function downloadRules(hosts: string[], maxBytes: number, apiUrl?: string): DownloadRules {
  const api = apiUrl ? new URL(apiUrl) : undefined
  return {
    hosts: [...hosts, ...(api ? [api.host] : [])],
    allowHttp: api?.protocol === 'http:',
    maxBytes,
    timeoutMs: TIMEOUT_MS,
  }
}

export function isAllowed({ protocol, host }: URL, { hosts, allowHttp }: DownloadRules): boolean {
  const isAllowedHost = hosts.some((allowed) =>
    allowed.startsWith('.') ? host.endsWith(allowed) : host === allowed,
  )
  return isAllowedHost && (protocol === 'https:' || (allowHttp && protocol === 'http:'))
}

/** Reads at most `maxBytes`, whatever size was declared. */
export async function bytesOf(response: Response, { maxBytes }: DownloadRules): Promise<Downloaded> {
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
