import { describe, expect, test } from 'bun:test'
import { findEarlierTask } from '../../src/db/tasks/earlier-task.ts'
import { countOutdated } from '../../src/db/rows/carried.ts'
import { listOutputFiles } from '../../src/db/rows/output-files.ts'
import { findResultRow } from '../../src/db/rows/result-rows.ts'
import { sumUsage } from '../../src/db/stats/task-facts.ts'
import type { Submission } from '../../src/engine/engine.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import { aBot, orderOf } from '../support/bot.ts'
import { withFileApp } from '../support/file-apps.ts'
import { random } from '../support/random.ts'

function sheet(workflow: Workflow, names: string[], more: Partial<Submission> = {}): Submission {
  const rows = names.map((name, i) => ({
    row: i + 2,
    cells: [name, `features of ${name}`],
    inputs: { name, features: `features of ${name}` },
  }))
  return { ...orderOf(workflow, 1, { concurrency: 5, retries: 0 }), rows, ...more }
}

describe('a file that is sent again', () => {
  test('has the answers of its unchanged rows, calls the others, and pays for those alone', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    bot.startRunner()
    const first = await bot.engine.submit(sheet(workflow, ['a', 'b', 'c']))
    await ended(first.id)
    const before = await Promise.all([2, 3].map((row) => findResultRow(bot.db, first.id, row)))

    const carryFrom = { taskId: first.id, rows: 2 }
    const second = await bot.engine.submit(sheet(workflow, ['d', 'b', 'a'], { carryFrom }))
    expect(await ended(second.id)).toMatchObject({ carried: 2, counts: { total: 3, succeeded: 3, left: 0 } })
    expect(sandbox.hits()).toHaveLength(4)
    const row = await findResultRow(bot.db, second.id, 4)
    expect(row).toMatchObject({ from: { taskId: first.id, row: 2 }, tokens: null, price: null, attempts: 0 })
    expect(row?.outputs).toEqual(before[0]?.outputs ?? {})
    const called = await findResultRow(bot.db, second.id, 2)
    expect((await sumUsage(bot.db, second.id)).tokens).toBe(called?.tokens ?? 0)

    // A third one says where the answers were made, and needs none of the earlier tasks.
    const third = await bot.engine.submit(
      sheet(workflow, ['a', 'b', 'd'], { carryFrom: { taskId: second.id, rows: 3 } }),
    )
    await bot.engine.delete(first.id)
    await bot.engine.delete(second.id)
    expect(await ended(third.id)).toMatchObject({ status: 'completed', counts: { succeeded: 3 } })
    expect(sandbox.hits()).toHaveLength(4)
    expect(await findResultRow(bot.db, third.id, 2)).toMatchObject({ from: { taskId: first.id, row: 2 } })
    // Such a row runs again as any other does.
    await bot.engine.runAgain(third.id, 'mei', { rows: [2] })
    await ended(third.id)
    expect(sandbox.hits()).toHaveLength(5)
    expect((await findResultRow(bot.db, third.id, 2))?.from).toBeUndefined()
  })

  test('tries the first row that is called, not one that has its answer', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    bot.startRunner()
    const first = await bot.engine.submit(sheet(workflow, ['a', 'b']))
    await ended(first.id)
    const carryFrom = { taskId: first.id, rows: 2 }
    const { id } = await bot.engine.submit(sheet(workflow, ['a', 'b', 'c', 'd'], { carryFrom, tryFirst: 1 }))
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { succeeded: 3, left: 1 } })
    expect(sandbox.hits().at(-1)?.inputs['name']).toBe('c')
  })

  test('is not started if fewer rows have answers by now than the person was shown', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    bot.startRunner()
    const first = await bot.engine.submit(sheet(workflow, ['a', 'b']))
    await ended(first.id)
    await bot.engine.delete(first.id)
    const carryFrom = { taskId: first.id, rows: 2 }
    const again = bot.engine.submit(sheet(workflow, ['a', 'b'], { carryFrom }))
    await expect(again).rejects.toThrow('has changed meanwhile')
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('says afterwards which answers are by an older version, if the rows that were called show a newer one', async () => {
    const { bot, sandbox, workflow, ended } = await aBot()
    bot.startRunner()
    const first = await bot.engine.submit(sheet(workflow, ['a', 'b']))
    await ended(first.id)
    sandbox.publish()
    const carryFrom = { taskId: first.id, rows: 2 }
    const second = await bot.engine.submit(sheet(workflow, ['a', 'b'], { carryFrom }))
    await ended(second.id)
    expect(await countOutdated(bot.db, second.id)).toBe(0)
    const third = await bot.engine.submit(sheet(workflow, ['a', 'b', 'c'], { carryFrom }))
    await ended(third.id)
    expect(await countOutdated(bot.db, third.id)).toBe(2)
  })

  test('has the files of its answers, by their content, when the task they are from is gone', async () => {
    const { bot, workflow, ended } = await withFileApp((inputs, _query, _files, files) => ({
      outputs: { label: files.make('label.txt', 'text/plain', Buffer.from(String(inputs['name']))) },
      text: '',
    }))
    bot.startRunner()
    const first = await bot.engine.submit(sheet(workflow, ['a', 'b']))
    await ended(first.id)
    const [file] = await listOutputFiles(bot.db, first.id)
    const { id } = await bot.engine.submit(
      sheet(workflow, ['x', 'a', 'b'], { carryFrom: { taskId: first.id, rows: 2 } }),
    )
    await ended(id)
    await bot.engine.delete(first.id)
    const files = await listOutputFiles(bot.db, id)
    expect(files.map(({ row, status }) => [row, status])).toEqual([
      [2, 'fetched'],
      [3, 'fetched'],
      [4, 'fetched'],
    ])
    expect(files[1]?.sha256).toBe(file?.sha256 ?? '')
  })
})

