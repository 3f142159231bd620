import { expect, test } from 'bun:test'
import { KeyedQueue } from '../../src/app/keyed-queue.ts'

/** Work that is written down as it begins, and ends when it is told to. */
function aWork(begun: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  return {
    work: () => (begun.push(name), promise),
    end: () => resolve(name),
    fail: () => reject(new Error(name)),
  }
}

test('work of one key begins when the one before has ended, well or not; another key does not wait', async () => {
  const turns = new KeyedQueue()
  const begun: string[] = []
  const [first, second, third, other] = ['first', 'second', 'third', 'other'].map((name) =>
    aWork(begun, name),
  )
  if (!first || !second || !third || !other) throw new Error('no works')
  const done = [first, second, third].map(({ work }) => turns.run('a', work))
  const apart = turns.run('b', other.work)
  await Bun.sleep(0)
  expect(begun).toEqual(['first', 'other'])
  first.fail()
  await expect(done[0]).rejects.toThrow('first')
  await Bun.sleep(0)
  expect(begun).toEqual(['first', 'other', 'second'])
  second.end()
  third.end()
  other.end()
  expect(await Promise.all([done[1], done[2], apart])).toEqual(['second', 'third', 'other'])
  expect(begun).toEqual(['first', 'other', 'second', 'third'])
})

test('nothing is kept of a key whose work is done', async () => {
  const turns = new KeyedQueue()
  const works = Array.from({ length: 100 }, (_, i) => turns.run(`key ${i % 10}`, () => Promise.resolve(i)))
  expect(turns.size).toBe(10)
  await Promise.all(works)
  expect(turns.size).toBe(0)
})
