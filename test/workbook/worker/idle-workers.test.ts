import { expect, jest, test } from 'bun:test'
import { UserError } from '../../../src/engine/user-error.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { giveBack, takeWorker } from '../../../src/workbook/worker/idle-workers.ts'
import type { OffThread } from '../../../src/workbook/worker/off-thread.ts'
import { later } from '../../support/bot.ts'
import { failureOf } from '../support/inspect.ts'
import { largeXlsx, rowsXml, upload, xlsx } from '../support/xlsx.ts'

const SMALL = upload(xlsx({ data: rowsXml([['a'], ['b']]) }))
const LARGE = upload(largeXlsx(20_000))

test('a worker that has done its job, or refused it, has the next one', async () => {
  const worker = take()
  await check(worker)
  giveBack(worker)
  expect(take()).toBe(worker)
  await failureOf(check(worker, upload(new TextEncoder().encode('<html>'), 'page.xlsx')))
  giveBack(worker)
  expect(take()).toBe(worker)
  await check(worker)
})

test('what it says to the next one when it is too slow is about the next one', async () => {
  const worker = take()
  await check(worker)
  giveBack(worker)
  const tooSlow = new UserError('the second is too slow')
  expect(takeWorker({ tooSlow, died: tooSlow })).toBe(worker)
  expect(await failureOf(check(worker, LARGE, 0))).toBe(tooSlow)
})

test('one that was left in the middle, or did not answer in time, is ended', async () => {
  const left = take()
  await left.ask({ job: jobOf(SMALL) }, 60)
  giveBack(left)
  await expect(left.ask({}, 60)).rejects.toThrow('died')
  const slow = take()
  await failureOf(check(slow, LARGE, 0))
  giveBack(slow)
  await expect(slow.ask({}, 60)).rejects.toThrow('died')
})

test('two wait for a next job, a third is ended', async () => {
  const workers = [take(), take(), take()]
  for (const worker of workers) await check(worker)
  for (const worker of workers) giveBack(worker)
  expect(workers.map(({ isFree }) => isFree)).toEqual([true, true, false])
})

test('after ten seconds without a job it is ended', async () => {
  const worker = take()
  await check(worker)
  jest.useFakeTimers()
  later(() => jest.useRealTimers())
  giveBack(worker)
  jest.advanceTimersByTime(9_999)
  expect(worker.isFree).toBe(true)
  jest.advanceTimersByTime(1)
  expect(worker.isFree).toBe(false)
  expect(take()).not.toBe(worker)
})

/** None that an earlier test has left; given back, or ended, after this one. */
function take(): OffThread {
  const worker = takeWorker({ tooSlow: new UserError('too slow'), died: new UserError('died') })
  later(() => worker.close())
  return worker
}

async function check(worker: OffThread, file = SMALL, seconds = 60): Promise<void> {
  await worker.ask({ job: jobOf(file) }, seconds)
  while (await worker.ask({}, seconds)) continue
}

function jobOf(file: typeof SMALL) {
  return { kind: 'values', file, options: {}, limits: DEFAULT_LIMITS } as const
}
