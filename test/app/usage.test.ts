import { describe, expect, test } from 'bun:test'
import { resumeTask, submitTask } from '../../src/app/tasks.ts'
import {
  changeMonthLimit,
  findPerson,
  MonthUsedUp,
  usageBy,
  usageOf,
  usedUpText,
} from '../../src/app/usage.ts'
import { usageCsv } from '../../src/app/usage-csv.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { endRun, insertRun } from '../../src/db/runs/runs.ts'
import { monthlyRoom } from '../../src/db/usage/month-limits.ts'
import { findSpending } from '../../src/db/usage/task-spending.ts'
import { parseMonthLimit } from '../../src/engine/month-limit.ts'
import { newRun, type RunEnd, type Usage } from '../../src/engine/run.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { aBot, orderOf, SETUP } from '../support/bot.ts'
import { nano } from '../support/nano.ts'

const NOVEMBER = Date.UTC(2026, 10, 27)
const DECEMBER = Date.UTC(2026, 11, 1)

/** A bot with two tasks, of Mei and of Jo, that have not run; the test says what their calls cost. */
async function twoTasks(names: [string, string] = ['Mei', 'Jo']) {
  const { bot, workflow } = await aBot()
  const [meis, jos] = await Promise.all(
    names.map((owner) =>
      bot.engine.submit({ ...orderOf(workflow, 2), owner, ownerKey: `slack:T1:${owner}` }),
    ),
  )
  if (!meis || !jos) throw new Error('two tasks were submitted')
  const spend = (taskId: string, usage: Usage, more: Partial<RunEnd> = {}, at = NOVEMBER) =>
    bot.db.transaction().execute(async (trx) => {
      const end: RunEnd = { attempt: 1, status: 'succeeded', learnt: 'stream', usage, ids: {}, ...more }
      const run = { id: `${taskId}.2`, taskId, rowNumber: 2, attempt: end.attempt, inputs: {} }
      // As often as the test likes, of the same row.
      await trx
        .deleteFrom('runs')
        .where('execution_id', '=', run.id)
        .where('attempt', '=', end.attempt)
        .execute()
      await insertRun(trx, newRun(run, { nonce: 'n' }, 0))
      await endRun(trx, { taskId, executionId: run.id }, end, at)
    })
  const at = (now: number) => ({
    ...bot,
    clock: { ...bot.clock, now: () => now },
    hasRunner: () => Promise.resolve(true),
    notify: bot.notify,
  })
  return { bot, workflow, meis, jos, spend, at }
}

const usd = (amount: number, tokens = 10): Usage => ({ tokens, price: nano(amount), currency: 'USD' })

