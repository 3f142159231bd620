import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDatabaseHome } from '../../src/db/stored-files.ts'
import { FileDamaged, type FileHome, keptName } from '../../src/engine/files.ts'
import { BucketHome } from '../../src/files/bucket-home.ts'
import { convertFiles, countOtherForm } from '../../src/files/convert-files.ts'
import { FileStore } from '../../src/files/file-store.ts'
import { FolderHome } from '../../src/files/folder-home.ts'
import { gather } from '../../src/files/gather.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { tempFolder } from '../support/bot.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { aFolderStore, ENCRYPTING, READING, textIn } from '../support/file-store.ts'
import { openShelf } from '../support/runner-store.ts'
import { anS3Server } from '../support/s3-server.ts'
import { aZip } from '../support/zip.ts'

const SECRET = 'Zoë wants 4,200 € back'

async function* pieces(...texts: (string | Uint8Array)[]) {
  for (const text of texts) yield Buffer.from(text)
}

function sha256Of(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Everything in a folder. */
async function allIn(folder: string): Promise<Buffer> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = found.filter((one) => one.isFile())
  return Buffer.concat(await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name)))))
}

test('a file is nowhere on the disk in the clear: not while it arrives, nor staged, spooled or kept', async () => {
  const { store, folder } = aFolderStore(ENCRYPTING)
  const seen: boolean[] = []
  const look = async () => seen.push((await allIn(folder)).includes(SECRET))
  async function* arriving() {
    yield Buffer.from(SECRET.repeat(10_000))
    await look()
    yield Buffer.from('the end')
  }
  const { sha256, size } = await store.put(arriving(), undefined, async () => void (await look()))
  await look()
  const spooled = await store.spool(arriving(), 1e9)
  await look()
  expect(seen).toEqual([false, false, false, false, false])
  expect(size).toBe(Buffer.byteLength(SECRET) * 10_000 + 7)
  expect(spooled?.size).toBe(size)
  expect(Buffer.concat(await Array.fromAsync(spooled?.open() ?? [])).includes(SECRET)).toBe(true)
  expect(await textIn(store, sha256)).toBe(`${SECRET.repeat(10_000)}the end`)
  await spooled?.remove()
  expect((await readdir(join(folder, 'tmp'))).length).toBe(0)
})

test('what was sent is looked at as always: kinds of files, ZIPs, tables and pictures', async () => {
  const inZip = await aZip([
    { name: 'word/document.xml', bytes: Buffer.from('<a/>'.repeat(50_000)) },
    { name: '[Content_Types].xml', bytes: Buffer.from('<Types/>') },
  ])
  const bytes = {
    'pictures/red.png': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'a.pdf': Buffer.from(`some bytes before %PDF-1.7 ${SECRET}`),
    'page.txt': Buffer.from('<!doctype html><p>sign in</p>'),
    'plain.txt': Buffer.from(SECRET),
    'empty.txt': Buffer.alloc(0),
    'inner.bin': inZip,
    'large.bin': Buffer.alloc(300_000, SECRET),
  }
  const all = Object.entries(bytes).map(([name, some]) => ({ name, bytes: some }))
  const zip = await aZip([...all, { name: 'orders.csv', bytes: Buffer.from('File\na.pdf\n') }])
  const sent = [{ name: 'all.zip', open: async () => pieces(zip) }]
  const words = { file: 'File', type: 'Type', size: 'Size' }
  const options = { limits: DEFAULT_LIMITS, words }
  const clear = await gather(sent, { ...options, store: aFolderStore(READING).store })
  const { store, folder } = aFolderStore(ENCRYPTING)
  expect(await gather(sent, { ...options, store })).toEqual(clear)
  const kinds = clear.files?.map(({ content }) => content ?? 'text') ?? []
  expect(kinds.toSorted()).toEqual(['html', 'pdf', 'png', 'text', 'text', 'text', 'zip'])
  for (const { name, bytes: some } of all)
    expect(await textIn(store, sha256Of(some)), name).toBe(Buffer.from(some).toString())
  expect((await allIn(folder)).includes(SECRET)).toBe(false)
})

