export interface DownloadRules {
  /** that may be asked: `cdn.discordapp.com`; one that begins with a dot stands for all below it */
  hosts: string[]
  /** plain http, for a platform or a proxy on this machine */
  allowHttp: boolean
  maxBytes: number
  timeoutMs: number
}

export type Downloaded = { kind: 'ok'; bytes: Uint8Array } | { kind: 'tooLarge' } | { kind: 'failed' }

const TIMEOUT_MS = 120_000

/** @param apiUrl where the platform's setting points: its files may come from there, too */
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

/** No more than `maxBytes` are ever held, whatever the file claimed to be. */
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
