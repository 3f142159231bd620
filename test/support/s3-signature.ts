import { createHash, createHmac } from 'node:crypto'

/** A request as it arrived, with the names of its headers in small letters. */
export interface SignedRequest {
  method: string
  /** with its query, as it was sent */
  url: string
  headers: Record<string, string>
}

/**
 * What a request’s signature must be: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @returns undefined if it has none of this kind
 */
export function signatureOf(request: SignedRequest, secret: string) {
  const { method, url, headers } = request
  const given = AUTHORIZATION.exec(headers['authorization'] ?? '')?.groups
  if (!given) return undefined
  const { key = '', date = '', region = '', names = '', signature = '' } = given
  const { pathname, searchParams } = new URL(url, 'http://s3')
  const query = [...searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&')
  const signed = names.split(';').map((name) => `${name}:${(headers[name] ?? '').trim()}\n`)
  const payload = headers['x-amz-content-sha256'] ?? ''
  const canonical = [method, pathname, query, signed.join(''), names, payload].join('\n')
  const scope = `${date}/${region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'] ?? '', scope, sha256(canonical)].join('\n')
  const signingKey = [region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (last, part) => hmac(last, part),
    hmac(`AWS4${secret}`, date),
  )
  return { key, region, given: signature, right: hmac(signingKey, toSign).toString('hex') }
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/(?<date>\d{8})\/(?<region>[^/]+)\/s3\/aws4_request, ?SignedHeaders=(?<names>[^,]+), ?Signature=(?<signature>[0-9a-f]{64})$/

/** As AWS writes it: everything but letters, digits and -._~ */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
