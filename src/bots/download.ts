import { UserError } from '../engine/user-error.ts'

export interface DownloadRules {
  /** allowed hosts, such as `cdn.discordapp.com`; one that begins with a dot allows all its subdomains */
  hosts: string[]
  /** plain http, for a platform or proxy on this machine */
  allowHttp: boolean
  /** of a workbook, which is read in memory */
  maxBytes: number
  /** of a file that comes along with it, which is streamed to the disk */
  maxFilesBytes: number
  /** for a small file; a larger one gets more */
  timeoutMs: number
}

/** A file as it arrives, in pieces. */
export type Arriving = { kind: 'ok'; pieces: AsyncIterable<Uint8Array> } | { kind: 'failed' }

const TIMEOUT_MS = 120_000
/** The slowest connection with which a large file may still arrive. */
const SLOWEST_BYTES_PER_MS = 256

/** @param apiUrl the platform’s API URL setting: files may come from its host, too */
export function downloadRules(
  hosts: string[],
  { maxBytes, maxFilesBytes }: Pick<DownloadRules, 'maxBytes' | 'maxFilesBytes'>,
  apiUrl?: string,
): DownloadRules {
  const api = apiUrl ? new URL(apiUrl) : undefined
  return {
    hosts: [...hosts, ...(api ? [api.host] : [])],
    allowHttp: api?.protocol === 'http:',
    maxBytes,
    maxFilesBytes,
    timeoutMs: TIMEOUT_MS,
  }
}

export function isAllowed({ protocol, host }: URL, { hosts, allowHttp }: DownloadRules): boolean {
  const isAllowedHost = hosts.some((allowed) =>
    allowed.startsWith('.') ? host.endsWith(allowed) : host === allowed,
  )
  return isAllowedHost && (protocol === 'https:' || (allowHttp && protocol === 'http:'))
}

/** @param size in bytes, as the platform says */
export function timeLimit(size: number, { timeoutMs }: DownloadRules): AbortSignal {
  return AbortSignal.timeout(timeoutMs + Math.ceil(size / SLOWEST_BYTES_PER_MS))
}

/** The body of an answer. */
export async function arriving(response: Response): Promise<Arriving> {
  if (response.ok && response.body) return { kind: 'ok', pieces: response.body }
  await response.body?.cancel()
  return { kind: 'failed' }
}

/**
 * The same pieces, but at most `maxBytes`, whatever size was declared. What goes wrong is said in the person’s
 * language.
 * @throws one of the two faults
 */
export async function* within(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
  faults: { tooLarge: UserError; broken: UserError },
): AsyncGenerator<Uint8Array> {
  let size = 0
  const all = pieces[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await all.next().catch(() => {
        throw faults.broken
      })
      if (next.done) return
      size += next.value.byteLength
      if (size > maxBytes) throw faults.tooLarge
      yield next.value
    }
  } finally {
    await all.return?.().catch(() => {}) // ends the download, if it is not at its end
  }
}
