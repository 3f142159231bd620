import { describe, expect, test } from 'bun:test'
import type { Actor } from '../../src/app/actor.ts'
import { changeTaskLimit } from '../../src/app/change-limit.ts'
import { UnknownInput, WrongInput } from '../../src/app/new-inputs.ts'
import { pauseTask, resumeTask, runAgain, stopTask } from '../../src/app/tasks.ts'
import { changeMonthLimit, MonthUsedUp } from '../../src/app/usage.ts'
import { listFormerAnswers } from '../../src/db/rows/former-answers.ts'
import { findListedRow } from '../../src/db/rows/row-list.ts'
import { versionOfRows } from '../../src/db/rows/row-states.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listLogs } from '../../src/db/tasks/logs.ts'
import { findSpending } from '../../src/db/usage/task-spending.ts'
import { NotAgain } from '../../src/engine/again.ts'
import { say } from '../../src/engine/sentence.ts'
import { aBot, orderOf, SETUP } from '../support/bot.ts'

const MEI: Actor = { face: 'page', name: 'Mei', role: 'admin' }
const FAILS = '[sandbox: failed]'

/** A task that has ended; row 3 has failed. */
async function anEndedTask() {
  const around = await aBot()
  const { bot, sandbox, submit, ended } = around
  const { id } = await submit(5, { retries: 0 }, (row) => (row === 3 ? FAILS : `feature ${row}`))
  bot.startRunner()
  await ended(id)
  const rowOf = async (row: number) => {
    const found = await findListedRow(bot.db, id, row)
    if (!found) throw new Error(`no row ${row}`)
    return found
  }
  const again = (rows: number[], how: Parameters<typeof runAgain>[4] = {}) =>
    runAgain(bot, MEI, id, rows, how)
  const calls = () => sandbox.hits().map(({ inputs }) => inputs)
  const former = (row: number) => listFormerAnswers(bot.db, id, row)
  return { ...around, id, rowOf, again, calls, former }
}