describe('what was spent', () => {
  test('is told by month, workflow and person, with one sum for each currency', async () => {
    const { meis, jos, spend, at } = await twoTasks()
    await spend(meis.id, usd(0.1))
    await spend(meis.id, usd(0.2), { attempt: 2, status: 'failed' })
    await spend(meis.id, { tokens: 5, price: nano(3), currency: 'RMB' })
    await spend(jos.id, usd(0.05))
    await spend(jos.id, usd(7), {}, DECEMBER)
    await spend(jos.id, {}, { status: 'refused' })

    const november = await usageOf(at(NOVEMBER))
    expect(november.month).toBe('2026-11')
    const people = new Map(usageBy(november.lines, 'person').map((sum) => [sum.name, sum]))
    expect(people.get('Mei')).toMatchObject({ tasks: 1, rows: 2, calls: 3, tokens: 25 })
    expect(people.get('Mei')?.prices.toSorted((a, b) => a.currency.localeCompare(b.currency))).toEqual([
      { currency: 'RMB', nano: nano(3), guessed: 0 },
      { currency: 'USD', nano: nano(0.3), guessed: 0 },
    ])
    expect(people.get('Jo')).toMatchObject({ tasks: 1, calls: 1, prices: [{ nano: nano(0.05) }] })
    expect(usageBy(november.lines, 'workflow')).toMatchObject([
      { name: 'Product copywriter', tasks: 2, rows: 3, calls: 4 },
    ])
    const all = await usageOf(at(NOVEMBER), 'all')
    expect(usageBy(all.lines, 'month').map(({ key, calls }) => [key, calls])).toEqual([
      ['2026-12', 1],
      ['2026-11', 4],
    ])
  })

  test('stays when the task is deleted', async () => {
    const { bot, meis, spend, at } = await twoTasks()
    await spend(meis.id, usd(0.1))
    await bot.engine.stop(meis.id, 'Mei')
    await bot.engine.delete(meis.id)
    expect(usageBy((await usageOf(at(NOVEMBER))).lines, 'person')).toMatchObject([
      { name: 'Mei', prices: [{ nano: nano(0.1) }] },
    ])
  })

  test('of a call whose price is not reported and that has no mean is said to be unknown', async () => {
    const { bot, meis, spend } = await twoTasks()
    await spend(meis.id, { tokens: 9 }, { learnt: 'look-up' })
    expect(await findSpending(bot.db, meis.id)).toEqual({ calls: 1, tokens: 9, prices: [], unpriced: 1 })
  })

  test('is CSV that no spreadsheet takes for a formula, and has no number twice', async () => {
    const { bot, meis, jos, spend } = await twoTasks(['=HYPERLINK("http://x","Mei")', '@SUM(1),"a"\nb'])
    await spend(meis.id, usd(0.1))
    await spend(meis.id, { tokens: 1, price: nano(2), currency: '+cmd|calc' })
    await spend(jos.id, usd(0.2))
    const csv = await usageCsv(bot.db, '2026-11')
    expect(csv).toContain(`"'=HYPERLINK(""http://x"",""Mei"")"`)
    expect(csv).toContain(`"'@SUM(1),""a""\nb"`)
    expect(csv).toContain(`'+cmd|calc`)
    expect(csv).not.toMatch(/(?:^|,)[=+@-]/m)
    const rows = csv.split('\r\n').filter((line) => line.includes('HYPERLINK'))
    expect(rows.map((line) => line.split(',').slice(-8, -4).join())).toEqual(['1,2,2,11', ',,,'])
  })
})

