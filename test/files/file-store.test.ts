import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { readdir, utimes } from 'node:fs/promises'
import { relative } from 'node:path'
import { TooLarge } from '../../src/files/pieces.ts'
import { aFileStore, aFolderStore } from '../support/file-store.ts'

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

async function textOf(source: AsyncIterable<Uint8Array> | undefined): Promise<string | undefined> {
  return source && Buffer.concat(await Array.fromAsync(source)).toString()
}

test('a file is kept under its hash, and the same bytes once', async () => {
  const store = aFileStore()
  const first = await store.put(pieces('an ', 'invoice'))
  const second = await store.put(pieces('an invoice'))
  expect(first).toEqual(second)
  expect(first.size).toBe(10)
  expect(await textOf(await store.open(first.sha256))).toBe('an invoice')
  expect(await textOf(await store.open('0'.repeat(64)))).toBeUndefined()
})

test('nothing is left of a file that is too large, breaks off or is refused', async () => {
  const { store, folder, path } = aFolderStore()
  const broken = async function* () {
    yield Buffer.from('half')
    throw new Error('cut')
  }
  await expect(store.put(pieces('12345', '6'), 5)).rejects.toThrow(TooLarge)
  await expect(store.put(broken())).rejects.toThrow('cut')
  const refuse = () => Promise.reject(new Error('not wanted'))
  await expect(store.put(pieces('x'), 5, refuse)).rejects.toThrow('not wanted')
  const { sha256 } = await store.put(pieces('12345'), 5)
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(
    ['tmp', sha256.slice(0, 2), relative(folder, path(sha256))].toSorted(),
  )
})

test('a name is never looked up as a path', async () => {
  const { store, path } = aFolderStore()
  expect(() => path('../../etc/passwd')).toThrow('by its hash')
  await expect(store.open('..')).rejects.toThrow('by its hash')
})

test('a sweep deletes old files that nobody uses, and leaves new ones', async () => {
  const { store, path } = aFolderStore()
  const [old, used, fresh] = await Promise.all(['old', 'used', 'new'].map((text) => store.put(pieces(text))))
  if (!old || !used || !fresh) throw new Error('three were put')
  const long = new Date(Date.now() - 7_200_000)
  for (const { sha256 } of [old, used]) await utimes(path(sha256), long, long)
  await store.sweep(() => Promise.resolve(new Set([used.sha256])), Date.now() - 3_600_000)
  expect([old, used, fresh].map(({ sha256 }) => existsSync(path(sha256)))).toEqual([false, true, true])
})

test('a sweep leaves a file that is stored anew while it looks', async () => {
  const { store, path } = aFolderStore()
  const { sha256 } = await store.put(pieces('again'))
  const long = new Date(Date.now() - 7_200_000)
  await utimes(path(sha256), long, long)
  const nobodyYet = async () => {
    await store.put(pieces('again'))
    return new Set<string>()
  }
  await store.sweep(nobodyYet, Date.now() - 3_600_000)
  expect(existsSync(path(sha256))).toBe(true)
})
