import { describe, expect, test } from 'bun:test'
import { countUnknownCalls, countUnresolved } from '../../src/db/runs/run-facts.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import { newRun } from '../../src/engine/run.ts'
import { aTask } from './support/run-cast.ts'
import { spoken } from '../support/spoken.ts'

const GONE: Outcome = { kind: 'failed', error: 'Invalid upload file.', filesGone: true }

test('a row with files has in its line since when they were uploaded, and when the run was asked for', async () => {
  const { life, runs, find, account, clock } = await aTask({
    rows: 2,
    troubles: (n) => (n === 1 ? { uploadsForMs: 5_000 } : {}),
  })
  const { start, rest } = life()
  const from = clock.monotonicNow()
  await start()
  await rest()
  expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
  const [withFiles, without] = await runs()
  expect(withFiles).toMatchObject({ uploading_at: from, posted_at: from + 5_000, accepted_at: from + 5_000 })
  expect(without).toMatchObject({ uploading_at: null, posted_at: null })
  await account()
})

test('a row whose inputs name a local file is uploading from the moment it is claimed', () => {
  const row = { id: 'e', taskId: 't', rowNumber: 2, attempt: 1 }
  const file = { type: 'document', transfer_method: 'local_file', name: 'a', sha256: 'b', size: 1 } as const
  const link = { type: 'document', transfer_method: 'remote_url', url: 'https://example.com/a' } as const
  const from = (inputs: Parameters<typeof newRun>[0]['inputs']) =>
    newRun({ ...row, inputs }, { nonce: 'n' }, 7)
  expect(from({ name: 'Kettle', files: [link, file] }).uploadingAt).toBe(7)
  expect(from({ file }).uploadingAt).toBe(7)
  expect(from({ name: 'Kettle', link, more: { a: 1 } }).uploadingAt).toBeNull()
})

for (const canLookUp of [true, false]) {
  const app = canLookUp ? 'a workflow' : 'an app whose runs cannot be looked up'
  test(`${app}: calls that were interrupted while files were uploaded are made anew at once, at no cost`, async () => {
    const { life, runs, dify, find, account, clock, db, id } = await aTask({
      rows: 10,
      canLookUp,
      parameters: { retries: 0 },
      troubles: (n) => (n <= 10 ? { uploadsForMs: 'never' } : { uploadsForMs: 1_000 }),
    })
    if (!canLookUp) await db.updateTable('workflows').set({ mode: 'completion' }).execute()
    const before = life()
    await before.start()
    expect(dify.uploads).toBe(10)
    await before.leave()
    expect(dify.runs).toEqual([])

    clock.restart()
    const { start, rest } = life()
    const from = clock.monotonicNow()
    await start()
    expect(dify.uploads).toBe(20)
    expect(await countUnknownCalls(db, id)).toBe(0)
    expect(await countUnresolved(db, id)).toBe(0)
    await rest()
    expect(clock.monotonicNow() - from).toBeLessThan(3_000)
    expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 10 } })
    expect(dify.runs).toHaveLength(10)
    const statuses: string[] = (await runs()).map(({ status }) => status)
    expect(statuses).toEqual(Array.from({ length: 10 }, () => ['absent', 'succeeded']).flat())
    const rows = await db.selectFrom('task_executions').select('failures').execute()
    expect(rows.every(({ failures }) => failures === 0)).toBe(true)
    const told = await db
      .selectFrom('execution_logs')
      .select('id')
      .where('event', '=', 'task.maybe-paid')
      .execute()
    expect(told).toEqual([])
    await account()
  })
}

test('one that was asked for just before is looked up as ever, and not paid twice', async () => {
  const { life, dify, find, account, clock } = await aTask({
    seconds: 60,
    troubles: () => ({ uploadsForMs: 100 }),
  })
  const before = life()
  await before.start()
  await clock.pass(100)
  expect(dify.runs).toHaveLength(1)
  await before.leave()
  const { start, rest } = life()
  await start()
  await rest()
  expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
  expect(dify.runs).toHaveLength(1)
  await account()
})