test('whatever is edited, fails and is published anew: no unchanged row is called, and every answer is its row’s', async () => {
  const { bot, sandbox, workflow, ended } = await aBot()
  bot.startRunner()
  const n = random(7)
  let names = ['a', 'b', 'c', 'd', 'e', 'b']
  let version = 0
  /** by name: the version under which it was last answered in the newest task */
  let answered = new Map<string, number>()
  let paid = 0
  for (let send = 0; send < 12; send++) {
    names = names.map((name) => (n(4) === 0 ? `name ${n(9)}` : name))
    const failing = new Set(names.filter(() => n(6) === 0))
    sandbox.misbehaveBy(({ inputs }) => (failing.has(String(inputs['name'])) ? 'failed' : undefined))
    const earlier = await findEarlierTask(bot.db, {
      workflowId: workflow.id,
      headings: ['Name', 'Key features'],
      owner: { name: 'mei' },
    })
    const known = names.filter((name) => answered.get(name) === version)
    const before = sandbox.hits().length
    const { id } = await bot.engine.submit(
      sheet(workflow, names, { ...(earlier && { carryFrom: { taskId: earlier.id, rows: known.length } }) }),
    )
    const task = await ended(id)
    expect(task.carried).toBe(known.length)
    const called = sandbox
      .hits()
      .slice(before)
      .map(({ inputs }) => String(inputs['name']))
    expect(called.filter((name) => known.includes(name))).toEqual([])
    if (called.length > 0) expect(called.length).toBeLessThanOrEqual(names.length - known.length)
    const last = answered
    answered = new Map()
    for (const [i, name] of names.entries()) {
      const row = await findResultRow(bot.db, id, i + 2)
      if (row?.status !== 'succeeded') expect(failing.has(name)).toBeTrue()
      else {
        expect(JSON.stringify(row.outputs)).toContain(name)
        answered.set(name, known.includes(name) ? (last.get(name) ?? version) : version)
      }
    }
    paid += (await sumUsage(bot.db, id)).tokens
    if (n(4) === 0) {
      // It is seen once a run of it has ended.
      sandbox.publish()
      version++
      sandbox.behave()
      const probe = await bot.engine.submit(sheet(workflow, [`probe ${send}`], { owner: 'somebody' }))
      await ended(probe.id)
      paid += (await sumUsage(bot.db, probe.id)).tokens
    }
  }
  expect(paid).toBe(sandbox.hits().reduce((sum, { tokens }) => sum + tokens, 0))
}, 30_000)
