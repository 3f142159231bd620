import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { DatabaseLocked } from '../../../src/db/away.ts'
import { findDraft, insertDraft, updateDraft } from '../../../src/db/drafts/drafts.ts'
import { discardDeadSubmissions } from '../../../src/db/tasks/submissions.ts'
import { countTasksByStatus, listTaskPage } from '../../../src/db/tasks/task-list.ts'
import { findTask, listTasks, listTasksIn } from '../../../src/db/tasks/tasks.ts'
import { totals } from '../../../src/db/stats/totals.ts'
import { DraftGone } from '../../../src/engine/engine.ts'
import type { Db } from '../../../src/db/schema.ts'
import { later, tempFolder } from '../../support/bot.ts'
import { openShelf } from '../../support/runner-store.ts'
import { ON_POSTGRES } from '../../support/test-database.ts'

/** So many that they are written in several transactions. */
const LARGE = 6_000
const MINUTE_MS = 60_000
const DRAFT = { id: 'draft', nonce: 'n1', inChat: false }

const leftOut = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ row: 100_000 + i, cells: [null], fault: 'It is empty.' }))

/** A draft as it is before its task is asked for. */
async function aDraft(db: Db): Promise<void> {
  await insertDraft(db, {
    id: DRAFT.id,
    source: 'source',
    owner_key: 'slack:T1:U1',
    owner: '{}',
    place: '{}',
    locale: 'en',
    status: 'open',
    nonce: DRAFT.nonce,
    revision: 0,
    file_name: 'products.xlsx',
    upload_id: null,
    state: '{}',
    message: null,
    task_id: null,
    created_at: 0,
    expires_at: 1,
  })
}

/** Once first rows of a task are written, and not yet the last. */
async function underWay(db: Db): Promise<void> {
  const first = db
    .selectFrom('submissions')
    .innerJoin('task_executions', 'task_executions.task_id', 'submissions.task_id')
    .select('submissions.task_id')
    .limit(1)
  // As the submission itself waits between two transactions: a timer may not fire before the last of them.
  while (!(await first.executeTakeFirst())) await setImmediate()
}

/** `expect().rejects` runs the event loop until the promise is settled, and no immediate comes while one is running. */
const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (fault: unknown) => fault,
  )

/** Rows of tables that a submission writes. */
async function written(db: Db): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const tables = [
    'batch_tasks',
    'task_executions',
    'left_out_rows',
    'execution_logs',
    'uploads',
    'submissions',
  ] as const
  for (const table of tables) counts[table] = (await db.selectFrom(table).selectAll().execute()).length
  return counts
}

const NOTHING = {
  batch_tasks: 0,
  task_executions: 0,
  left_out_rows: 0,
  execution_logs: 0,
  uploads: 0,
  submissions: 0,
}

test('a large task comes with all its rows, and with those that were left out', async () => {
  const { db, submit } = await openShelf()
  const { id } = await submit(LARGE, { leftOut: leftOut(1_200) })
  expect(await findTask(db, id)).toMatchObject({ status: 'pending', leftOut: 1_200, counts: { left: LARGE } })
  expect(await written(db)).toEqual({
    batch_tasks: 1,
    task_executions: LARGE,
    left_out_rows: 1_200,
    execution_logs: 1,
    uploads: 1,
    submissions: 0,
  })
})

test('while a large task is submitted, others write, and see nothing of it', async () => {
  const { db, submit } = await openShelf()
  let isDone = false
  const submitted = submit(LARGE).then((task) => {
    isDone = true
    return task
  })
  await underWay(db)

  await aDraft(db)
  expect(await listTasks(db)).toEqual([])
  expect(await listTasksIn(db, ['pending', 'running'])).toEqual([])
  expect(await listTaskPage(db, {}, { limit: 10, offset: 0 })).toEqual({ tasks: [], total: 0 })
  expect(await countTasksByStatus(db)).toMatchObject({ pending: 0 })
  expect(await totals(db)).toMatchObject({ rows: { pending: 0 }, oldestWaitingAt: null })
  expect(await findDraft(db, DRAFT.id)).toBeDefined()
  expect(isDone).toBe(false)

  const { id } = await submitted
  expect(await listTasksIn(db, ['pending'])).toMatchObject([{ id, counts: { total: LARGE } }])
})

