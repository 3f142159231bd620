import { expect, test } from 'bun:test'
import { Fresh } from '../../src/admin/http/fresh.ts'
import { FakeClock } from '../support/fake-clock.ts'

test('whoever asks meanwhile waits for the same answer, until it is old', async () => {
  const clock = new FakeClock()
  const fresh = new Fresh(clock)
  let asked = 0
  const get = () => fresh.get('list:', 1_000, () => Promise.resolve(++asked))
  expect(await Promise.all([get(), get()])).toEqual([1, 1])
  await clock.pass(1_000)
  expect(await get()).toBe(2)
})

test('what was asked before somebody changed it is given to nobody who asks afterwards', async () => {
  const fresh = new Fresh(new FakeClock())
  const before = Promise.withResolvers<string>()
  const first = fresh.get('task:k7f2', 1_000, () => before.promise)
  fresh.drop('task:k7f2')
  const second = fresh.get('task:k7f2', 1_000, () => Promise.resolve('paused'))
  before.resolve('running')
  expect([await first, await second]).toEqual(['running', 'paused'])
  expect(await fresh.get('task:k7f2', 1_000, () => Promise.resolve('asked again'))).toBe('paused')
})

test('a fault is kept for nobody', async () => {
  const fresh = new Fresh(new FakeClock())
  await expect(fresh.get('a', 1_000, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
  expect(await fresh.get('a', 1_000, () => Promise.resolve('there'))).toBe('there')
})

test('what is old is let go with the next answer: pages of a large task would fill the memory', async () => {
  const clock = new FakeClock()
  const fresh = new Fresh(clock)
  for (let page = 0; page < 50; page++)
    await fresh.get(`task:k7f2:rows:${page}`, 4_000, () => Promise.resolve(page))
  expect(fresh.size).toBe(50)
  await clock.pass(4_000)
  await fresh.get('task:k7f2', 1_500, () => Promise.resolve('running'))
  expect(fresh.size).toBe(1)
})
