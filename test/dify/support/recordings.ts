import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What a real server once said, byte for byte. */
export interface Recording {
  /** as its file is named; those of the server with the real OpenAI plugin begin with `openai/` */
  name: string
  /** GET or POST and the path, below /v1 and without the query */
  method: string
  path: string
  body: { user?: string; response_mode?: string } | undefined
  /** 0: it never answered */
  status: number
  headers: Record<string, string>
  /** as they came */
  chunks: Uint8Array[]
  /** how the connection ended: `broken` without an end of the answer; `open`: it was open when the client left */
  end: 'closed' | 'broken' | 'open'
}

const HOME = join(import.meta.dir, '..', 'recordings')

export function allRecordings(): Recording[] {
  return [...ofDify(), ...ofOpenAi()]
}

interface Listed {
  name: string
  request: { method: string; path: string; body?: unknown }
  status: number
  headers?: Record<string, string>
  body_file: string
  closed_by: string
  chunks: [seconds: number, bytes: number][]
  note?: string
}

function ofDify(): Recording[] {
  const home = join(HOME, 'dify-1.16.1')
  // written by the recorder, one entry for each file
  const index = JSON.parse(readFileSync(join(home, 'index.json'), 'utf8')) as Listed[]
  return index.map(({ name, request, status, headers = {}, body_file, closed_by, chunks, note = '' }) => ({
    name,
    ...asked(`${request.method} ${request.path}`, request.body),
    status,
    headers,
    chunks: cut(
      readFileSync(join(home, body_file)),
      chunks.map(([, bytes]) => bytes),
    ),
    end: note.includes('the socket breaks') ? 'broken' : closed_by === 'server' ? 'closed' : 'open',
  }))
}

interface Kept {
  request: string
  body?: unknown
  curl_exit: number
}

function ofOpenAi(): Recording[] {
  const home = join(HOME, 'dify-1.16.1-openai')
  const names = readdirSync(home).filter((file) => file.endsWith('.http'))
  return names.toSorted().map((file) => {
    const name = file.replace('.http', '')
    const kept = JSON.parse(readFileSync(join(home, `${name}.json`), 'utf8')) as Kept // from the same recorder
    const raw = readFileSync(join(home, file))
    const at = raw.indexOf('\r\n\r\n')
    const [first = '', ...lines] = raw.subarray(0, at).toString('latin1').split('\r\n')
    const body = raw.subarray(at + 4)
    return {
      name: `openai/${name}`,
      ...asked(kept.request, kept.body),
      status: Number(first.split(' ')[1]),
      headers: Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2) as [string, string])), // Name: value
      chunks: cut(
        body,
        Array.from({ length: Math.ceil(body.length / 997) }, () => 997),
      ),
      end: kept.curl_exit === 0 ? ('closed' as const) : ('open' as const),
    }
  })
}

function asked(request: string, body: unknown): Pick<Recording, 'method' | 'path' | 'body'> {
  const [method = '', path = ''] = request.split(' ')
  const known = typeof body === 'object' && body !== null ? body : undefined
  return { method, path: (path.split('?')[0] ?? '').replace(/^\/v1/, ''), body: known }
}

/** Into pieces of these sizes; the last has what is left. */
function cut(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...pieces, bytes.subarray(at)].filter((piece) => piece.length > 0)
}
