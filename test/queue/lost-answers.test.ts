import { describe, expect, test } from 'bun:test'
import { listRunsOfRow } from '../../src/db/runs/run-facts.ts'
import { listWork } from '../../src/db/stats/work.ts'
import { listFailures } from '../../src/db/stats/task-facts.ts'
import { aBot, until } from '../support/bot.ts'
import { spoken } from '../support/spoken.ts'

describe('a run whose answer never comes', () => {
  test.each(['cut-at-once', 'cut', 'no-end', 'no-start', '504', '500-after', 'left-open', 'split'])(
    '%s: its result is fetched, not paid for again',
    async (fault) => {
      const { bot, sandbox, submit, ended } = await aBot({ delayMs: 5 })
      const { id } = await submit(4, { retries: 0 }, () => `[sandbox: ${fault}]`)
      bot.startRunner()
      expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 4 } })
      expect(sandbox.hits()).toHaveLength(4)
    },
  )

  test('a call that never became a run is made again', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(2, { retries: 1 }, () => '[sandbox: 502, times=1]')
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('a row whose run may still wait in Dify’s queue holds no lane', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { lookUpGraceMs: 150 } })
    const { id } = await submit(3, { concurrency: 1, retries: 1 }, (row) =>
      row === 2 ? '[sandbox: 502, times=1]' : 'x',
    )
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 3 } })
    const names = sandbox.hits().map(({ inputs }) => inputs['name'])
    expect(names.map(String).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'Kettle 2',
      'Kettle 3',
      'Kettle 4',
    ])
    expect(names[0]).toBe('Kettle 3')
  })

  test('calls that never become runs cost no attempt at first; after a while the row has failed and says why', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { turnedAwayMs: 1_000 } })
    const { id } = await submit(1, { retries: 0 }, () => '[sandbox: 502]')
    const began = performance.now()
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { failed: 1 } })
    expect(performance.now() - began).toBeGreaterThan(1_000)
    expect(spoken(await listFailures(bot.db, id))).toMatchObject([
      { error: expect.stringContaining('Dify has no run of it.') },
    ])
    expect(sandbox.turnedAway().length).toBeGreaterThan(1)
    const runs = await listRunsOfRow(bot.db, id, 2)
    expect(runs.map(({ status }) => status)).toEqual(sandbox.turnedAway().map(() => 'absent'))
  })

  test('the time limit of a row applies even if its stream only pings, and the run is stopped at Dify', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 0, timeoutSeconds: 1 }, () => '[sandbox: hang, stuck]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ failed: 1 })
    expect(spoken(await listFailures(bot.db, id))).toMatchObject([{ error: 'Timed out after 1 s.' }])
    expect(sandbox.stops().filter(({ stopped }) => stopped)).toHaveLength(1)
  })

  test('while a run that Dify failed to stop goes on, its row is not called again, and its result is used', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 1, timeoutSeconds: 1 }, () => '[sandbox: delay=1300, deaf]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
    expect(sandbox.hits()).toHaveLength(1)
  })

  test('a row that timed out counts against the retries even if the stop is slow', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { stopWithinMs: 1 } })
    const { id } = await submit(1, { retries: 1, timeoutSeconds: 1 }, () => '[sandbox: stuck]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ failed: 1 })
    expect(spoken(await listFailures(bot.db, id))).toMatchObject([{ error: 'Timed out after 1 s.' }])
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('the result of a run that finished just as its time was up is used', async () => {
    const { bot, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 0, timeoutSeconds: 1 }, () => '[sandbox: hang]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
  })
})

test('a call that waits in Dify’s queue is counted as such, and its run gives the row’s result', async () => {
  const { bot, sandbox, submit, ended } = await aBot()
  const { id } = await submit(1, {}, () => '[sandbox: queued=3000]')
  bot.startRunner()
  await until(
    () => listWork(bot.db, [id], Date.now()),
    (work) => work.get(id)?.queued?.count === 1,
  )
  expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
  expect((await listWork(bot.db, [id], Date.now())).get(id)?.queued).toBeUndefined()
  expect(sandbox.hits()).toHaveLength(1)
})
