import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export type Encoding = 'zstd' | 'gzip'
/** Best first: zstd packs our pages as tightly as gzip does, in a fraction of the time. */
const OURS: readonly Encoding[] = ['zstd', 'gzip']

const inThread = promisify(gzip)

/** The best one that the client can read; undefined: it gets the text as it is. */
export function encodingFor(request: Request): Encoding | undefined {
  const accepted = acceptedIn(request.headers.get('accept-encoding') ?? '')
  return OURS.find((one) => accepted.has(one))
}

/** Beside the event loop, in a thread. */
export async function compress(
  text: Uint8Array<ArrayBuffer>,
  encoding: Encoding,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = encoding === 'zstd' ? await Bun.zstdCompress(text) : await inThread(text)
  return new Uint8Array(packed)
}

/** The names in the header, without those that it rules out: `gzip;q=0`. */
function acceptedIn(header: string): Set<string> {
  const items = header
    .toLowerCase()
    .split(',')
    .map((item) => item.split(';').map((part) => part.trim()))
  return new Set(
    items.flatMap(([name = '', ...parameters]) =>
      parameters.some((one) => /^q\s*=\s*0(\.0*)?$/.test(one)) ? [] : [name],
    ),
  )
}
