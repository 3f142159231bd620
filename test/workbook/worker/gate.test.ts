import { expect, test } from 'bun:test'
import { Gate } from '../../../src/workbook/worker/gate.ts'

test('so many run at once, the others in their turn, also after a failure', async () => {
  const gate = new Gate(2)
  const running: number[] = []
  const begun: number[] = []
  let most = 0
  const work = (i: number) => async () => {
    begun.push(i)
    running.push(i)
    most = Math.max(most, running.length)
    await Promise.resolve()
    running.splice(running.indexOf(i), 1)
    if (i === 1) throw new Error('on purpose')
    return i
  }
  const all = await Promise.allSettled([0, 1, 2, 3, 4].map((i) => gate.run(work(i))))
  expect(most).toBe(2)
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(all.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
})
