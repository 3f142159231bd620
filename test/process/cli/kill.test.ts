import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { resultRows } from '../../../src/db/rows/result-rows.ts'
import { findSpending } from '../../../src/db/usage/task-spending.ts'
import type { TaskLimit } from '../../../src/engine/limits.ts'
import { parseNano } from '../../../src/engine/money.ts'
import { aBot, orderOf, until } from '../../support/bot.ts'
import { rowbot } from '../../support/command.ts'

const ROWS = 500
const CONCURRENCY = 5
const KILLS = 8
const SEED = 20_261_123

test('kill -9 at random moments, again and again: no acknowledged result is lost and none is paid for twice', async () => {
  const { bot, sandbox, folder, submit, find } = await aBot({ delayMs: 25 })
  const { id } = await submit(ROWS, { concurrency: CONCURRENCY })
  const env = { ROWBOT_DATA_DIR: folder, DIFY_QUEUE_MINUTES: '0.02' }
  const random = randomOf(SEED)
  const acknowledged = new Map<number, string>()

  for (let kill = 0; kill < KILLS; kill++) {
    const before = sandbox.hits().length
    const runner = rowbot(['resume', id, '--json'], env)
    await until(() => sandbox.hits().length > before || runner.process.exitCode !== null, Boolean)
    await Bun.sleep(random() * 120) // the moment is the point: it must not be one that we choose
    runner.process.kill('SIGKILL')
    await runner.process.exited

    const { integrity_check } = await integrity(bot)
    expect(integrity_check).toBe('ok')
    for (const [row, outputs] of acknowledged) expect((await outputsOf(row))?.outputs).toBe(outputs)
    for (const { row_number, outputs } of await succeeded()) acknowledged.set(row_number, outputs ?? '')
  }
  expect(acknowledged.size).toBeGreaterThan(0)
  expect(acknowledged.size).toBeLessThan(ROWS)

  const { code } = await rowbot(['resume', id, '--json', '--out', `${folder}/out.xlsx`], env).ended
  expect(code).toBe(0)
  expect((await find(id)).counts).toMatchObject({ succeeded: ROWS, failed: 0 })

  const byRow = Map.groupBy(sandbox.hits(), ({ inputs }) => String(inputs['name']))
  expect(byRow.size).toBe(ROWS)
  expect(sandbox.hits().length - ROWS).toBeLessThanOrEqual(CONCURRENCY * KILLS)
  const repeated = [...byRow.values()].flatMap((hits) => hits.slice(0, -1))
  expect(
    repeated.filter(({ idsSentAt: toldAt, finishedAt }) => toldAt !== null && finishedAt !== null),
  ).toEqual([])
  for await (const rows of resultRows(bot.db, id)) {
    for (const { row, outputs } of rows) expect(outputs?.['title']).toContain(`Kettle ${row} –`)
  }

  async function succeeded() {
    return bot.db
      .selectFrom('task_executions')
      .select(['row_number', 'outputs'])
      .where('status', '=', 'succeeded')
      .execute()
  }

  async function outputsOf(row: number) {
    return bot.db
      .selectFrom('task_executions')
      .select('outputs')
      .where('status', '=', 'succeeded')
      .where('row_number', '=', row)
      .executeTakeFirst()
  }
})

test('kill -9 with a limit: it pauses there all the same, and what it says it has spent is the server’s bill', async () => {
  const { bot, sandbox, folder, workflow, find } = await aBot({ delayMs: 25 })
  const env = { ROWBOT_DATA_DIR: folder, DIFY_QUEUE_MINUTES: '0.02' }
  const random = randomOf(SEED)
  /** Rows that cost the same, so that the limit is a number of calls. */
  const submit = (rows: number, limit?: TaskLimit) => {
    const order = orderOf(workflow, rows, { concurrency: CONCURRENCY }, () => 'hot')
    const same = order.rows.map(({ row, ...rest }) => ({
      ...rest,
      row,
      inputs: { name: `Kettle ${1_000 + row}`, features: 'hot' },
    }))
    return bot.engine.submit({ ...order, rows: same, ...(limit && { limit }) })
  }
  const spent = async (id: string) => (await findSpending(bot.db, id)).prices[0]?.nano ?? 0n
  const bill = () => parseNano(sandbox.bill()[0]?.price ?? '') ?? 0n

  const one = await submit(1)
  expect((await rowbot(['resume', one.id, '--json', '--out', `${folder}/one.xlsx`], env).ended).code).toBe(0)
  const price = await spent(one.id)
  const limit = { nano: price * 60n, currency: 'USD' }
  const { id } = await submit(200, limit)
  for (let kill = 0; kill < 4; kill++) {
    const before = sandbox.hits().length
    const runner = rowbot(['resume', id, '--json'], env)
    await until(() => sandbox.hits().length > before || runner.process.exitCode !== null, Boolean)
    await Bun.sleep(random() * 80)
    runner.process.kill('SIGKILL')
    await runner.process.exited
  }
  // A machine that is slow to kill lets the task come to its limit before.
  const wasThere = (await find(id)).atLimit
  const { code } = await rowbot(['resume', id, '--json', '--out', `${folder}/out.xlsx`], env).ended
  expect(code).toBe(wasThere ? 1 : 130)
  expect(await find(id)).toMatchObject({ status: 'paused', atLimit: true })
  expect(await spent(id)).toBe(bill() - price)
  expect(await spent(id)).toBeLessThanOrEqual(limit.nano)
  expect(await spent(id)).toBeGreaterThan(limit.nano - price)
})

async function integrity(bot: Awaited<ReturnType<typeof aBot>>['bot']) {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(bot.db)
  return rows[0] ?? { integrity_check: 'no answer' }
}

/** mulberry32: the same moments for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
