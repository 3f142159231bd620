import { describe, expect, test } from 'bun:test'
import { completeTask, haltTask, releaseTask, takeTask } from '../../../src/db/tasks/runner-moves.ts'
import { createRowStore } from '../../../src/db/store.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { createWriter } from '../../../src/db/writer.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import { settleRows } from '../../support/settle-rows.ts'
import { openShelf } from '../../support/runner-store.ts'
import { random as randomOf } from '../../support/random.ts'
import type { Trx } from '../../../src/db/schema.ts'
import type { Settlement } from '../../../src/engine/settle.ts'
import type { Claim, Task } from '../../../src/engine/task.ts'
import type { WaitingRow } from '../../../src/engine/waiting-row.ts'

type Shelf = Awaited<ReturnType<typeof openShelf>>

test('stopped, its failed rows retried, and stopped again, no row is left', async () => {
  const { db, engine, submit } = await openShelf()
  const { id } = await submit(10)
  await settleRows(db, id, [{ error: 'No.' }, { error: 'No.' }])
  await engine.stop(id, 'mei')
  await engine.retry(id, 'mei')
  expect((await engine.stop(id, 'mei')).task).toMatchObject({ counts: { cancelled: 10, left: 0 } })
  expect(await findTask(db, id)).toMatchObject({ counts: { cancelled: 10, failed: 0, left: 0 } })
})

describe('whatever people and runners do in whatever order, the counts are those of the rows', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('with seed %d', async (seed) => {
    const random = randomOf(seed)
    const runnerStore = await openShelf()
    const { id } = await runnerStore.submit(12, seed % 2 ? { tryFirst: seed } : {})
    const acts = actsOn(runnerStore, id, random)
    const done: string[] = []
    for (let i = 0; i < 150; i++) {
      const [name, act] = acts[random(acts.length)] ?? ['', () => undefined]
      done.push(name)
      await act()
      expect(await storedCounts(runnerStore, id), done.join(', ')).toEqual(await countedRows(runnerStore, id))
    }
  })
})

function actsOn({ db, engine, clock }: Shelf, id: string, random: (n: number) => number) {
  const rows = createRowStore(db, createWriter(db))
  const inTransaction = <T>(work: (trx: Trx) => Promise<T>) => db.transaction().execute(work)
  let task: Task | undefined
  const claims: Claim[] = []
  const settle = async (settlement: Settlement) => {
    const [claim] = claims.splice(random(Math.max(claims.length, 1)), 1)
    if (claim)
      await rows.settle(claim, settlement, {
        at: clock.now(),
        outcome: '',
        message: '',
        ms: 1,
        user: 'u',
        ids: {},
        limit: 1,
      })
  }
  const runs = async () => {
    task = (await inTransaction((trx) => takeTask(trx, id, clock.now()))) ?? task
  }
  const claim = async () => {
    const found = task && (await rows.claim(task, clock.now()))
    if (found) claims.push(found)
  }
  const onWaiting = async (act: (row: WaitingRow) => Promise<void>) => {
    const row = await rows.waiting.next(id)
    if (!row) return
    await act(row)
    await act(row) // a second time it has no effect
  }
  const ofRunner = (move: (held: Task) => Promise<unknown>) => () => task && move(task)
  const failedRows = () =>
    db.selectFrom('task_executions').select('row_number').where('status', '=', 'failed').limit(1).execute()
  return [
    ['take', runs],
    ['claim', claim],
    ['claim', claim],
    ['claim', claim],
    ['succeed', () => settle({ status: 'succeeded', outputs: {}, warning: null, usage: {} })],
    ['fail', () => settle({ status: 'failed', error: 'No.', usage: {} })],
    ['fail', () => settle({ status: 'failed', error: 'No.', usage: {} })],
    ['wait', () => settle({ status: 'waiting', forms: [], availableAt: 0, error: '', usage: {} })],
    ['wait', () => settle({ status: 'waiting', forms: [], availableAt: 0, error: '', usage: {} })],
    ['go on', () => onWaiting((row) => rows.waiting.goOn(row, clock.monotonicNow(), clock.now()))],
    ['unanswered', () => onWaiting((row) => rows.waiting.fail(row, 'Nobody answered.', clock.now()))],
    ['pause', () => refused(engine.pause(id, 'mei'))],
    ['resume', () => refused(engine.resume(id, 'mei'))],
    ['stop', () => refused(engine.stop(id, 'mei'))],
    ['retry', () => refused(engine.retry(id, 'mei'))],
    [
      'retry one',
      async () =>
        refused(
          engine.retry(
            id,
            'mei',
            (await failedRows()).map(({ row_number }) => row_number),
          ),
        ),
    ],
    ['complete', ofRunner((held) => inTransaction((trx) => completeTask(trx, held, clock.now())))],
    ['halt', ofRunner((held) => inTransaction((trx) => haltTask(trx, held, 'No key.', clock.now())))],
    ['release', ofRunner((held) => inTransaction((trx) => releaseTask(trx, held, clock.now())))],
  ] as [string, () => unknown][]
}

/** An act that is not legal now is refused, and must change nothing. */
async function refused(act: Promise<unknown>): Promise<void> {
  await act.catch((fault: unknown) => {
    if (!(fault instanceof UserError)) throw fault
  })
}

async function storedCounts({ db }: Shelf, id: string) {
  const task = await findTask(db, id)
  return { ...task?.counts, waiting: task?.waiting }
}

async function countedRows({ db }: Shelf, id: string) {
  const counts = { total: 0, succeeded: 0, failed: 0, cancelled: 0, left: 0, waiting: 0 }
  const rows = await db.selectFrom('task_executions').select('status').where('task_id', '=', id).execute()
  for (const { status } of rows) {
    counts.total++
    if (status === 'waiting') counts.waiting++
    counts[status === 'pending' || status === 'running' || status === 'waiting' ? 'left' : status]++
  }
  return counts
}
