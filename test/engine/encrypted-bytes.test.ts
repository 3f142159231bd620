import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import {
  decrypted,
  decryptedWhole,
  encrypted,
  encryptedBytesFor,
  encryptedWhole,
  encryptedParts,
  NotDecrypted,
} from '../../src/engine/encrypted-bytes.ts'

const KEY = new Uint8Array(32).fill(7)
const SALT = new Uint8Array(32).fill(9)
const AS = { key: KEY, what: 'an invoice' }
const HEADER = 41
const CHUNK = 65_536
const STORED = CHUNK + 16

function bytesOf(size: number) {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) % 251)
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function whole(source: AsyncIterable<Uint8Array>) {
  return Uint8Array.from(Buffer.concat(await Array.fromAsync(source)))
}

function inOne(bytes: Uint8Array) {
  return inPieces(bytes, Math.max(1, bytes.length))
}

function opened(stored: Uint8Array, as = AS, most?: number) {
  return whole(decrypted(inOne(stored), as, most))
}

const SIZES = [0, 1, 1_000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK - 1]

describe.each(SIZES)('A file of %d bytes', (size) => {
  const plain = bytesOf(size)
  const storing = encryptedWhole(plain, AS, SALT)

  test('comes back as it was, in whatever pieces it is encrypted and read', async () => {
    const stored = await storing
    for (const pieces of [7_919, CHUNK, STORED, 10 * CHUNK]) {
      expect(await whole(encrypted(inPieces(plain, pieces), AS, SALT))).toEqual(Uint8Array.from(stored))
      expect(await whole(decrypted(inPieces(stored, pieces), AS))).toEqual(plain)
    }
    expect(Uint8Array.from(await decryptedWhole(stored, AS))).toEqual(plain)
    const chunks = Math.max(1, Math.ceil(size / CHUNK))
    expect(stored.length).toBe(HEADER + size + 16 * chunks)
  })

  test('that is cut off anywhere is not decrypted, and nothing wrong comes before that is told', async () => {
    const stored = await storing
    const cuts = [0, 1, 9, HEADER - 1, HEADER, HEADER + 1, HEADER + 15, HEADER + 16, HEADER + 17]
    for (let at = HEADER; at < stored.length; at += STORED) cuts.push(at - 1, at, at + 1, at + 16)
    cuts.push(stored.length - 17, stored.length - 16, stored.length - 1)
    for (const cut of cuts) {
      if (cut < 0 || cut >= stored.length) continue
      const part = stored.subarray(0, cut)
      const came: Uint8Array[] = []
      const reading = (async () => {
        for await (const piece of decrypted(inPieces(part, 10_000), AS)) came.push(piece)
      })()
      expect(await reading.catch((fault: unknown) => fault)).toBeInstanceOf(NotDecrypted)
      const before = Buffer.concat(came)
      expect(before.equals(plain.subarray(0, before.length))).toBe(true)
      await expect(decryptedWhole(part, AS)).rejects.toThrow(NotDecrypted)
    }
  })

  test('gives its beginning from the beginning of what is stored', async () => {
    const stored = await storing
    for (const most of [1, 100, 4_100, CHUNK, CHUNK + 1]) {
      const part = stored.subarray(0, encryptedBytesFor(most))
      expect(await opened(part, AS, most)).toEqual(plain.slice(0, most))
    }
  })

  test('gives any part alone', async () => {
    const stored = await storing
    const parts = await encryptedParts(stored.length, async (start, end) => stored.subarray(start, end), AS)
    expect(parts.size).toBe(size)
    for (const [start, end] of [
      [0, 10],
      [5, 5],
      [CHUNK - 3, CHUNK + 3],
      [size - 4, size],
      [0, size],
      [size, size + 9],
    ] as const) {
      if (start < 0) continue
      expect(await whole(parts.read(start, end))).toEqual(plain.slice(start, end))
    }
  })
})

test('bytes that were changed, swapped, doubled, left out or added are not decrypted', async () => {
  const stored = await encryptedWhole(bytesOf(4 * CHUNK), AS, SALT)
  const at = (n: number) => stored.subarray(HEADER + n * STORED, HEADER + (n + 1) * STORED)
  const [first, second, third, last] = [at(0), at(1), at(2), at(3)]
  const header = stored.subarray(0, HEADER)
  const spoilt = [
    [header, second, first, third, last],
    [header, first, second, second, third, last],
    [header, first, third, last],
    [header, first, second, third],
    [header, first, second, third, last, last],
    [header, first, second, third, last, Buffer.from('x')],
    [header, last],
  ].map((parts) => Buffer.concat(parts))
  for (const place of [0, 8, 9, 40, 41, 50_000, HEADER + STORED - 1, stored.length - 1]) {
    const changed = Buffer.from(stored)
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
    spoilt.push(changed)
  }
  for (const bytes of spoilt) {
    await expect(opened(bytes)).rejects.toThrow(NotDecrypted)
    await expect(decryptedWhole(bytes, AS)).rejects.toThrow(NotDecrypted)
  }
})

test('another key, or another thing, does not decrypt it', async () => {
  const stored = await encryptedWhole(bytesOf(100), AS, SALT)
  await expect(opened(stored, { ...AS, what: 'another invoice' })).rejects.toThrow(NotDecrypted)
  await expect(opened(stored, { ...AS, key: new Uint8Array(32).fill(8) })).rejects.toThrow(NotDecrypted)
  await expect(
    opened(Buffer.from('plain bytes that nobody has encrypted, and more of them')),
  ).rejects.toThrow(NotDecrypted)
})

test('another salt gives other bytes, and none of them is one of the file', async () => {
  const text = Buffer.from('Zoë wants a refund of 4,200 €. '.repeat(100))
  const stored = Buffer.from(await encryptedWhole(text, AS, SALT))
  const other = Buffer.from(await encryptedWhole(text, AS, new Uint8Array(32).fill(1)))
  expect(stored.subarray(HEADER).equals(other.subarray(HEADER))).toBe(false)
  for (const bytes of [stored, other]) expect(bytes.includes('refund')).toBe(false)
})

test('1 GB goes through without the memory growing', async () => {
  const piece = bytesOf(2 ** 20)
  const wanted = createHash('sha256')
  async function* many() {
    for (let i = 0; i < 1_024; i++) {
      wanted.update(piece)
      yield piece
    }
  }
  const got = createHash('sha256')
  const before = process.memoryUsage().rss
  let most = 0
  for await (const bytes of decrypted(encrypted(many(), AS, SALT), AS)) {
    got.update(bytes)
    most = Math.max(most, process.memoryUsage.rss())
  }
  expect(got.digest('hex')).toBe(wanted.digest('hex'))
  expect(most - before).toBeLessThan(300 * 2 ** 20)
}, 60_000)