test('two large tasks submitted at once are both whole', async () => {
  const { db, submit } = await openShelf()
  const tasks = await Promise.all([submit(LARGE), submit(LARGE)])
  for (const { id } of tasks) {
    const rows = await db.selectFrom('task_executions').select('id').where('task_id', '=', id).execute()
    expect(rows).toHaveLength(LARGE)
  }
})

test('a draft that changes while its rows are written gives no task, and no row stays', async () => {
  const { db, submit } = await openShelf()
  await aDraft(db)
  const fault = faultOf(submit(LARGE, { draft: DRAFT, leftOut: leftOut(1_200) }))
  await underWay(db)
  await updateDraft(db, { id: DRAFT.id, revision: 0 }, { nonce: 'n2' })
  expect(await fault).toBeInstanceOf(DraftGone)
  expect(await written(db)).toEqual(NOTHING)
})

test('a draft that is cancelled with its upload while its rows are written gives no task', async () => {
  const { db, submit } = await openShelf()
  await aDraft(db)
  const fault = faultOf(submit(LARGE, { draft: DRAFT, upload: { fileName: 'a.xlsx', id: 'freed' } }))
  await underWay(db)
  await updateDraft(db, { id: DRAFT.id, revision: 0 }, { status: 'cancelled' })
  expect(await fault).toBeInstanceOf(DraftGone)
  expect(await written(db)).toEqual(NOTHING)
})

test('of two clicks that start one large draft, one gives a task and the other leaves nothing', async () => {
  const { db, submit } = await openShelf()
  await aDraft(db)
  const both = await Promise.allSettled([submit(LARGE, { draft: DRAFT }), submit(LARGE, { draft: DRAFT })])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await written(db)).toMatchObject({ batch_tasks: 1, task_executions: LARGE, submissions: 0 })
})

test('a submission that writes is not taken for dead, however long it takes', async () => {
  const { db, clock, submit } = await openShelf()
  const submitted = submit(LARGE)
  const over = { is: false }
  void submitted.finally(() => (over.is = true))
  await underWay(db)
  await clock.pass(MINUTE_MS / 2)
  const saidSo = db.selectFrom('submissions').select('task_id').where('written_at', '=', clock.now())
  // A server may have written all the rest by now.
  while (!over.is && !(await saidSo.executeTakeFirst())) await setImmediate()
  await clock.pass(MINUTE_MS / 2 + 1)
  await discardDeadSubmissions(db, clock.now())
  expect(await findTask(db, (await submitted).id)).toMatchObject({ counts: { total: LARGE } })
})

test('one that was taken for dead writes no task, and what it has written is removed', async () => {
  const { db, clock, submit } = await openShelf()
  const fault = faultOf(submit(LARGE))
  await underWay(db)
  await discardDeadSubmissions(db, clock.now() + MINUTE_MS + 1)
  expect(await fault).toMatchObject({
    message: expect.stringContaining('was not written in time'),
  })
  expect(await written(db)).toEqual(NOTHING)
})

test.skipIf(ON_POSTGRES)(
  'the rules of SQLite hold again after a large task, and after one that failed',
  async () => {
    const { db, clock, submit } = await openShelf()
    const orphan = db
      .insertInto('task_executions')
      .values({ id: 'o', task_id: 'no task', row_number: 1, status: 'pending', cells: '[]', inputs: '{}' })
    await submit(LARGE)
    await expect(orphan.execute()).rejects.toThrow('FOREIGN KEY')

    const fault = faultOf(submit(LARGE))
    await underWay(db)
    await discardDeadSubmissions(db, clock.now() + MINUTE_MS + 1)
    expect(await fault).toMatchObject({
      message: expect.stringContaining('was not written in time'),
    })
    await expect(orphan.execute()).rejects.toThrow('FOREIGN KEY')
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db)
    expect(rows).toEqual([{ synchronous: 2 }]) // FULL
  },
)

test('a large task that meets a lasting lock is not created, and the rows it has written are removed later', async () => {
  const path = join(tempFolder(), 'rowbot.db')
  const { db, clock, submit } = await openShelf({ path, lockWaitMs: 20 })
  const other = new Database(path)
  later(() => other.close())
  later(() => db.destroy())
  const fault = faultOf(submit(LARGE))
  await underWay(db)
  other.exec('begin exclusive')
  expect(await fault).toBeInstanceOf(DatabaseLocked)
  other.exec('rollback')
  expect(await listTasks(db)).toEqual([])
  await discardDeadSubmissions(db, clock.now() + MINUTE_MS + 1)
  expect(await written(db)).toEqual(NOTHING)
})
