import { describe, expect, test } from 'bun:test'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { listLogs } from '../../src/db/tasks/logs.ts'
import { listFailures } from '../../src/db/stats/task-facts.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { aBot, until } from '../support/bot.ts'
import { spoken } from '../support/spoken.ts'

async function rowsOf(bot: Rowbot, id: string) {
  const rows = []
  for await (const chunk of resultRows(bot.db, id)) rows.push(...chunk)
  return rows
}

describe('a task that runs to its end', () => {
  test('runs every row once, and each result belongs to its row', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(40, { concurrency: 10 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 40, left: 0 } })
    expect(sandbox.hits()).toHaveLength(40)
    for (const { row, outputs } of await rowsOf(bot, id))
      expect(outputs?.['title']).toContain(`Kettle ${row} –`)
  })

  test('tries a row again that fails once; one that always fails does not affect the others, and says why it failed', async () => {
    const { bot, submit, ended } = await aBot()
    const { id } = await submit(5, { retries: 2 }, (row) => {
      if (row === 3) return '[sandbox: failed, times=1]'
      return row === 4 ? '[sandbox: failed]' : 'x'
    })
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 4, failed: 1 })
    const attempts = (await rowsOf(bot, id)).map((row) => row.attempts)
    expect(attempts).toEqual([1, 2, 3, 1, 1])
    expect(await listFailures(bot.db, id)).toMatchObject([{ count: 1, rows: [4] }])
    const log = await listLogs(bot.db, { taskId: id, executionId: `${id}.4` })
    expect(log.map(({ event, details }) => [event, details?.['outcome'], details?.['status']])).toEqual([
      ['row.attempt', 'failed', 'failed'],
      ['row.attempt', 'failed', 'pending'],
      ['row.attempt', 'failed', 'pending'],
    ])
  })

  test('never runs more rows at once than the task asks for', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ delayMs: 5 })
    const { id } = await submit(20, { concurrency: 3 })
    bot.startRunner()
    await ended(id)
    expect(sandbox.peaks()['Product copywriter']).toBe(3)
  })
})

describe('two tasks of one workflow', () => {
  test('share its limit', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ delayMs: 5, limit: 4 })
    const tasks = [await submit(20, { concurrency: 4 }), await submit(20, { concurrency: 4 })]
    bot.startRunner()
    for (const { id } of tasks) await ended(id)
    expect(sandbox.peaks()['Product copywriter']).toBe(4)
  })

  test('a 10-row task beside a 300-row one is not starved', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ limit: 3, delayMs: 2 })
    const large = await submit(300, { concurrency: 10 })
    const small = await submit(10, { concurrency: 3 })
    bot.startRunner()
    await ended(small.id)
    await bot.stopRunner(0)
    expect(sandbox.hits().filter(({ user }) => user.includes(`-${large.id}-`)).length).toBeLessThan(90)
  })
})

test('a task that is paused while its last rows are in flight is completed when they end', async () => {
  const { bot, submit, until, ended, sandbox } = await aBot({ delayMs: 40 })
  const { id } = await submit(2, { concurrency: 2 })
  bot.startRunner()
  await until(id, () => sandbox.hits().length === 2)
  await bot.engine.pause(id, 'mei')
  expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ counts: { succeeded: 2 } })
  expect((await ended(id)).finishedAt).not.toBeNull()
})

test('a task that faults again and again stops with an error instead of being tried forever', async () => {
  const { bot, submit, ended } = await aBot()
  const { id } = await submit(2)
  await bot.db.updateTable('task_executions').set({ inputs: 'not JSON' }).execute()
  bot.startRunner()
  const halted = await ended(id)
  expect(spoken(halted.error)).toMatch(/^Rowbot failed several times while it ran this task \(\w{8}\)/)
})

test('rows with escapes and NULs in their cells and outputs run, and come out in the result', async () => {
  const { bot, submit, ended } = await aBot()
  const { id } = await submit(2, {}, (row) => (row === 2 ? 'fast \\u0000 boil' : 'nul \0 here'))
  bot.startRunner()
  expect((await ended(id)).counts).toMatchObject({ succeeded: 2 })
  expect((await rowsOf(bot, id)).map(({ cells }) => cells[1])).toEqual(['fast \\u0000 boil', 'nul  here'])
})

describe('retry', () => {
  test('runs the failed rows only, and a stopped task continues where it was', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(6, { retries: 0 }, (row) => (row < 4 ? '[sandbox: failed, times=1]' : 'x'))
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 4, failed: 2 })
    await bot.engine.retry(id, 'mei')
    await until(
      () => ended(id),
      ({ counts }) => counts.succeeded === 6,
    )
    expect(sandbox.hits()).toHaveLength(8)
  })

  test('uses all other lanes while one slow row runs', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot({ delayMs: 30 })
    const { id } = await submit(7, { retries: 0, concurrency: 4 }, (row) =>
      row === 2 ? '[sandbox: stuck]' : '[sandbox: failed, times=1]',
    )
    bot.startRunner()
    await until(id, ({ counts }) => counts.failed === 6)
    await bot.engine.retry(id, 'mei')
    await until(id, ({ counts }) => counts.succeeded === 6)
    expect(sandbox.peaks()['Product copywriter']).toBe(4)
    await bot.engine.stop(id, 'mei')
    await ended(id)
  })

  test('is not forgotten if it is asked for while the last rows run', async () => {
    const { bot, submit, until, ended } = await aBot()
    const { id } = await submit(2, { retries: 0, concurrency: 2 }, (row) =>
      row === 2 ? '[sandbox: failed, times=1]' : '[sandbox: delay=60]',
    )
    bot.startRunner()
    await until(id, ({ counts }) => counts.failed === 1)
    await bot.engine.retry(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
  })
})

test('the counts of a task always match its rows, whatever happened to it', async () => {
  const { bot, submit, until, find } = await aBot({ delayMs: 1 })
  const { id } = await submit(60, { concurrency: 5, retries: 1 }, (row) => {
    if (row > 40) return '[sandbox: stuck]' // it cannot end before it is stopped
    return row % 7 === 0 ? '[sandbox: failed]' : 'x'
  })
  bot.startRunner()
  await until(id, ({ counts }) => counts.succeeded > 10)
  await bot.engine.pause(id, 'mei')
  await bot.engine.resume(id, 'mei')
  await until(id, ({ counts }) => counts.succeeded > 20)
  await bot.engine.stop(id, 'mei')
  await bot.stopRunner(60_000)
  const rows = await rowsOf(bot, id)
  const count = (status: string) => rows.filter((row) => row.status === status).length
  expect((await find(id)).counts).toEqual({
    total: 60,
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    left: 0,
  })
})
