import { describe, expect, test } from 'bun:test'
import { changeTaskLimit } from '../../src/app/change-limit.ts'
import { pauseTask, resumeTask } from '../../src/app/tasks.ts'
import { changeMonthLimit, findUsedUp, MonthUsedUp } from '../../src/app/usage.ts'
import { findSpending } from '../../src/db/usage/task-spending.ts'
import type { TaskLimit } from '../../src/engine/limits.ts'
import { type Nano, parseNano } from '../../src/engine/money.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { aBot, orderOf, SETUP, until as untilThat } from '../support/bot.ts'

const LANES = 4
const A_MINUTE = 60_000

/** A bot that knows what a call costs: every row of every task costs the same. */
async function aPricedBot(delayMs = 5) {
  const around = await aBot({ delayMs, limit: LANES })
  const { bot, workflow, sandbox, until } = around
  const submit = (rows: number, limit?: TaskLimit, owner = 'mei') => {
    const order = orderOf(workflow, rows, { concurrency: LANES })
    return bot.engine.submit({
      ...order,
      // Texts of one length: what a row costs goes by that of its answer.
      rows: order.rows.map((row) => ({
        ...row,
        inputs: { name: `Kettle ${1_000 + row.row}`, features: 'hot' },
      })),
      owner,
      equalOnce: false,
      ...(limit && { limit }),
    })
  }
  const { id } = await submit(1)
  bot.startRunner()
  await until(id, ({ status }) => {
    sandbox.hurry()
    return status === 'completed'
  })
  const price = await spentBy(bot, id)
  const calls = (count: number): TaskLimit => ({ nano: price * BigInt(count), currency: 'USD' })
  const rests = (of: string) => until(of, ({ status }) => status === 'paused' || status === 'completed')
  const setMonth = (limit: TaskLimit | null) =>
    changeMonthLimit(bot, SETUP, { of: 'workflow', subject: workflow.id }, limit)
  const bill = () => parseNano(sandbox.bill()[0]?.price ?? '0') ?? 0n
  /** A run of row 2 whose end nobody knows, as a crash or a server that was out of reach leaves it. */
  const leaveOpen = (of: string, note: { given_up_at?: number } = {}) =>
    bot.db
      .updateTable('runs')
      .set({ status: 'open', price_nano: null, tokens: null, ...note })
      .where('task_id', '=', of)
      .where('row_number', '=', 2)
      .execute()
  return { ...around, id, leaveOpen, submit, price, calls, rests, setMonth, bill }
}

async function spentBy(bot: Rowbot, id: string): Promise<Nano> {
  return (await findSpending(bot.db, id)).prices[0]?.nano ?? 0n
}

describe('the limit of a task', () => {
  test('holds by the mean of before where its first calls were only looked up, as after a crash', async () => {
    const { bot, submit, calls, rests } = await aPricedBot()
    await bot.stopRunner(A_MINUTE)
    const { id } = await submit(12, calls(6))
    // What a look-up finds has no price: Dify tells that only in the stream.
    const lookedUp = { status: 'succeeded', learnt: 'look-up', tokens: 3, sent_at: 1, user: 'u' } as const
    for (const row of [2, 3, 4]) {
      await bot.db
        .insertInto('runs')
        .values({ ...lookedUp, execution_id: `${id}.${row}`, attempt: 9, task_id: id, row_number: row })
        .execute()
    }
    bot.startRunner()
    const { counts, atLimit } = await rests(id)
    expect({ atLimit, succeeded: counts.succeeded }).toEqual({ atLimit: true, succeeded: 3 })
  })

  test('that is set while it runs holds from the next call on', async () => {
    const { bot, submit, calls, rests, until, sandbox } = await aPricedBot(20)
    const { id } = await submit(40)
    await until(id, ({ counts }) => counts.succeeded >= 4)
    await changeTaskLimit(bot, SETUP, id, calls(12))
    expect(await rests(id)).toMatchObject({ status: 'paused', atLimit: true, counts: { succeeded: 12 } })
    expect(sandbox.hits()).toHaveLength(13)
  })

  test('that is taken away while it runs lets all lanes go on', async () => {
    const { bot, submit, calls, until, sandbox } = await aPricedBot(A_MINUTE)
    const before = sandbox.hits().length
    const { id } = await submit(24, calls(6))
    const called = (rows: number) =>
      untilThat(
        () => sandbox.hits().length,
        (hits) => hits === before + rows,
      )
    await called(LANES)
    sandbox.hurry()
    // Two more fit, so two lanes have ended.
    await called(6)
    await until(id, ({ counts }) => counts.succeeded === LANES)
    await changeTaskLimit(bot, SETUP, id, undefined)
    sandbox.hurry()
    await called(6 + LANES)
  })

  test('pauses it though a run was given up that nobody follows: what that may have cost is reserved', async () => {
    const { bot, submit, calls, rests, leaveOpen } = await aPricedBot()
    const { id } = await submit(20, calls(6))
    await rests(id)
    await leaveOpen(id, { given_up_at: Date.now() })
    await changeTaskLimit(bot, SETUP, id, calls(12))
    await resumeTask(bot, SETUP, id)
    expect(await rests(id)).toMatchObject({
      status: 'paused',
      atLimit: true,
      counts: { succeeded: 12 },
    })
  })
})

