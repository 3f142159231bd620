import { expect, test } from 'bun:test'
import { setTaskLimit } from '../../src/db/tasks/task-limit.ts'
import { admit, limitText, parseLimit, type SpentOfLimit, spentBy } from '../../src/engine/limits.ts'
import { nano } from '../support/nano.ts'
import { aTask } from './support/run-cast.ts'

const NONE: SpentOfLimit = { limit: 100n, reported: 0n, tellers: 0, silent: 0, untold: 0, open: 0 }

test.each([
  ['nothing is known: one call', {}, 'go'],
  ['nothing is known: and only one', { open: 1 }, 'wait'],
  ['the mean of the workflow is known: several', { meanBefore: 10n, open: 9 }, 'go'],
  ['not more than fit', { meanBefore: 10n, open: 10 }, 'wait'],
  ['what is in flight is reserved', { reported: 70n, tellers: 7, open: 2 }, 'go'],
  ['and counts', { reported: 70n, tellers: 7, open: 3 }, 'wait'],
  ['exactly the limit', { reported: 90n, tellers: 9 }, 'go'],
  ['spent', { reported: 100n, tellers: 10 }, 'stop'],
  ['the next would not fit', { reported: 95n, tellers: 5 }, 'stop'],
  ['a call that did not tell its price counts as the mean', { reported: 80n, tellers: 8, silent: 2 }, 'stop'],
  ['the own mean is rounded up', { reported: 67n, tellers: 2 }, 'stop'],
  ['a limit below one call', { limit: 5n, meanBefore: 10n }, 'stop'],
  ['two calls have told nothing', { silent: 2, untold: 2 }, 'go'],
  ['three have told nothing: it cannot be held', { silent: 3, untold: 3 }, 'stop'],
  ['three were looked up, which tells no price', { silent: 3, untold: 0 }, 'go'],
  ['three were looked up, and count as the mean of before', { silent: 3, meanBefore: 40n }, 'stop'],
] as const)('%s', (_, facts, admission) => {
  expect(admit({ ...NONE, ...facts })).toBe(admission)
})

test('what is spent counts calls that did not tell it at the mean', () => {
  expect(spentBy({ ...NONE, reported: 80n, tellers: 8, silent: 2 })).toBe(100n)
})

test.each([
  ['5 USD', '5 USD'],
  ['5', '5 USD'],
  ['0.50eur', '0.5 EUR'],
  ['1,000 usd', '1000 USD'],
  ['200k tokens', '200000 tokens'],
  ['1.5m tokens', '1500000 tokens'],
])('%s is read as %s', (written, read) => {
  expect(limitText(parseLimit(written))).toBe(read)
})

test.each(['', '0', '-1', 'five', '5 $', '0 tokens', '5 tokens USD', '5 tokenz', '1e3'])(
  '“%s” is no limit',
  (written) => {
    expect(() => parseLimit(written)).toThrow('is no limit')
  },
)

// Each call costs 0.25 USD and uses 10 tokens.

test('ten lanes spend no more than the limit, and the task pauses at it', async () => {
  const task = await aTask({ rows: 30, workers: 10, limit: parseLimit('1.60 USD') })
  const life = task.life()
  await life.start()
  await life.rest()
  expect(task.dify.calls).toBe(6)
  expect(await task.find()).toMatchObject({
    status: 'paused',
    atLimit: true,
    counts: { succeeded: 6, left: 24 },
  })
  await task.account()
})

test('a retry is a call, too', async () => {
  const failed = {
    kind: 'failed',
    error: 'no',
    usage: { price: nano(0.25), currency: 'USD', tokens: 10 },
  } as const
  const task = await aTask({
    rows: 8,
    workers: 10,
    limit: parseLimit('1 USD'),
    troubles: () => ({ end: failed }),
  })
  const life = task.life()
  await life.start()
  await life.rest()
  expect(task.dify.calls).toBe(4)
  expect(await task.find()).toMatchObject({ status: 'paused', atLimit: true })
})

test('tokens are a limit, too, and a limit that holds every row changes nothing', async () => {
  const held = await aTask({ rows: 9, limit: parseLimit('45 tokens') })
  const first = held.life()
  await first.start()
  await first.rest()
  expect(held.dify.calls).toBe(4)
  const all = await aTask({ rows: 9, limit: parseLimit('90 tokens') })
  const second = all.life()
  await second.start()
  await second.rest()
  expect(await all.find()).toMatchObject({ status: 'completed', atLimit: false })
})

test('with a higher limit it goes on from what it has spent', async () => {
  const task = await aTask({ rows: 8, limit: parseLimit('0.50 USD') })
  const life = task.life()
  await life.start()
  await life.rest()
  expect(task.dify.calls).toBe(2)
  await task.db.transaction().execute((trx) => setTaskLimit(trx, task.id, parseLimit('1.25 USD')))
  await task.engine.resume(task.id, 'mei')
  const next = task.life()
  await next.start()
  await next.rest()
  expect(task.dify.calls).toBe(5)
})

test('the limit is held over a crash: what was in flight is reserved', async () => {
  const task = await aTask({ rows: 30, workers: 10, seconds: 20, limit: parseLimit('2 USD') })
  const first = task.life()
  await first.start()
  await task.clock.pass(21_000)
  await task.clock.pass(5_000)
  expect(task.dify.calls).toBe(8)
  await first.leave()
  const second = task.life()
  await second.start()
  await second.rest()
  const billed = task.dify.runs.reduce((sum, run) => sum + run.billed, 0n)
  expect(billed).toBeLessThanOrEqual(nano(2))
  expect(await task.find()).toMatchObject({ status: 'paused', atLimit: true })
})
