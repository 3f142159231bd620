import { bytesOf, type Downloaded, type DownloadRules, downloadRules, isAllowed } from '../download.ts'

export type FetchRules = DownloadRules

export type Fetched =
  | Downloaded
  /** the address has expired, or the file was deleted */
  | { kind: 'gone' }

const DISCORD_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net']
const GONE = new Set([403, 404, 410])

/** @param apiUrl where DISCORD_API_URL points: files come from the same machine then */
export function fetchRules(maxBytes: number, apiUrl?: string): FetchRules {
  return downloadRules(DISCORD_HOSTS, maxBytes, apiUrl)
}

/** No redirects, and only Discord's own hosts. */
export async function fetchFile(address: string, rules: FetchRules): Promise<Fetched> {
  try {
    if (!isAllowed(new URL(address), rules)) return { kind: 'failed' }
    const signal = AbortSignal.timeout(rules.timeoutMs)
    const response = await fetch(address, { redirect: 'error', signal })
    return GONE.has(response.status) ? { kind: 'gone' } : await bytesOf(response, rules)
  } catch {
    // The line was cut, the address is none, or it took too long: the person reads the same sentence.
    return { kind: 'failed' }
  }
}
