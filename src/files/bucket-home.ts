import { S3Client } from 'bun'
import { setTimeout } from 'node:timers/promises'
import {
  FileDamaged,
  FilesAway,
  type FileHome,
  type FileToKeep,
  handedOn,
  isEncryptedName,
  isKeptName,
  type KeptName,
  requireName,
} from '../engine/files.ts'
import { type Coded, say } from '../engine/sentence.ts'

/** A bucket that speaks S3’s API, and the key for it. */
export interface BucketAccess {
  name: string
  /** of all keys, without slashes at its ends; may be empty */
  prefix: string
  /** undefined: Amazon’s own for the region */
  endpoint: string | undefined
  region: string
  keyId: string
  secret: string
}

export interface BucketWaits {
  /** before the second try; each further one waits twice as long */
  retryMs: number
  /** how long an answer may take, besides the time for its bytes */
  answerMs: number
  /** slower than this it counts as broken */
  bytesPerSecond: number
}

const WAITS: BucketWaits = { retryMs: 500, answerMs: 30_000, bytesPerSecond: 250_000 }
const TRIES = 4
/** Read at once, and held in memory. A piece that breaks off is asked for again. */
const PIECE_BYTES = 4 * 2 ** 20
const PART_BYTES = 8 * 2 ** 20
const LISTED_AT_ONCE = 1_000
/** The server’s clock says when an object was stored, and it may not be ours. */
const CLOCKS_APART_MS = 86_400_000

/** Files in a bucket: `prefix/ab/abc…`, each under its name. */
export class BucketHome implements FileHome {
  readonly #client: S3Client

