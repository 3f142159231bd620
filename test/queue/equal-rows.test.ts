import { describe, expect, test } from 'bun:test'
import { listOutputFiles } from '../../src/db/rows/output-files.ts'
import { findResultRow } from '../../src/db/rows/result-rows.ts'
import { sumUsage } from '../../src/db/stats/task-facts.ts'
import type { Db } from '../../src/db/schema.ts'
import type { Submission } from '../../src/engine/engine.ts'
import { aBot, orderOf } from '../support/bot.ts'
import { withFileApp } from '../support/file-apps.ts'

/** Rows 2, 3, … that send these texts. */
function sending(order: Submission, texts: string[], more: Partial<Submission> = {}): Submission {
  const rows = texts.map((text, i) => ({
    row: i + 2,
    cells: [text, `note ${i}`],
    inputs: { name: text, features: text },
  }))
  return { ...order, rows, ...more }
}

async function rowsOf(db: Db, id: string) {
  return db
    .selectFrom('task_executions')
    .select(['row_number', 'status', 'leader', 'outputs', 'attempt', 'tokens', 'price_nano', 'seconds'])
    .where('task_id', '=', id)
    .orderBy('row_number')
    .execute()
}

describe('rows that send the same', () => {
  test('are called once, and each has the answer; what it cost is the first row’s alone', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    const { id } = await bot.engine.submit(
      sending(orderOf(workflow, 1, { concurrency: 4 }), ['a', 'b', 'a', 'c', 'a', 'b']),
    )
    bot.startRunner()
    expect(await ended(id)).toMatchObject({
      status: 'completed',
      equal: 3,
      counts: { succeeded: 6, left: 0 },
    })
    const called = sandbox.hits().map(({ inputs }) => String(inputs['name']))
    expect(called).toHaveLength(3)
    expect(new Set(called)).toEqual(new Set(['a', 'b', 'c']))
    const rows = await rowsOf(bot.db, id)
    expect(rows.map(({ leader }) => leader)).toEqual([null, null, 2, null, 2, 3])
    expect(rows[2]).toMatchObject({
      outputs: rows[0]?.outputs,
      attempt: 0,
      tokens: null,
      price_nano: null,
      seconds: null,
    })
    expect(rows[5]).toMatchObject({ outputs: rows[1]?.outputs })
    const { tokens } = await sumUsage(bot.db, id)
    expect(tokens).toBe([0, 1, 3].reduce((sum, i) => sum + (rows[i]?.tokens ?? 0), 0))
  })

  test('are each called if nobody wants the same answer', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    const { id } = await bot.engine.submit(
      sending(orderOf(workflow, 1), ['a', 'a', 'a'], { equalOnce: false }),
    )
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ equal: null, counts: { succeeded: 3 } })
    expect(sandbox.hits()).toHaveLength(3)
  })

  test('a first row that fails for good hands on to the next, and that one’s answer is for those after it', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    sandbox.misbehave('failed', { times: 2 })
    const { id } = await bot.engine.submit(
      sending(orderOf(workflow, 1, { retries: 0, concurrency: 5 }), ['a', 'a', 'a', 'a']),
    )
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { failed: 2, succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(3)
    const rows = await rowsOf(bot.db, id)
    expect(rows.map(({ status, leader }) => [status, leader])).toEqual([
      ['failed', null],
      ['failed', null],
      ['succeeded', null],
      ['succeeded', 4],
    ])

    sandbox.behave()
    expect((await bot.engine.retry(id, 'mei')).rows).toBe(2)
    expect(await ended(id)).toMatchObject({ counts: { failed: 0, succeeded: 4 } })
    expect(sandbox.hits()).toHaveLength(4) // of the two that had failed, one was called
  })

  test('keep their answer when the row that led runs again, and say whose it was; chosen with it, they have its new one', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    const { id } = await bot.engine.submit(sending(orderOf(workflow, 1), ['a', 'a', 'b', 'a']))
    bot.startRunner()
    await ended(id)
    const before = await rowsOf(bot.db, id)
    expect((await bot.engine.runAgain(id, 'mei', { rows: [2] })).rows).toBe(1)
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 4 } })
    expect(sandbox.hits()).toHaveLength(3)
    const after = await rowsOf(bot.db, id)
    expect(after.map(({ leader }) => leader)).toEqual([null, null, null, null])
    expect(after[0]?.attempt).toBe(2)
    expect(after.slice(1).map(({ outputs }) => outputs)).toEqual(
      before.slice(1).map(({ outputs }) => outputs),
    )
    const from = { taskId: id, row: 2 }
    expect([await findResultRow(bot.db, id, 3), await findResultRow(bot.db, id, 5)]).toMatchObject([
      { from },
      { from },
    ])

    // One of them alone gets an answer of its own; several that are chosen together are called once.
    expect((await bot.engine.runAgain(id, 'mei', { rows: [3] })).rows).toBe(1)
    await ended(id)
    expect(sandbox.hits()).toHaveLength(4)
    expect((await findResultRow(bot.db, id, 3))?.from).toBeUndefined()
    expect((await bot.engine.runAgain(id, 'mei', { rows: [2, 3, 5] })).rows).toBe(3)
    await ended(id)
    expect(sandbox.hits()).toHaveLength(5)
    expect((await rowsOf(bot.db, id)).map(({ leader }) => leader)).toEqual([null, 2, null, 2])
  })

  test('wait while the first one waits for a person; if nobody answers in time, the next one is called', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    const { id } = await bot.engine.submit(
      sending(
        orderOf(workflow, 1, { retries: 0 }),
        Array<string>(3).fill('[sandbox: paused, times=1, expires=0]'),
      ),
    )
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ waiting: 0, counts: { failed: 1, succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(2)
    expect((await rowsOf(bot.db, id)).map(({ leader }) => leader)).toEqual([null, null, 3])
  })

  test('have the files of the answer, which are fetched once', async () => {
    const { bot, workflow, ended } = await withFileApp((inputs, _query, _files, files) => ({
      outputs: { label: files.make('label.txt', 'text/plain', Buffer.from(String(inputs['name']))) },
      text: '',
    }))
    const { id } = await bot.engine.submit(sending(orderOf(workflow, 1), ['a', 'a', 'b']))
    bot.startRunner()
    await ended(id)
    const files = await listOutputFiles(bot.db, id)
    expect(files.map(({ row, status, name }) => [row, status, name])).toEqual([
      [2, 'fetched', 'label.txt'],
      [3, 'fetched', 'label.txt'],
      [4, 'fetched', 'label.txt'],
    ])
    expect(files[1]?.sha256).toBe(files[0]?.sha256 ?? '')
    // from one download, written in one go
    const times = await bot.db.selectFrom('output_files').select('at').where('row_number', '<', 4).execute()
    expect(new Set(times.map(({ at }) => at)).size).toBe(1)
  })
})
