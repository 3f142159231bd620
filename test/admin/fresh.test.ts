import { expect, test } from 'bun:test'
import { FreshCache } from '../../src/admin/http/cache.ts'
import { FakeClock } from '../support/fake-clock.ts'

test('whoever asks meanwhile waits for the same answer, until it is old', async () => {
  const clock = new FakeClock()
  const cache = new FreshCache(clock)
  let asked = 0
  const get = () => cache.get('list:', 1_000, () => Promise.resolve(++asked))
  expect(await Promise.all([get(), get()])).toEqual([1, 1])
  await clock.pass(1_000)
  expect(await get()).toBe(2)
})

test('what was asked before somebody changed it is given to nobody who asks afterwards', async () => {
  const cache = new FreshCache(new FakeClock())
  const before = Promise.withResolvers<string>()
  const first = cache.get('task:k7f2', 1_000, () => before.promise)
  cache.drop('task:k7f2')
  const second = cache.get('task:k7f2', 1_000, () => Promise.resolve('paused'))
  before.resolve('running')
  expect([await first, await second]).toEqual(['running', 'paused'])
  expect(await cache.get('task:k7f2', 1_000, () => Promise.resolve('asked again'))).toBe('paused')
})

test('a fault is kept for nobody', async () => {
  const cache = new FreshCache(new FakeClock())
  await expect(cache.get('a', 1_000, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
  expect(await cache.get('a', 1_000, () => Promise.resolve('there'))).toBe('there')
})

test('what is old is let go with the next answer: pages of a large task would fill the memory', async () => {
  const clock = new FakeClock()
  const cache = new FreshCache(clock)
  for (let page = 0; page < 50; page++)
    await cache.get(`task:k7f2:rows:${page}`, 4_000, () => Promise.resolve(page))
  expect(cache.size).toBe(50)
  await clock.pass(4_000)
  await cache.get('task:k7f2', 1_500, () => Promise.resolve('running'))
  expect(cache.size).toBe(1)
})
