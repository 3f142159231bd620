import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The bytes of larger files are not stored: of them only the size and the hash are known. */
const MOST_STORED_BYTES = 2 * 1024 * 1024

export interface ArrivedUpload {
  /** '' if none was sent */
  name: string
  mimeType: string
  /** in bytes */
  size: number
  sha256: string
  bytes?: Uint8Array
}

export interface UploadForm {
  files: ArrivedUpload[]
  user: string | undefined
}

/**
 * Reads the body of an upload piece by piece, so that a large file needs little memory here.
 * @returns undefined when it is not a form, or did not arrive in full
 */
export async function arrivingUpload({ headers, body }: Request): Promise<UploadForm | undefined> {
  const parser = parserOf(headers.get('content-type') ?? '')
  if (!parser || !body) return undefined
  const files: Promise<ArrivedUpload>[] = []
  const streams: Readable[] = []
  let user: string | undefined
  parser.on('field', (name, value) => {
    if (name === 'user') user = value
  })
  parser.on('file', (_field, stream, name: string | undefined, _encoding, mimeType) => {
    streams.push(stream)
    const file = arriving(stream, name ?? '', mimeType)
    file.catch(() => {}) // awaited below, but perhaps only after it has failed
    files.push(file)
  })
  try {
    await pipeline(Readable.from(body, { objectMode: false }), parser)
    return { files: await Promise.all(files), user }
  } catch {
    for (const stream of streams) stream.destroy(new Error('the form did not arrive in full'))
    return undefined
  }
}

function parserOf(type: string): BusboyInstance | undefined {
  try {
    return new Busboy({ headers: { 'content-type': type }, preservePath: true })
  } catch {
    return undefined
  }
}

async function arriving(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  mimeType: string,
): Promise<ArrivedUpload> {
  const hash = createHash('sha256')
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of stream) {
    hash.update(piece)
    size += piece.length
    if (size <= MOST_STORED_BYTES) pieces.push(piece)
    else pieces.length = 0
  }
  const sha256 = hash.digest('hex')
  const bytes = size <= MOST_STORED_BYTES ? { bytes: Buffer.concat(pieces) } : {}
  return { name, mimeType, size, sha256, ...bytes }
}