test('if the database may be a backup, Dify is asked first: the run may have been made since', async () => {
  const { life, dify, db, find, clock } = await aTask({ seconds: 60 })
  const before = life()
  await before.start()
  await before.leave()
  await db
    .updateTable('runs')
    .set({ uploading_at: 1, accepted_at: null, started_at: null, workflow_run_id: null, dify_task_id: null })
    .execute()
  await clock.pass(1_000)
  const { start, rest } = life()
  await start()
  await rest()
  expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
  expect(dify.calls).toBe(1)
})

describe('a task that is stopped while files are uploaded', () => {
  test('ends the upload at once; there is nothing to stop at Dify, and resumed it runs once', async () => {
    const { life, runs, dify, find, account, engine, id } = await aTask({
      rows: 3,
      troubles: (n) => (n <= 3 ? { uploadsForMs: 30_000 } : {}),
    })
    const { start, stop, services } = life()
    await start()
    const { inFlight } = await stop()
    expect(inFlight).toEqual([])
    expect((await runs()).map(({ status }) => status)).toEqual(['absent', 'absent', 'absent'])
    expect([dify.runs, dify.stops, dify.lookUps]).toEqual([[], [], []])
    await services.stopped.close()

    await engine.resume(id, 'mei')
    const next = life()
    await next.start()
    await next.rest()
    expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 3 } })
    expect(dify.runs).toHaveLength(3)
    await account()
  })

  test('after its process was killed, is told so at the next start', async () => {
    const { life, runs, engine, id, clock } = await aTask({ troubles: () => ({ uploadsForMs: 'never' }) })
    const before = life()
    await before.start()
    await before.leave()
    expect((await engine.stop(id, 'mei')).inFlight).toEqual([])
    const { takeOver, services } = life()
    await takeOver()
    await clock.pass(0)
    expect(await runs()).toMatchObject([{ status: 'absent' }])
    await services.stopped.close()
  })
})

test('an upload that takes as long as the row may run has failed, and is never looked up', async () => {
  const { life, runs, dify, find, results, account } = await aTask({
    parameters: { retries: 1, timeoutSeconds: 60 },
    troubles: () => ({ uploadsForMs: 'never' }),
  })
  const { start, rest } = life()
  await start()
  await rest()
  expect(await find()).toMatchObject({ status: 'completed', counts: { failed: 1 } })
  expect(spoken((await results())[0]?.error)).toBe('The files were not uploaded within 1 min.')
  expect((await runs()).map(({ status }) => status)).toEqual(['absent', 'absent'])
  expect(dify.lookUps).toEqual([])
  await account()
})

test('the time that an upload takes is not taken from the call', async () => {
  const { life, dify, find, account } = await aTask({
    canLookUp: false, // so the time until it begins to answer counts, too
    parameters: { retries: 0, timeoutSeconds: 60 },
    seconds: 50,
    troubles: () => ({ uploadsForMs: 50_000, queuedForMs: 50_000 }),
  })
  const { start, rest } = life()
  await start()
  await rest()
  expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
  expect(dify.calls).toBe(1)
  await account()
})

describe('files that Dify has lost before it runs the row', () => {
  for (const [how, trouble] of [
    ['which it says in a refusal', { refuse: GONE }],
    ['which it says as a failure of a run that it does not have', { madeUp: GONE }],
  ] as const) {
    test(`are uploaded again up to three times, at no cost: ${how}`, async () => {
      const { life, runs, dify, find, db, account } = await aTask({
        parameters: { retries: 0 },
        troubles: (n) => ({ uploadsForMs: 100, ...(n <= 3 && trouble) }),
      })
      const { start, rest } = life()
      await start()
      await rest()
      expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
      expect(dify.uploads).toBe(4)
      expect((await runs()).map(({ status }) => status)).toEqual([
        'refused',
        'refused',
        'refused',
        'succeeded',
      ])
      expect(await db.selectFrom('task_executions').select('failures').execute()).toEqual([{ failures: 0 }])
      await account()
    })
  }

  test('after that the row has failed, and says what to look at', async () => {
    const { life, dify, results, account } = await aTask({
      parameters: { retries: 5 },
      troubles: () => ({ uploadsForMs: 100, refuse: GONE }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(dify.uploads).toBe(4)
    expect(spoken(await results())).toMatchObject([
      { status: 'failed', error: expect.stringContaining('See whether its file storage works') },
    ])
    await account()
  })
})
