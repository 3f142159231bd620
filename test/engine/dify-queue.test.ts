import { describe, expect, test } from 'bun:test'
import { DifyQueue } from '../../src/engine/dify-queue.ts'
import { newRun } from '../../src/engine/run.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { QueueingServer, type Server } from './support/queueing-server.ts'
import { aTask } from './support/run-cast.ts'

/** How long the rows take with the server always busy, in waves of one row a worker. */
const idealMs = (rows: number, { workers, rowMs }: Server) => Math.ceil(rows / workers) * rowMs

describe('a server with fewer workers than we have lanes', () => {
  test('is sent no more calls once they no longer start within a few seconds', async () => {
    const server = new QueueingServer({ workers: 1, rowMs: 20_000 })
    server.add(30)
    await server.pass(100_000)
    expect(server.calls).toBe(10)
  })

  test('is then sent one call for each that starts: three are under way, and the worker is never idle', async () => {
    const server = new QueueingServer({ workers: 1, rowMs: 20_000 })
    server.add(30)
    await server.until(8)
    expect(await server.pass(300_000)).toBe(3)
    expect(server.calls - server.done).toBe(3)
    expect(await server.until(30)).toBeLessThan(30 * 20_500 * 1.05)
  })

  test('what was learnt is still known when the next task begins', async () => {
    const server = new QueueingServer({ workers: 1, rowMs: 20_000 })
    server.add(10)
    await server.until(10)
    server.add(10)
    expect(await server.pass(60_000)).toBeLessThanOrEqual(3)
  })

  test.each([
    ['one worker and rows of 20 s', { workers: 1, rowMs: 20_000 }, 30],
    ['one worker and rows of 2 s', { workers: 1, rowMs: 2_000 }, 100],
    ['four workers and rows of 20 s', { workers: 4, rowMs: 20_000 }, 60],
    ['nine workers and rows of 20 s', { workers: 9, rowMs: 20_000 }, 90],
    ['ten workers and rows of 20 s', { workers: 10, rowMs: 20_000 }, 100],
    ['ten workers and rows of 2 s', { workers: 10, rowMs: 2_000 }, 300],
  ])('%s take as long as without a limit, within 5 %%', async (_, server, rows) => {
    const limited = new QueueingServer(server)
    const unlimited = new QueueingServer(server)
    Object.assign(unlimited.throttle.queue, { nextAt: (now: number) => now })
    for (const each of [limited, unlimited]) each.add(rows)
    const [ms, unlimitedMs] = [await limited.until(rows), await unlimited.until(rows)]
    expect(ms).toBeGreaterThanOrEqual(idealMs(rows, server))
    expect(ms / unlimitedMs).toBeLessThan(1.05)
  })

  test('all lanes are used again within half a minute of more workers being there', async () => {
    const server = new QueueingServer({ workers: 1, rowMs: 20_000, later: { atMs: 400_000, workers: 10 } })
    server.add(200)
    await server.pass(399_000)
    const { calls } = server
    await server.pass(30_000)
    expect(server.calls - calls).toBeGreaterThanOrEqual(8)
  })
})

test('the limit is raised once more calls than it assumes have run for a second, and by more each time', async () => {
  const { queue, clock, run } = aQueue()
  for (const n of [1, 2, 3]) queue.accepted(run(n), clock.monotonicNow())
  queue.started(run(1), clock.monotonicNow())
  await clock.pass(5_000)
  const isAllowed = (underWay: number) => queue.nextAt(clock.monotonicNow(), underWay) <= clock.monotonicNow()
  expect([isAllowed(2), isAllowed(3)]).toEqual([true, false])
  for (const n of [2, 3]) queue.started(run(n), clock.monotonicNow())
  await clock.pass(999)
  expect(isAllowed(3)).toBe(false)
  await clock.pass(1)
  expect([isAllowed(6), isAllowed(7)]).toEqual([true, false])
})

function aQueue() {
  const clock = new FakeClock()
  const queue = new DifyQueue(clock, DEFAULT_TIMING, () => {})
  const run = (n: number) =>
    newRun({ id: `${n}`, taskId: 't', rowNumber: n, attempt: 1, inputs: {} }, { nonce: 'n' }, clock.now())
  return { clock, queue, run }
}

describe('a call that is lost in the queue', () => {
  test('alone does not keep others from being sent', async () => {
    const server = new QueueingServer({ workers: 10, rowMs: 2_000, isLost: (n) => n === 1 })
    server.add(1)
    await server.pass(60_000)
    server.add(100)
    const began = server.clock.monotonicNow()
    await server.until(100)
    // Nine lanes of the ten are left.
    expect(server.clock.monotonicNow() - began).toBeLessThan((100 / 9) * 2_600 + 10_000)
  })

  test('beside a long run does not keep others from being sent either', async () => {
    const server = new QueueingServer({
      workers: 10,
      rowMs: 600_000,
      isLost: (n) => n === 2,
    })
    server.add(1)
    await server.pass(10_000)
    server.add(1)
    await server.pass(10_000)
    server.add(8)
    await server.pass(10_000)
    expect([server.calls, server.waiting]).toEqual([10, 1])
  })

  test('does not use up the limit: the worker still has two calls waiting for it', async () => {
    const server = new QueueingServer({ workers: 1, rowMs: 20_000, isLost: (n) => n === 11 || n === 12 })
    server.add(40)
    await server.until(20)
    await server.pass(30_000)
    expect(server.calls - server.done).toBe(2 + 3)
  })

  test('costs the others nothing where it is one of many', async () => {
    const server = new QueueingServer({ workers: 9, rowMs: 20_000, isLost: (n) => n === 3 })
    server.add(91)
    await server.until(90)
    expect(server.endedAtMs).toBeLessThan(10 * 20_600 * 1.05)
  })

  test('where all that wait are lost, one more call is sent after a minute, and then all go on', async () => {
    const server = new QueueingServer({ workers: 10, rowMs: 2_000, isLost: (n) => n <= 4 })
    server.add(4)
    await server.pass(30_000)
    server.add(50)
    await server.pass(20_000)
    expect(server.calls).toBe(4)
    await server.pass(30_000)
    expect(server.calls).toBeGreaterThan(5)
    await server.until(50)
  })
})

describe('in a whole task', () => {
  test('30 rows of 20 s on one worker: after the first ten, no more than two wait in Dify’s queue', async () => {
    const { life, dify, account, clock, find } = await aTask({ rows: 30, workers: 1, seconds: 20 })
    const { start, rest } = life()
    await start()
    await clock.pass(170_000)
    expect(dify.calls).toBe(11)
    const waiting = () => dify.runs.filter(({ status }) => status === 'queued').length
    for (let row = 9; row < 28; row++) {
      await clock.pass(20_000)
      expect(waiting()).toBeLessThanOrEqual(2)
    }
    await rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 30 } })
    expect(clock.monotonicNow() - 1_000_000).toBeLessThan(30 * 20_000 * 1.05)
    await account()
  })

  test('a chatbot that thinks for long before its first word waits in no queue', async () => {
    const { life, dify, account, clock } = await aTask({ rows: 30, workers: 1, seconds: 20, hasQueue: false })
    const { start, rest } = life()
    await start()
    await clock.pass(170_000)
    expect(dify.calls).toBe(18)
    await rest()
    await account()
  })
})
