import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { utimes } from 'node:fs/promises'
import { createDatabaseHome } from '../../src/db/stored-files.ts'
import { FilesAway, type FileHome, keptName } from '../../src/engine/files.ts'
import { BucketHome } from '../../src/files/bucket-home.ts'
import { FileStore } from '../../src/files/file-store.ts'
import { tempFolder } from '../support/bot.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { aFolderStore, ENCRYPTING, READING, textIn } from '../support/file-store.ts'
import { openShelf } from '../support/runner-store.ts'
import { anS3Server, type S3Server, type S3Trouble } from '../support/s3-server.ts'
import { signatureOf } from '../support/s3-signature.ts'

const DAY_MS = 86_400_000

/** A store whose files are kept in one kind of place, and what makes one of them two days old. */
interface Kept {
  store: FileStore
  now: () => number
  age: (sha256: string) => Promise<unknown>
}

type Form = 'plain' | 'encrypted'
const FORMS = { plain: READING, encrypted: ENCRYPTING }

const HOMES: Record<string, (form: Form) => Promise<Kept>> = {
  'a folder': async (form) => {
    const { store, path } = aFolderStore(FORMS[form])
    const long = new Date(Date.now() - 2 * DAY_MS)
    return { store, now: () => Date.now(), age: (sha256) => utimes(path(sha256), long, long) }
  },
  'the database': async (form) => {
    const { db } = await openShelf()
    const clock = new FakeClock()
    const age = async (hash: string) => {
      const sha256 = keptName(hash, form)
      const stored_at = clock.now() - 2 * DAY_MS
      await db.updateTable('stored_files').set({ stored_at }).where('sha256', '=', sha256).execute()
      await db.updateTable('stored_file_chunks').set({ stored_at }).where('sha256', '=', sha256).execute()
    }
    return { store: storeIn(createDatabaseHome(db, clock), FORMS[form]), now: () => clock.now(), age }
  },
  'a bucket': async (form) => {
    const { s3, home } = await inBucket()
    const store = storeIn(home, FORMS[form])
    const age = async (sha256: string) => {
      const object = objects(s3).get(`a/folder/${sha256.slice(0, 2)}/${keptName(sha256, form)}`)
      if (object) object.modified = Date.now() - 2 * DAY_MS
    }
    return { store, now: () => Date.now(), age }
  },
}

function storeIn(home: FileHome, encryption = READING): FileStore {
  return new FileStore(tempFolder(), [home], encryption)
}

async function inBucket(answerMs = 10_000) {
  const s3 = await anS3Server()
  const { url: endpoint, keyId, secret } = s3
  const bucket = { name: 'rowbot', prefix: 'a/folder', endpoint, region: 'eu-central-1', keyId, secret }
  const home = new BucketHome(bucket, { retryMs: 1, answerMs, bytesPerSecond: 1e8 })
  return { s3, home, store: storeIn(home) }
}

function objects(s3: S3Server) {
  return s3.buckets.get('rowbot') ?? new Map<string, never>()
}

async function* pieces(...texts: (string | Uint8Array)[]) {
  for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text
}

const FORMS_OF_HOMES = Object.entries(HOMES).flatMap(([place, make]) =>
  (['plain', 'encrypted'] as const).map((form) => [place, form, () => make(form)] as const),
)

describe.each(FORMS_OF_HOMES)('In %s, %s,', (_, _form, make) => {
  test('a file is kept under its hash, the same bytes once, and an empty one as well', async () => {
    const { store } = await make()
    const first = await store.put(pieces('an ', 'invoice'))
    expect(await store.put(pieces('an invoice'))).toEqual(first)
    expect(await textIn(store, first.sha256)).toBe('an invoice')
    expect(await textIn(store, (await store.put(pieces())).sha256)).toBe('')
    expect(await textIn(store, '0'.repeat(64))).toBeUndefined()
  })

  test('a large file comes back byte by byte, and its beginning alone if no more is wanted', async () => {
    const { store } = await make()
    // Two whole pieces of a bucket, so that the third one is empty.
    const bytes = Buffer.alloc(8 * 2 ** 20, crypto.getRandomValues(new Uint8Array(65_537)))
    const { sha256, size } = await store.put(pieces(bytes.subarray(0, 5_000_000), bytes.subarray(5_000_000)))
    expect(size).toBe(bytes.length)
    const hash = createHash('sha256')
    for await (const piece of (await store.open(sha256)) ?? []) hash.update(piece)
    expect(hash.digest('hex')).toBe(sha256)
    const head = Buffer.concat(await Array.fromAsync((await store.open(sha256, 100)) ?? []))
    expect(head.length).toBeLessThan(2 ** 20 + 1)
    expect(head.subarray(0, 100)).toEqual(bytes.subarray(0, 100))
  })

  test('a sweep deletes what is old and nobody uses; not what is used, new, or new again', async () => {
    const { store, now, age } = await make()
    const put = async (text: string) => (await store.put(pieces(text))).sha256
    const [old, used, fresh, again] = [
      await put('old'),
      await put('used'),
      await put('new'),
      await put('again'),
    ]
    for (const sha256 of [old, used, again]) await age(sha256)
    const asked = async (hashes: string[]) => {
      await put('again') // somebody sends it once more while it is asked who uses it
      return new Set(hashes.filter((sha256) => sha256 === used))
    }
    await store.sweep(asked, now() - 3_600_000)
    const left = await Promise.all([old, used, fresh, again].map((sha256) => textIn(store, sha256)))
    expect(left).toEqual([undefined, 'used', 'new', 'again'])
    expect(await put('old')).toBe(old)
    expect(await textIn(store, old)).toBe('old')
  })

  test('a name is never looked up as a path', async () => {
    const { store } = await make()
    await expect(store.open('../../etc/passwd')).rejects.toThrow('by its hash')
  })
})