test('a file of this machine is copied encrypted, and a damaged ZIP is refused as always', async () => {
  const { store, folder } = aFolderStore(ENCRYPTING)
  const path = join(tempFolder(), 'a.txt')
  await Bun.write(path, SECRET)
  const told: number[] = []
  const staged = await store.stageFile(path, (bytes) => told.push(bytes))
  expect(told).toEqual([Buffer.byteLength(SECRET)])
  expect(staged.sha256).toBe(sha256Of(SECRET))
  expect((await allIn(folder)).includes(SECRET)).toBe(false)
  const broken = pieces(Buffer.from('PK\u0003\u0004 and nothing that follows'.repeat(9)))
  const cut = { name: 'a.zip', open: async () => broken }
  const words = { file: 'File', type: 'Type', size: 'Size' }
  await expect(gather([cut], { store, limits: DEFAULT_LIMITS, words })).rejects.toThrow('damaged')
})

test('files from before and after the setting was changed are read, whatever it says now', async () => {
  const { folder, store } = aFolderStore(READING)
  const on = new FileStore(folder, [], ENCRYPTING)
  const before = await store.put(pieces('before'))
  const after = await on.put(pieces('after'))
  for (const one of [store, on]) {
    expect(await textIn(one, before.sha256)).toBe('before')
    expect(await textIn(one, after.sha256)).toBe('after')
  }
  const unencrypted = new FileStore(folder)
  expect(await textIn(unencrypted, before.sha256)).toBe('before')
})

test('a file that looks like an encrypted one is a file like any other', async () => {
  const { store, folder } = aFolderStore(READING)
  const forged = Buffer.from(`RBSEALED1${'x'.repeat(200)}`)
  const { sha256 } = await store.put(pieces(forged))
  expect(await textIn(store, sha256)).toBe(forged.toString())
  const on = new FileStore(folder, [], ENCRYPTING)
  expect(await textIn(on, sha256)).toBe(forged.toString())
  expect(await textIn(on, (await on.put(pieces(forged))).sha256)).toBe(forged.toString())
})

test('a file that was changed, cut off or put in another’s place is damaged, and says nothing wrong', async () => {
  const { store, path } = aFolderStore(ENCRYPTING)
  const text = SECRET.repeat(5_000)
  const { sha256 } = await store.put(pieces(text))
  const other = await store.put(pieces('another'))
  const stored = await readFile(path(sha256))
  const spoilt = [
    stored.subarray(0, 70_000),
    stored.subarray(0, 20),
    Buffer.concat([stored, Buffer.from('x')]),
    Buffer.from(text),
    await readFile(path(other.sha256)),
  ]
  for (const bytes of spoilt) {
    await Bun.write(path(sha256), bytes)
    const came: Uint8Array[] = []
    const read = async () => {
      for await (const piece of (await store.open(sha256)) ?? []) came.push(piece)
    }
    await expect(read()).rejects.toBeInstanceOf(FileDamaged)
    expect(text.startsWith(Buffer.concat(came).toString())).toBe(true)
  }
})

interface Place {
  /** if it is not the folder */
  home?: () => FileHome
  /** everything in it, as it is stored */
  all: (folder: string) => Promise<Buffer>
}

const PLACES: Record<string, () => Promise<Place>> = {
  'the folder': () => Promise.resolve({ all: allIn }),
  'the database': async () => {
    const { db } = await openShelf()
    return {
      home: () => createDatabaseHome(db, new FakeClock()),
      all: async () => {
        const chunks = await db.selectFrom('stored_file_chunks').select('bytes').execute()
        return Buffer.concat(chunks.map(({ bytes }) => bytes))
      },
    }
  },
  'the bucket': async () => {
    const s3 = await anS3Server()
    const { url: endpoint, keyId, secret } = s3
    const bucket = { name: 'rowbot', prefix: '', endpoint, region: 'eu-central-1', keyId, secret }
    const waits = { retryMs: 1, answerMs: 10_000, bytesPerSecond: 1e8 }
    return {
      home: () => new BucketHome(bucket, waits),
      all: async () =>
        Buffer.concat([...(s3.buckets.get('rowbot')?.values() ?? [])].map(({ bytes }) => Buffer.from(bytes))),
    }
  },
}