describe('rows that run again', () => {
  test('may have succeeded or failed: each is called once more, no other is, and what they gave is kept', async () => {
    const { id, again, calls, ended, rowOf, former, bot } = await anEndedTask()
    const before = await rowOf(2)
    expect((await again([2, 3, 3])).rows).toBe(2)
    await ended(id)
    expect(calls()).toHaveLength(7)
    expect(await rowOf(2)).toMatchObject({ status: 'succeeded', attempts: 2 })
    expect((await rowOf(2)).fromBefore).toBeUndefined()
    expect(await former(2)).toEqual([
      {
        inputs: before.inputs,
        outputs: before.outputs ?? {},
        edits: {},
        workflowRunId: before.workflowRunId,
        answeredAt: before.finishedAt,
        againAt: expect.any(Number),
        by: 'Mei',
      },
    ])
    expect(await former(3)).toEqual([])
    const [act] = (await listAudit(bot.db)).entries
    expect(act).toMatchObject({ action: 'task.again', who: 'Mei', details: { rows: 2 } })
  })

  test('keep their answer, which is said to be from before, until there is a new one', async () => {
    const { id, again, sandbox, ended, rowOf, former } = await anEndedTask()
    const before = await rowOf(2)
    sandbox.misbehaveBy(({ route }) => (route === 'run' ? 'failed' : undefined))
    await again([2])
    await ended(id)
    expect(await rowOf(2)).toMatchObject({ status: 'failed', outputs: before.outputs, fromBefore: true })
    sandbox.behave()
    await again([2])
    await ended(id)
    expect(await rowOf(2)).toMatchObject({ status: 'succeeded' })
    expect((await rowOf(2)).fromBefore).toBeUndefined()
    expect(await former(2)).toHaveLength(1)
  })

  test('run again all or none: one that is to run by itself, or is not there, refuses them all', async () => {
    const { again, calls, bot, rowOf } = await anEndedTask()
    await bot.stopRunner(0)
    await again([4])
    await expect(again([2, 4])).rejects.toThrow('Row 4 is still to run by itself. Nothing was changed.')
    await expect(again([2, 99])).rejects.toThrow('99')
    await expect(again([])).rejects.toThrow('No row is chosen.')
    expect((await rowOf(2)).status).toBe('succeeded')
    expect(calls()).toHaveLength(5)
  })

  test('of two clicks, and of two people, one counts, even if the rows have run in between', async () => {
    const { id, again, calls, ended, bot, former } = await anEndedTask()
    const version = await versionOfRows(bot.db, id, [2, 3])
    const clicks = await Promise.allSettled([1, 2, 3].map(() => again([2, 3], { version })))
    expect(clicks.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
    await ended(id)
    await expect(again([3, 2], { version })).rejects.toThrow('A row has changed since you looked.')
    expect(calls()).toHaveLength(7)
    expect(await former(2)).toHaveLength(1)
  })

  test('wait until a task that stands still with rows left is resumed or stopped', async () => {
    const { bot, again, id, rowOf, ended, until, calls } = await anEndedTask()
    await bot.stopRunner(0)
    await again([4])
    await pauseTask(bot, MEI, id)
    await expect(again([2])).rejects.toThrow('a task stands still, and the row that is left would run, too.')
    expect((await rowOf(2)).status).toBe('succeeded')
    await stopTask(bot, MEI, id)
    await until(id, ({ status }) => status === 'cancelled')
    expect((await again([4])).rows).toBe(1) // one that was cancelled, too
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 4, failed: 1 } })
    expect(calls()).toHaveLength(6)
  })

  test('count for the limits: the task pauses before one more call than fits, and keeps its answers', async () => {
    const { bot, workflow, id, again, calls, until, ended, rowOf } = await anEndedTask()
    const spent = (await findSpending(bot.db, id)).prices[0]
    if (!spent) throw new Error('no price')
    await changeTaskLimit(bot, SETUP, id, { nano: spent.nano, currency: 'USD' })
    await again([2, 4])
    expect(await until(id, ({ status }) => status === 'paused')).toMatchObject({
      atLimit: true,
      counts: { left: 2 },
    })
    expect(calls()).toHaveLength(5)
    expect(await rowOf(2)).toMatchObject({ status: 'pending', fromBefore: true })
    await changeTaskLimit(bot, SETUP, id, { nano: spent.nano * 3n, currency: 'USD' })
    await resumeTask(bot, MEI, id)
    await ended(id)
    expect(calls()).toHaveLength(7)

    const month = { of: 'workflow', subject: workflow.id } as const
    await changeMonthLimit(bot, SETUP, month, { nano: spent.nano, currency: 'USD' })
    await expect(again([2])).rejects.toBeInstanceOf(MonthUsedUp)
    expect((await rowOf(2)).status).toBe('succeeded')
  })

  test('that took the answer of a row of an earlier task are called, and then have an answer of their own', async () => {
    const { bot, workflow, id, calls, ended } = await anEndedTask()
    const { id: second } = await bot.engine.submit({
      ...orderOf(workflow, 2),
      carryFrom: { taskId: id, rows: 1 },
    })
    await ended(second)
    expect(await findListedRow(bot.db, second, 2)).toMatchObject({ from: { taskId: id, row: 2 } })
    expect(calls()).toHaveLength(6)
    await runAgain(bot, MEI, second, [2], { inputs: { name: 'A lamp' } })
    await ended(second)
    expect(calls()).toHaveLength(7)
    expect(calls().at(-1)).toMatchObject({ name: 'A lamp' })
    expect((await findListedRow(bot.db, second, 2))?.from).toBeUndefined()
  })
})