test('files from before a bucket was set are found in the folder, and new ones go to the bucket', async () => {
  const { folder, store } = aFolderStore(READING)
  const before = await store.put(pieces('before'))
  const { s3, home } = await inBucket()
  const both = new FileStore(folder, [home])
  const after = await both.put(pieces('after'))
  expect(await textIn(both, before.sha256)).toBe('before')
  expect(await textIn(both, after.sha256)).toBe('after')
  expect(objects(s3).size).toBe(1)
})

test('what a killed process has left half-written in the database is no file, and is swept', async () => {
  const { db } = await openShelf()
  const clock = new FakeClock()
  const home = createDatabaseHome(db, clock)
  const sha256 = createHash('sha256').update('whole').digest('hex')
  const chunk = { sha256, position: 0, bytes: Buffer.from('whole'), stored_at: clock.now() }
  await db.insertInto('stored_file_chunks').values(chunk).execute()
  expect(await home.open(sha256)).toBeUndefined()
  await home.sweep(() => Promise.resolve(new Set()), clock.now())
  expect(await db.selectFrom('stored_file_chunks').select('position').execute()).toHaveLength(1)
  await home.sweep(() => Promise.resolve(new Set()), clock.now() + 1)
  expect(await db.selectFrom('stored_file_chunks').select('position').execute()).toEqual([])
})

describe('A bucket', () => {
  test('is asked as Amazon documents it: the double finds the signature of their example right', () => {
    const headers = {
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-amz-date': '20130524T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    }
    const request = { method: 'GET', url: '/test.txt', headers }
    const signature = signatureOf(request, 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')
    expect(signature?.right).toBe(signature?.given ?? 'none')
  })

  test.each<[string, (s3: S3Server) => void, string]>([
    ['that does not exist', (s3) => s3.buckets.clear(), 'does not exist'],
    ['that refuses the key', (s3) => (s3.secret = 'another'), 'refuses Rowbot’s key (SignatureDoesNotMatch)'],
    ['that is slow', (s3) => (s3.trouble = () => 'silent'), 'does not answer (Timeout)'],
    ['in trouble', (s3) => (s3.trouble = () => ({ status: 500, code: 'InternalError' })), '(InternalError)'],
    ['that breaks off', (s3) => (s3.trouble = () => ({ cutAfter: 0 })), '(ConnectionClosed)'],
  ])(
    '%s is told in words, and never taken for one that lacks a file',
    async (_, spoil, sentence) => {
      const { s3, store, home } = await inBucket(sentence.includes('Timeout') ? 300 : undefined)
      const { sha256 } = await store.put(pieces('kept'))
      const { secret } = s3
      spoil(s3)
      for (const work of [
        () => store.open(sha256),
        () => store.put(pieces('new')),
        () => store.sweep(() => Promise.resolve(new Set()), Date.now()),
        () => home.check(),
      ]) {
        const fault = await work().catch((reason: unknown) => reason)
        expect(fault).toBeInstanceOf(FilesAway)
        expect(String(fault)).toContain(sentence)
        expect(Bun.inspect(fault)).not.toContain(secret)
      }
    },
    20_000,
  )

  test('that asks to slow down, or breaks off in the middle, is asked again', async () => {
    const { s3, store } = await inBucket()
    const firstOfEach = (trouble: S3Trouble) => {
      const seen = new Set<string>()
      s3.trouble = ({ method, query, range }) => {
        const request = `${method} ${query.get('partNumber')} ${query.has('uploads')} ${range}`
        if (seen.has(request)) return undefined
        seen.add(request)
        return trouble
      }
    }
    firstOfEach({ status: 503, code: 'SlowDown' })
    const bytes = Buffer.alloc(9_000_000, 'abc')
    const { sha256 } = await store.put(pieces(bytes))
    firstOfEach({ cutAfter: 1_000 })
    const hash = createHash('sha256')
    for await (const piece of (await store.open(sha256)) ?? []) hash.update(piece)
    expect(hash.digest('hex')).toBe(sha256)
  })

  test('that gives other bytes than were kept is caught before the end of the file', async () => {
    const { s3, store } = await inBucket()
    const { sha256 } = await store.put(pieces('the right bytes'))
    for (const object of objects(s3).values()) object.bytes = Buffer.from('the wrong bytes')
    await expect(textIn(store, sha256)).rejects.toThrow('other bytes')
  })

  test('with thousands of files is swept page by page, and others’ objects stay', async () => {
    const { s3, home } = await inBucket()
    const all = objects(s3)
    const old = { bytes: Buffer.from('x'), modified: Date.now() - 3 * DAY_MS }
    for (let i = 0; i < 2_500; i++) {
      const sha256 = createHash('sha256').update(String(i)).digest('hex')
      all.set(`a/folder/${sha256.slice(0, 2)}/${sha256}`, old)
    }
    all.set('a/folder/readme.txt', old)
    all.set(`b/00/${'0'.repeat(64)}`, old)
    const keep = createHash('sha256').update('7').digest('hex')
    await home.sweep(() => Promise.resolve(new Set([keep])), Date.now())
    expect([...all.keys()].toSorted()).toEqual(
      [`a/folder/${keep.slice(0, 2)}/${keep}`, 'a/folder/readme.txt', `b/00/${'0'.repeat(64)}`].toSorted(),
    )
  }, 20_000)
})
