import { expect, test } from 'bun:test'
import { claimExecution } from '../../../src/db/rows/claims.ts'
import { createRowStore } from '../../../src/db/store.ts'
import type { Db } from '../../../src/db/schema.ts'
import { takeTask } from '../../../src/db/tasks/runner-moves.ts'
import { setMonthLimit } from '../../../src/db/usage/month-limits.ts'
import { createWriter } from '../../../src/db/writer.ts'
import { monthOf } from '../../../src/engine/month.ts'
import type { Task } from '../../../src/engine/task.ts'
import { connectMachines } from '../../support/connected-machines.ts'
import { openShelf } from '../../support/runner-store.ts'

const NOW = 2_000_000

/** Two machines with a task each, of one workflow whose limit this month has room for `calls` more. */
async function twoMachines(calls: number) {
  const { dbs } = await connectMachines(2)
  const [one] = dbs
  const { workflow, submit } = await openShelf({ db: one })
  const take = async (of: Db): Promise<{ db: Db; task: Task }> => {
    const { id } = await submit(20)
    const task = await one.transaction().execute((trx) => takeTask(trx, id, NOW))
    if (!task) throw new Error('a waiting task was not taken')
    return { db: of, task }
  }
  const machines = [await take(one), await take(dbs[1] ?? one)] as const
  const line = { task_id: machines[0].task.id, workflow_id: workflow.id, person_key: '', person: '' }
  const amounts = { rows: 1, calls: 1, tokens: 10, whole: 0, rest_nano: 0n, guessed: 0, unpriced: 0 }
  await one
    .insertInto('usage')
    .values({ month: monthOf(NOW), currency: '', ...line, ...amounts })
    .execute()
  const subjects = [
    { of: 'workflow', subject: workflow.id, name: '' },
    { of: 'person', subject: 'name:mei', name: '' },
  ] as const
  for (const subject of subjects)
    await one.transaction().execute((trx) => setMonthLimit(trx, subject, { tokens: 10 + calls * 10 }))
  const countCalls = async () => (await one.selectFrom('runs').select('user').execute()).length
  return { machines, countCalls }
}

test('a machine that asks for a call while another one writes one waits, and counts it', async () => {
  const { machines, countCalls } = await twoMachines(1)
  const [a, b] = machines
  let second: Promise<unknown> = Promise.resolve()
  await a.db.transaction().execute(async (trx) => {
    expect(await claimExecution(trx, a.task, NOW, NOW)).toBeDefined()
    second = b.db.transaction().execute((other) => claimExecution(other, b.task, NOW, NOW))
    // It has either counted by now, or it waits for this transaction.
    await Promise.race([second, Bun.sleep(200)])
  })
  expect(await second).toBeUndefined()
  expect(await countCalls()).toBe(1)
})

test('of forty calls that two machines ask for at once, as many are made as the month has room for', async () => {
  const { machines, countCalls } = await twoMachines(7)
  await Promise.all(
    machines.map(async ({ db, task }) => {
      const rows = createRowStore(db, createWriter(db))
      for (let wave = 0; wave < 4; wave++)
        await Promise.all(Array.from({ length: 5 }, () => rows.claim(task, NOW, NOW)))
    }),
  )
  expect(await countCalls()).toBe(7)
})