describe.each(Object.entries(PLACES))('What is kept in %s', (_, make) => {
  async function both() {
    const place = await make()
    const folder = tempFolder()
    const home = place.home?.()
    const homes = home ? [home] : []
    const off = new FileStore(folder, homes, READING)
    return {
      off,
      on: new FileStore(folder, homes, ENCRYPTING),
      home: home ?? new FolderHome(folder),
      all: () => place.all(folder),
    }
  }

  test('is encrypted and decrypted in place, and a second time nothing is left to do', async () => {
    const { off, on, all } = await both()
    const texts = ['', 'short', SECRET.repeat(100_000), SECRET]
    const put = await Promise.all(texts.map((text) => off.put(pieces(text))))
    expect((await all()).includes(SECRET)).toBe(true)
    expect(await countOtherForm(on)).toBe(4)
    expect(await countOtherForm(on, 2)).toBe(2)
    const sizes: number[] = []
    for (const [to, from] of [
      [on, off],
      [off, on],
    ] as const) {
      expect(await convertFiles(to, (bytes) => sizes.push(bytes))).toEqual({ damaged: [] })
      expect((await all()).includes(SECRET)).toBe(to === off)
      expect(await countOtherForm(to)).toBe(0)
      for (const store of [to, from])
        expect(await Promise.all(put.map(({ sha256 }) => textIn(store, sha256)))).toEqual(texts)
      await convertFiles(to, () => expect.unreachable())
    }
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2 * put.reduce((sum, { size }) => sum + size, 0))
  })

  test('is read to its end while it is encrypted', async () => {
    const { off, on } = await both()
    const text = SECRET.repeat(400_000) // several pieces, wherever it is
    const { sha256 } = await off.put(pieces(text))
    for (const [reader, to] of [
      [off, on],
      [on, off],
    ] as const) {
      const hash = createHash('sha256')
      const opened = await reader.open(sha256)
      let read = 0
      for await (const piece of opened ?? []) {
        if (read++ === 0) await convertFiles(to, () => {})
        hash.update(piece)
      }
      expect(hash.digest('hex')).toBe(sha256)
    }
  }, 30_000)

  test('stays as it is where its bytes are not what was kept; all others are encrypted', async () => {
    const { off, on, home } = await both()
    const { sha256 } = await off.put(pieces('good'))
    const path = join(tempFolder(), 'wrong')
    await Bun.write(path, 'wrong')
    const wrong = sha256Of('right')
    await home.keep({ path, name: wrong, size: 5 })
    expect(await convertFiles(on, () => {})).toEqual({ damaged: [wrong] })
    expect((await Array.fromAsync(home.list())).toSorted()).toEqual(
      [keptName(sha256, 'encrypted'), wrong].toSorted(),
    )
  })
})

test('encryption that is killed in the middle goes on where it was, and nothing is lost', async () => {
  const { folder, store } = aFolderStore(READING)
  const on = new FileStore(folder, [], ENCRYPTING)
  const texts = Array.from({ length: 6 }, (_, n) => `${SECRET} ${n}`)
  const put = await Promise.all(texts.map((text) => store.put(pieces(text))))
  let done = 0
  const dies = () => {
    if (++done === 3) throw new Error('killed')
  }
  await expect(convertFiles(on, dies)).rejects.toThrow('killed')
  expect(await countOtherForm(on)).toBe(3)
  // Killed after the encrypted one was kept, and before the other was deleted: both are there.
  await on.put(pieces(texts[5] ?? ''))
  expect(await convertFiles(on, dies)).toEqual({ damaged: [] })
  expect(done).toBe(6)
  for (const reader of [store, on])
    expect(await Promise.all(put.map(({ sha256 }) => textIn(reader, sha256)))).toEqual(texts)
  expect((await allIn(folder)).includes(SECRET)).toBe(false)
})