describe('a limit a month', () => {
  test('of a workflow stops every task of it from starting, until the month turns', async () => {
    const { bot, workflow, meis, spend, at } = await twoTasks()
    const limit = parseMonthLimit('0.5 usd') ?? null
    await changeMonthLimit(bot, SETUP, { of: 'workflow', subject: workflow.id }, limit)
    await spend(meis.id, usd(0.4))
    expect(await monthlyRoom(bot.db, meis, NOVEMBER)).toEqual([
      {
        of: 'workflow',
        name: 'Product copywriter',
        limit: { nano: nano(0.5), currency: 'USD' },
        spent: { nano: nano(0.4), currency: 'USD' },
        left: { nano: nano(0.1), currency: 'USD' },
        isUsedUp: true, // a call costs 0.40
        resetsAt: DECEMBER,
      },
    ])
    await spend(meis.id, usd(0.2))
    const order = { ...orderOf(workflow, 1), owner: 'Jo', ownerKey: 'slack:T1:Jo' }
    const refused = submitTask(at(NOVEMBER), SETUP, order)
    expect(refused).rejects.toBeInstanceOf(MonthUsedUp)
    expect(refused).rejects.toMatchObject({
      message: 'Product copywriter has used up its $0.50 for this month.',
      hint: 'An admin can raise the limit on the page “Usage”. It begins anew on December 1 (UTC).',
    })
    expect(resumeTask(at(NOVEMBER), SETUP, meis.id)).rejects.toBeInstanceOf(MonthUsedUp)
    expect(await submitTask(at(DECEMBER), SETUP, order)).toMatchObject({ owner: 'Jo' })
    await changeMonthLimit(bot, SETUP, { of: 'workflow', subject: workflow.id }, null)
    expect(await submitTask(at(NOVEMBER), SETUP, order)).toMatchObject({ owner: 'Jo' })
  })

  test('of a person is theirs alone, and money in another currency is not of it', async () => {
    const { bot, workflow, meis, jos, spend, at } = await twoTasks()
    await spend(meis.id, { tokens: 1, price: nano(100), currency: 'RMB' })
    await spend(jos.id, usd(0.1))
    const { key } = await findPerson(bot.db, 'mei')
    await changeMonthLimit(bot, SETUP, { of: 'person', subject: key }, { nano: nano(1), currency: 'USD' })
    const mei = { ...orderOf(workflow, 1), owner: 'Mei', ownerKey: key }
    expect(await submitTask(at(NOVEMBER), SETUP, mei)).toMatchObject({ owner: 'Mei' })
    await spend(meis.id, usd(1))
    expect(submitTask(at(NOVEMBER), SETUP, mei)).rejects.toBeInstanceOf(MonthUsedUp)
    expect(
      await submitTask(at(NOVEMBER), SETUP, { ...mei, owner: 'Jo', ownerKey: 'slack:T1:Jo' }),
    ).toMatchObject({ owner: 'Jo' })
  })

  test('may be in tokens, where no price is told', async () => {
    const { bot, meis, spend } = await twoTasks()
    await spend(meis.id, { tokens: 800 })
    await changeMonthLimit(bot, SETUP, { of: 'workflow', subject: meis.workflowId }, { tokens: 1_000 })
    expect(await monthlyRoom(bot.db, meis, NOVEMBER)).toMatchObject([
      { spent: { tokens: 800 }, left: { tokens: 200 } },
    ])
  })

  test('is set by admins alone, and audited', async () => {
    const { bot, workflow } = await twoTasks()
    const subject = { of: 'workflow', subject: workflow.id } as const
    const member = { face: 'slack', name: 'Jo', role: 'member', key: 'slack:T1:Jo' } as const
    expect(changeMonthLimit(bot, member, subject, { tokens: 1 })).rejects.toThrow('Only admins')
    await changeMonthLimit(bot, SETUP, subject, { nano: nano(50), currency: 'USD' })
    const { entries } = await listAudit(bot.db, { action: 'usage.limit' })
    expect(entries).toMatchObject([{ details: { workflow: 'Product copywriter', perMonth: '50 USD' } }])
  })

  test('says in each language who can raise it, and when it begins anew', () => {
    const room = {
      of: 'workflow',
      name: 'W',
      limit: { nano: nano(50), currency: 'USD' },
      spent: { nano: nano(50), currency: 'USD' },
      left: { nano: 0n, currency: 'USD' },
      isUsedUp: true,
      resetsAt: DECEMBER,
    } as const
    expect(usedUpText(room, textsFor('zh-CN'))).toBe(
      'W 本月的额度（$50.00）已用完。管理员可以在“用量”页面调高额度。额度将于 12月1日（UTC）重置。',
    )
    expect(usedUpText(room, textsFor('zh-TW'))).toContain('管理員可以在「用量」頁面調高額度')
    const little = { ...room, left: { nano: nano(0.1), currency: 'USD' } }
    expect(textsFor('en').usage.usedUp(little)).toBe(
      'W has $0.10 of $50.00 left this month, and another call costs more.',
    )
    expect(textsFor('en').usage.left({ ...room, left: { nano: nano(3.1), currency: 'USD' } })).toBe(
      'W has $3.10 of $50.00 left this month',
    )
  })

  test.each([
    ['50 USD', { nano: nano(50), currency: 'USD' }],
    ['0.5eur', { nano: nano(0.5), currency: 'EUR' }],
    ['200000 tokens', { tokens: 200_000 }],
    ['1 token', { tokens: 1 }],
    ['', undefined],
    ['0 USD', undefined],
    ['50', undefined],
    ['-5 USD', undefined],
    ['1.5 tokens', undefined],
    ['1,000 USD', undefined],
  ])('is read as it is written: %p', (written, limit) => {
    expect(parseMonthLimit(written)).toEqual(limit)
  })
})
