import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { later } from './bot.ts'
import { signatureOf } from './s3-signature.ts'

/** What goes wrong with a request, instead of its answer. */
export type S3Trouble =
  | { status: number; code: string }
  /** the connection ends: before the answer, or after so many bytes of it */
  | { cutAfter: number }
  /** nothing is answered, ever */
  | 'silent'

interface StoredObject {
  bytes: Buffer
  modified: number
}

export interface S3Server {
  url: string
  keyId: string
  secret: string
  /** by bucket and key; a bucket that is not in it does not exist */
  buckets: Map<string, Map<string, StoredObject>>
  /** uploads in parts that were begun and neither completed nor given up, by their ids */
  unfinished: Map<string, Map<number, Buffer>>
  /** every request, as `PUT /bucket/key?query` */
  requests: string[]
  /** asked about each request before it is answered */
  trouble: (request: { method: string; query: URLSearchParams; range: string }) => S3Trouble | undefined
}

/**
 * S3 as its API reference has it, for what we use: signatures, objects in one and in several parts, ranges, lists and
 * deletion, with the errors and the XML of https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export async function anS3Server(): Promise<S3Server> {
  const state: S3Server = {
    url: '',
    keyId: 'AKIAROWBOTTEST',
    secret: 'not+a/secret:of-anybody',
    buckets: new Map([['rowbot', new Map()]]),
    unfinished: new Map(),
    requests: [],
    trouble: () => undefined,
  }
  const server = createServer((request, response) => void answer(state, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  later(() => {
    server.closeAllConnections()
    server.close()
  })
  // `as`: it listens on a port
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

async function answer(state: S3Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request
  const { pathname: path, searchParams: query } = new URL(url, 'http://s3')
  state.requests.push(`${method} ${url}`)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    return // the sender has gone
  }
  const trouble = state.trouble({ method, query, range: request.headers.range ?? '' })
  if (trouble === 'silent') return
  if (trouble && 'cutAfter' in trouble && trouble.cutAfter === 0) return void request.socket.destroy()
  const reply =
    trouble && 'status' in trouble
      ? error(trouble.status, trouble.code)
      : (refused(state, request, Buffer.concat(chunks)) ??
        replyTo(state, { method, path, query, request, body: Buffer.concat(chunks) }))
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : (reply.body ?? Buffer.alloc(0))
  response.writeHead(reply.status, { 'content-length': String(body.length), ...reply.headers })
  if (trouble && 'cutAfter' in trouble) {
    response.write(body.subarray(0, trouble.cutAfter), () => request.socket.destroy())
    return
  }
  response.end(method === 'HEAD' ? undefined : body)
}

interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string | Buffer
}

/** Whoever has no right, or sends other bytes than were signed. */
function refused(state: S3Server, request: IncomingMessage, body: Buffer): Reply | undefined {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  const signature = signatureOf(
    { method: request.method ?? '', url: request.url ?? '', headers },
    state.secret,
  )
  if (!signature) return error(403, 'AccessDenied')
  if (signature.key !== state.keyId) return error(403, 'InvalidAccessKeyId')
  if (signature.given !== signature.right) return error(403, 'SignatureDoesNotMatch')
  const hash = headers['x-amz-content-sha256'] ?? ''
  const isOther = hash !== 'UNSIGNED-PAYLOAD' && hash !== createHash('sha256').update(body).digest('hex')
  return isOther ? error(400, 'XAmzContentSHA256Mismatch') : undefined
}

interface Asked {
  method: string
  path: string
  query: URLSearchParams
  request: IncomingMessage
  body: Buffer
}

