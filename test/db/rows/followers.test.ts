import { expect, test } from 'bun:test'
import { createRowStore } from '../../../src/db/store.ts'
import { resumeTask, retryTask, stopTask, pauseTask } from '../../../src/db/tasks/people-moves.ts'
import { runAgain } from '../../../src/db/tasks/run-again.ts'
import { completeTask, haltTask, takeTask } from '../../../src/db/tasks/runner-moves.ts'
import { findListedRow } from '../../../src/db/rows/row-list.ts'
import { withInputs } from '../../../src/engine/again.ts'
import type { Db, Trx } from '../../../src/db/schema.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { createWriter } from '../../../src/db/writer.ts'
import type { Settlement } from '../../../src/engine/settle.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import type { Claim, Task } from '../../../src/engine/task.ts'
import { random as randomFrom } from '../../support/random.ts'
import { openShelf } from '../../support/runner-store.ts'

const NOW = 1_000
const ROWS = 14

function onlyRefused(fault: unknown): void {
  if (!(fault instanceof UserError)) throw fault
}

/** What must hold after every act, whoever did it. */
async function expectSound(db: Db, id: string): Promise<void> {
  const rows = await db.selectFrom('task_executions').selectAll().where('task_id', '=', id).execute()
  const byNumber = new Map(rows.map((row) => [row.row_number, row]))
  for (const row of rows) {
    if (row.leader === null) continue
    const lead = byNumber.get(row.leader)
    expect(lead?.input_hash).toBe(row.input_hash)
    expect(row.status).not.toBe('running')
    if (row.status === 'pending') {
      expect(lead?.leader).toBeNull()
      expect(['pending', 'running']).toContain(lead?.status ?? '')
    }
    if (row.status === 'succeeded' && lead?.status === 'succeeded') expect(row.outputs).toBe(lead.outputs)
  }
  const count = (status: string) => rows.filter((row) => row.status === status).length
  expect(await findTask(db, id)).toMatchObject({
    counts: {
      total: ROWS,
      succeeded: count('succeeded'),
      failed: count('failed'),
      cancelled: count('cancelled'),
      left: count('pending') + count('running'),
    },
  })
}

test('whatever people do and whenever a runner dies, a row that follows has a lead that is open', async () => {
  const shelf = await openShelf()
  const { db } = shelf
  const store = createRowStore(db, createWriter(db))
  for (let seed = 1; seed <= 25; seed++) {
    const one = randomFrom(seed)
    const random = () => one(1_000) / 1_000
    const texts = Array.from({ length: ROWS }, () => `Kettle ${one(5)}`)
    const rows = texts.map((name, i) => ({ row: i + 2, cells: [name], inputs: { name } }))
    const { id } = await shelf.submit(1, { rows, tryFirst: seed % 5 === 0 ? 1 + (seed % 3) : 0 })
    const act = <T>(work: (trx: Trx) => Promise<T>) => db.transaction().execute(work)
    let task: Task | undefined
    let claims: Claim[] = []
    let answers = 0
    const some = () => rows.filter(() => random() < 0.3).map(({ row }) => row)
    const settledRows = async (): Promise<number[]> => {
      const found = await db
        .selectFrom('task_executions')
        .select('row_number')
        .where('task_id', '=', id)
        .where('status', 'in', ['succeeded', 'failed', 'cancelled'])
        .execute()
      return found.map(({ row_number }) => row_number)
    }
    const runSome = async (rows: number[]) =>
      act((trx) => runAgain(trx, id, { rows }, 'mei', NOW)).catch(onlyRefused)
    const editOne = async () => {
      const rows = await settledRows()
      const row = rows[one(Math.max(1, rows.length))]
      const found = row === undefined ? undefined : await findListedRow(db, id, row)
      if (row === undefined || !found) return
      const name = `Kettle ${one(6)}`
      const before = { inputs: found.inputs, edited: found.editedInputs ?? {} }
      const inputs = withInputs(before, new Map([['name', name]]), { by: 'mei', at: NOW })
      await act((trx) => runAgain(trx, id, { rows: [row], inputs }, 'mei', NOW)).catch(onlyRefused)
    }
    const settle = async (isGood: boolean) => {
      const [claim] = claims.splice(one(claims.length), 1)
      if (!claim) return
      const kind = isGood ? 9 : one(10)
      const usage = { tokens: 1 }
      const again = { availableAt: 0, failures: 1, throttles: 0, turnedAwayAt: null, error: 'again', usage }
      const settlement: Settlement =
        kind > 4
          ? { status: 'succeeded', outputs: { text: `answer ${++answers}` }, warning: null, usage }
          : kind > 1
            ? { status: 'failed', error: 'broke', usage }
            : { status: 'pending', ...again, unresolved: kind === 0 }
      const entry = { at: NOW, outcome: 'x', message: '', ms: 1, user: 'u', ids: {}, limit: 1 }
      await store.settle(claim, settlement, entry)
    }
    const claimOne = async () => {
      const claim = task && (await store.claim(task, NOW))
      if (claim) claims.push(claim)
    }
    const acts = [
      claimOne,
      claimOne,
      claimOne,
      () => settle(false),
      () => settle(false),
      () => settle(false),
      // a runner takes it; one that had it is dead, and nobody hears of its calls
      async () => {
        task = (await act((trx) => takeTask(trx, id, NOW))) ?? task
        claims = random() < 0.5 ? [] : claims
      },
      () => act((trx) => pauseTask(trx, id, 'mei', NOW)),
      () => act((trx) => resumeTask(trx, id, 'mei', NOW)),
      () => act((trx) => stopTask(trx, id, 'mei', NOW)),
      () => act((trx) => retryTask(trx, id, random() < 0.5 ? undefined : some(), 'mei', NOW)),
      () => runSome(some()),
      async () => runSome((await settledRows()).filter(() => random() < 0.3)),
      editOne,
      async () => task && (await act((trx) => completeTask(trx, task ?? { id, epoch: 0 }, NOW))),
      async () =>
        task && random() < 0.2 && (await act((trx) => haltTask(trx, task ?? { id, epoch: 0 }, 'x', NOW))),
    ]
    for (let step = 0; step < 60; step++) {
      await acts[one(acts.length)]?.()
      await expectSound(db, id)
    }
    // In the end everything that waits is run.
    await act((trx) => resumeTask(trx, id, 'mei', NOW))
    await act((trx) => resumeTask(trx, id, 'mei', NOW))
    await act((trx) => retryTask(trx, id, undefined, 'mei', NOW))
    for (let round = 0; round < 3; round++) {
      task = (await act((trx) => takeTask(trx, id, NOW))) ?? task
      claims = []
      for (let i = 0; i < ROWS; i++) {
        await claimOne()
        while (claims.length > 0) await settle(true)
      }
      await act((trx) => resumeTask(trx, id, 'mei', NOW))
    }
    await expectSound(db, id)
    expect((await findTask(db, id))?.counts, `seed ${seed}`).toMatchObject({ left: 0 })
  }
}, 60_000)