describe('a row with other inputs', () => {
  test('is sent them, and says what the file has, who changed it, and what it gave before', async () => {
    const { id, again, calls, ended, rowOf, former, bot } = await anEndedTask()
    const before = await rowOf(2)
    await again([2], { inputs: { name: 'A lamp', features: 'feature 2' } })
    await ended(id)
    expect(calls().at(-1)).toEqual({ ...calls()[0], ...before.inputs, name: 'A lamp' })
    const row = await rowOf(2)
    expect(row).toMatchObject({
      status: 'succeeded',
      inputs: { name: 'A lamp' },
      cells: before.cells,
      editedInputs: { name: { from: 'Kettle 2', to: 'A lamp', by: 'Mei' } },
    })
    expect(Object.keys(row.editedInputs ?? {})).toEqual(['name'])
    expect(row.outputs).not.toEqual(before.outputs)
    expect(await former(2)).toMatchObject([{ inputs: before.inputs, outputs: before.outputs }])
    const log = await listLogs(bot.db, { taskId: id, executionId: `${id}.2` })
    expect(log.find(({ event }) => event === 'row.inputs')).toMatchObject({
      message: say('log-by', { person: 'Mei' }),
      details: { input: 'name', to: 'A lamp' },
    })
    const [act] = (await listAudit(bot.db)).entries
    expect(act).toMatchObject({ action: 'task.again', who: 'Mei', details: { row: 2, inputs: ['name'] } })
    expect(JSON.stringify(act)).not.toContain('A lamp')

    await again([2], { inputs: 'as-in-file' })
    await ended(id)
    expect(calls().at(-1)).toMatchObject({ name: 'Kettle 2' })
    expect((await rowOf(2)).editedInputs).toBeUndefined()
    expect(await former(2)).toMatchObject([{ inputs: { name: 'A lamp' } }, { inputs: before.inputs }])
    await expect(again([2], { inputs: 'as-in-file' })).rejects.toThrow('No input of row 2 has been changed.')
  })

  test('is refused what its cell might not have had, unknown inputs, and inputs for several rows', async () => {
    const { again, calls, rowOf } = await anEndedTask()
    const before = await rowOf(2)
    await expect(again([2], { inputs: { name: '' } })).rejects.toBeInstanceOf(WrongInput)
    await expect(again([2], { inputs: { tone: 'shouting' } })).rejects.toBeInstanceOf(WrongInput)
    await expect(again([2], { inputs: { colour: 'red' } })).rejects.toBeInstanceOf(UnknownInput)
    await expect(again([2, 4], { inputs: { name: 'A lamp' } })).rejects.toThrow('one row at a time')
    expect(await rowOf(2)).toEqual(before)
    expect(calls()).toHaveLength(5)
  })

  test('keeps the inputs of whoever was quicker: the other one is told, and nothing is called for them', async () => {
    const { again, bot, calls, ended, id, rowOf } = await anEndedTask()
    await bot.stopRunner(0) // else the row of the quicker one may have run before the other comes
    const edits = ['A lamp', 'A chair'].map((name) => again([2], { inputs: { name } }))
    const done = await Promise.allSettled(edits)
    expect(done.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const refused = done.find((one) => one.status === 'rejected')
    expect(refused?.reason).toBeInstanceOf(NotAgain)
    bot.startRunner()
    await ended(id)
    expect(calls()).toHaveLength(6)
    expect((await rowOf(2)).inputs['name']).toBe(done[0]?.status === 'fulfilled' ? 'A lamp' : 'A chair')
  })

  test('is its own row: others that sent the same keep their answer, and say whose it was', async () => {
    const { bot, workflow, ended, sandbox } = await aBot()
    const order = orderOf(workflow, 3)
    const [first] = order.rows
    if (!first) throw new Error('no row')
    const rows = order.rows.map((row) => ({ ...row, inputs: first.inputs }))
    const { id } = await bot.engine.submit({ ...order, rows })
    bot.startRunner()
    await ended(id)
    expect(sandbox.hits()).toHaveLength(1)
    const before = await findListedRow(bot.db, id, 3)
    await runAgain(bot, MEI, id, [2], { inputs: { name: 'A lamp' } })
    await ended(id)
    expect(sandbox.hits()).toHaveLength(2)
    const row = await findListedRow(bot.db, id, 3)
    expect(row?.outputs).toEqual(before?.outputs ?? null)
    expect(row?.from).toEqual({ taskId: id, row: 2 })
    // A row that followed has inputs, and an answer, of its own now.
    await runAgain(bot, MEI, id, [4], { inputs: { name: 'A chair' } })
    await ended(id)
    expect(sandbox.hits().at(-1)?.inputs).toMatchObject({ name: 'A chair' })
    expect((await findListedRow(bot.db, id, 4))?.from).toBeUndefined()
  })
})