function replyTo(state: S3Server, asked: Asked): Reply {
  const { method, query, body } = asked
  const [, bucket = '', ...rest] = asked.path.split('/')
  const key = rest.map((part) => decodeURIComponent(part)).join('/')
  const objects = state.buckets.get(bucket)
  if (!objects) return error(404, 'NoSuchBucket')
  const uploadId = query.get('uploadId') ?? ''
  const parts = state.unfinished.get(uploadId)
  switch (method) {
    case 'GET':
    case 'HEAD':
      return key === '' ? list(bucket, objects, query) : read(objects, key, asked)
    case 'DELETE':
      if (uploadId === '') objects.delete(key)
      else if (!state.unfinished.delete(uploadId)) return error(404, 'NoSuchUpload')
      return { status: 204 }
    case 'PUT':
      if (!query.has('partNumber')) objects.set(key, { bytes: body, modified: Date.now() })
      else if (parts) parts.set(Number(query.get('partNumber')), body)
      else return error(404, 'NoSuchUpload')
      return { status: 200, headers: { etag: etagOf(body) } }
    case 'POST': {
      if (query.has('uploads')) {
        const id = crypto.randomUUID()
        state.unfinished.set(id, new Map())
        return xml(
          `<InitiateMultipartUploadResult xmlns="${NAMESPACE}"><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
        )
      }
      if (!parts) return error(404, 'NoSuchUpload')
      const listed = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) =>
        Number(n),
      )
      const all = listed.map((n) => parts.get(n))
      if (all.length === 0 || all.some((part) => part === undefined)) return error(400, 'InvalidPart')
      const bytes = all.map((part) => part ?? Buffer.alloc(0))
      if (bytes.slice(0, -1).some((part) => part.length < LEAST_PART_BYTES))
        return error(400, 'EntityTooSmall')
      objects.set(key, { bytes: Buffer.concat(bytes), modified: Date.now() })
      state.unfinished.delete(uploadId)
      return xml(
        `<CompleteMultipartUploadResult xmlns="${NAMESPACE}"><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key><ETag>&quot;x-${all.length}&quot;</ETag></CompleteMultipartUploadResult>`,
      )
    }
    default:
      return error(405, 'MethodNotAllowed')
  }
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'
const LEAST_PART_BYTES = 5 * 2 ** 20

function read(objects: Map<string, StoredObject>, key: string, { method, request }: Asked): Reply {
  const found = objects.get(key)
  if (!found) return method === 'HEAD' ? { status: 404 } : error(404, 'NoSuchKey')
  const { bytes, modified } = found
  const headers = { etag: etagOf(bytes), 'last-modified': new Date(modified).toUTCString() }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  if (!range) {
    return { status: 200, headers: { ...headers, 'content-length': String(bytes.length) }, body: bytes }
  }
  const from = Number(range[1])
  const to = Math.min(range[2] === '' ? Infinity : Number(range[2]), bytes.length - 1)
  if (from >= bytes.length) return error(416, 'InvalidRange')
  const part = bytes.subarray(from, to + 1)
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${from}-${to}/${bytes.length}` },
    body: part,
  }
}

function list(bucket: string, objects: Map<string, StoredObject>, query: URLSearchParams): Reply {
  const prefix = query.get('prefix') ?? ''
  const most = Math.min(Number(query.get('max-keys') ?? 1_000), 1_000)
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted()
  const shown = keys.slice(0, most)
  const isCut = keys.length > shown.length
  const contents = shown.map((key) => {
    const { bytes, modified } = objects.get(key) ?? { bytes: Buffer.alloc(0), modified: 0 }
    return `<Contents><Key>${escaped(key)}</Key><LastModified>${new Date(modified).toISOString()}</LastModified><ETag>&quot;${etagOf(bytes).slice(1, -1)}&quot;</ETag><Size>${bytes.length}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  })
  const next = isCut ? `<NextContinuationToken>${escaped(shown.at(-1) ?? '')}</NextContinuationToken>` : ''
  return xml(
    `<ListBucketResult xmlns="${NAMESPACE}"><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix><KeyCount>${shown.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${isCut}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
  )
}

function error(status: number, code: string): Reply {
  return {
    ...xml(`<Error><Code>${code}</Code><Message>${code}.</Message><RequestId>1</RequestId></Error>`),
    status,
  }
}

function xml(body: string): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  }
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