  constructor(
    private readonly bucket: BucketAccess,
    private readonly waits: BucketWaits = WAITS,
  ) {
    const { name, endpoint, region, keyId, secret } = bucket
    this.#client = new S3Client({
      bucket: name,
      region,
      accessKeyId: keyId,
      secretAccessKey: secret,
      partSize: PART_BYTES,
      queueSize: 2,
      ...(endpoint !== undefined && { endpoint }),
    })
  }

  /** Sends it even if it is there: that makes it new again for all machines that sweep. */
  async keep({ path, name, size }: FileToKeep): Promise<void> {
    await this.#try(size, () => this.#client.write(this.#key(name), Bun.file(path)))
  }

  async open(
    name: KeptName,
    most = Number.POSITIVE_INFINITY,
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    const first = await this.#piece(name, 0, Math.min(most, PIECE_BYTES))
    if (first === 'gone') return undefined
    return most <= PIECE_BYTES ? inOne(first) : this.#pieces(name, first)
  }

  async #piece(name: KeptName, from: number, bytes: number): Promise<Uint8Array | 'gone'> {
    const file = this.#client.file(this.#key(name))
    try {
      return await this.#try(bytes, () => file.slice(from, from + bytes).bytes())
    } catch (fault) {
      const code = fault instanceof FilesAway ? codeOf(fault.cause) : ''
      if (code === 'NoSuchKey') return 'gone'
      if (code === 'InvalidRange') return new Uint8Array() // nothing is left, or it is empty
      throw fault
    }
  }

  /** @throws FilesAway after the last piece, if they are not what was kept under this name; what is encrypted says so itself */
  async *#pieces(name: KeptName, first: Uint8Array): AsyncGenerator<Uint8Array> {
    const hash = new Bun.CryptoHasher('sha256')
    let size = 0
    for (let piece: Uint8Array | 'gone' = first; ; piece = await this.#piece(name, size, PIECE_BYTES)) {
      if (piece === 'gone') throw new FilesAway(say('kept-file-damaged'))
      hash.update(piece)
      size += piece.byteLength
      // Before the last bytes are handed on, so that nobody takes the others for the whole file.
      const isLast = piece.byteLength < PIECE_BYTES
      if (isLast && !isEncryptedName(name) && hash.digest('hex') !== name)
        throw new FileDamaged(say('kept-file-damaged'))
      yield piece
      handedOn(piece.byteLength)
      if (isLast) return
    }
  }

  async *list(): AsyncGenerator<KeptName> {
    for await (const page of this.#pages()) for (const { name } of page) yield name
  }

  async delete(name: KeptName): Promise<void> {
    await this.#try(0, () => this.#client.delete(this.#key(name)))
  }

  async sweep(used: (names: KeptName[]) => Promise<Set<KeptName>>, before: number): Promise<void> {
    const isOld = (modified: string | undefined) =>
      modified !== undefined && Date.parse(modified) < before - CLOCKS_APART_MS
    for await (const page of this.#pages()) {
      const old = page.filter(({ modified }) => isOld(modified))
      const stay = old.length === 0 ? new Set() : await used(old.map(({ name }) => name))
      for (const { key, name } of old) {
        if (stay.has(name)) continue
        // The same bytes may have been stored anew while it was asked who uses them.
        const now = await this.#try(0, () => this.#client.list({ prefix: key, maxKeys: 1 }))
        if (isOld(now.contents?.[0]?.lastModified)) await this.#try(0, () => this.#client.delete(key))
      }
    }
  }

  /** What is kept, some at a time; nothing else that lies there. */
  async *#pages(): AsyncGenerator<{ key: string; name: KeptName; modified: string | undefined }[]> {
    const prefix = this.#key('')
    let after: string | undefined
    do {
      const page = await this.#try(0, () =>
        this.#client.list({
          prefix,
          maxKeys: LISTED_AT_ONCE,
          ...(after !== undefined && { continuationToken: after }),
        }),
      )
      yield (page.contents ?? [])
        .map(({ key, lastModified }) => ({ key, name: nameIn(key), modified: lastModified }))
        .filter(({ name }) => isKeptName(name))
      after = page.isTruncated ? page.nextContinuationToken : undefined
    } while (after !== undefined)
  }

  /** Stores, reads and deletes a small object, for `rowbot doctor`. @throws FilesAway */
  async check(): Promise<void> {
    const key = this.#key(`check-${crypto.randomUUID()}`)
    await this.#try(0, () => this.#client.write(key, 'Rowbot'))
    await this.#try(0, () => this.#client.file(key).text())
    await this.#try(0, () => this.#client.list({ prefix: key, maxKeys: 1 }))
    await this.#try(0, () => this.#client.delete(key))
  }

  #key(name: string): string {
    const { prefix } = this.bucket
    const folder = prefix === '' ? '' : `${prefix}/`
    if (name === '' || name.startsWith('check-')) return folder + name
    requireName(name)
    return `${folder}${name.slice(0, 2)}/${name}`
  }

  /** @param bytes that are sent or asked for @throws FilesAway, whose cause says why */
  async #try<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const { answerMs, bytesPerSecond, retryMs } = this.waits
    const limitMs = answerMs + (bytes / bytesPerSecond) * 1_000
    for (let tries = 1; ; tries++) {
      try {
        return await within(limitMs, work)
      } catch (fault) {
        const code = codeOf(fault)
        if (FINAL.has(code) || tries === TRIES) throw awayBecause(code, fault)
        await setTimeout(retryMs * 2 ** (tries - 1))
      }
    }
  }
}

function nameIn(key: string): string {
  return key.split('/').at(-1) ?? ''
}

async function* inOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Bun’s client has no time limit. What comes too late is left to end by itself. */
async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const isOver = new AbortController()
  const tooSlow = async () => {
    await setTimeout(ms, undefined, { signal: isOver.signal })
    throw Object.assign(new Error('the bucket is too slow'), { code: TOO_SLOW })
  }
  try {
    return await Promise.race([work(), tooSlow()])
  } finally {
    isOver.abort()
  }
}

const TOO_SLOW = 'Timeout'
/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const REFUSALS = [
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthorizationHeaderMalformed',
]
/** A further try would have the same answer, or take as long once more. */
const FINAL = new Set([...REFUSALS, 'NoSuchBucket', 'NoSuchKey', 'InvalidRange', TOO_SLOW])

function codeOf(fault: unknown): string {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : 'unknown'
}

/** The code, never the message: that may have a link with a signature in it. */
function awayBecause(code: string, fault: unknown): FilesAway {
  return new FilesAway(sentenceOf(code), fault)
}

function sentenceOf(code: string): Coded {
  if (code === 'NoSuchBucket') return say('bucket-missing')
  return REFUSALS.includes(code) ? say('bucket-refuses', { code }) : say('bucket-away', { code })
}