describe('a limit a month', () => {
  test('holds for a task that runs: it pauses, says why, and goes on once there is room', async () => {
    const { bot, submit, calls, rests, setMonth, sandbox, ended } = await aPricedBot()
    await setMonth(calls(7))
    const { id } = await submit(20)
    // One call was made before.
    expect(await rests(id)).toMatchObject({
      status: 'paused',
      atLimit: false,
      atMonthLimit: true,
      counts: { succeeded: 6, left: 14 },
    })
    expect(sandbox.hits()).toHaveLength(7)
    expect(resumeTask(bot, SETUP, id)).rejects.toBeInstanceOf(MonthUsedUp)
    await setMonth(calls(30))
    await resumeTask(bot, SETUP, id)
    expect(await ended(id)).toMatchObject({
      status: 'completed',
      atMonthLimit: false,
      counts: { succeeded: 20 },
    })
  })

  test('is shared by the tasks that run at the same time', async () => {
    const { submit, calls, rests, setMonth, sandbox, bill, price } = await aPricedBot()
    await setMonth(calls(11))
    const both = [await submit(20), await submit(20, undefined, 'jo')]
    for (const { id } of both) expect(await rests(id)).toMatchObject({ status: 'paused', atMonthLimit: true })
    expect(sandbox.hits()).toHaveLength(11)
    expect(bill()).toBe(price * 11n)
  })

  test('pauses a task though another one, which nobody runs, has a run whose end is not known; and says why', async () => {
    const { bot, id: other, submit, calls, rests, setMonth, leaveOpen, sandbox } = await aPricedBot()
    // What its first call cost is counted; the open one is reserved for.
    await leaveOpen(other)
    await setMonth(calls(7))
    const { id } = await submit(20)
    const task = await rests(id)
    expect(task).toMatchObject({ status: 'paused', atMonthLimit: true, counts: { succeeded: 5 } })
    expect(sandbox.hits()).toHaveLength(6)
    expect(await findUsedUp(bot.db, task, Date.now())).toMatchObject({ isUsedUp: true, left: calls(1) })
  })

  test('that is set while the task runs leaves no lane waiting for ever', async () => {
    const { submit, calls, rests, setMonth, until, sandbox } = await aPricedBot(20)
    const { id } = await submit(40)
    await until(id, ({ counts }) => counts.succeeded >= 4)
    await setMonth(calls(13))
    await until(id, ({ counts }) => counts.succeeded >= 8)
    await setMonth(null)
    expect(await rests(id)).toMatchObject({ status: 'completed', counts: { succeeded: 40 } })
    expect(sandbox.hits()).toHaveLength(41)
  })

  test('is not the reason of a pause that a person asked for', async () => {
    const { bot, submit, calls, rests, setMonth, until } = await aPricedBot(20)
    await setMonth(calls(100))
    const { id } = await submit(40)
    await until(id, ({ counts }) => counts.succeeded >= 1)
    await pauseTask(bot, SETUP, id)
    expect(await rests(id)).toMatchObject({ status: 'paused', atMonthLimit: false })
  })
})
