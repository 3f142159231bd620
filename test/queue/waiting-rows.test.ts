import { describe, expect, test } from 'bun:test'
import type { Actor } from '../../src/app/actor.ts'
import { AnsweredBefore, answerForm, listWaitingForms } from '../../src/app/waiting-rows.ts'
import { pauseTask, resumeTask, retryTask, stopTask } from '../../src/app/tasks.ts'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import type { Db } from '../../src/db/schema.ts'
import { aBot, openBot } from '../support/bot.ts'

const ADMIN: Actor = { face: 'cli', name: 'Mei', role: 'admin' }
const OTHER: Actor = { face: 'page', name: 'Jo', role: 'admin' }
const PAUSED = () => '[sandbox: paused]'

/** A task whose rows wait for a person, except those that the test gives other features. */
async function aWaitingTask(rows = 1, featuresOf: (row: number) => string = PAUSED, concurrency = 3) {
  const around = await aBot()
  const { bot, until, submit } = around
  const { id } = await submit(rows, { concurrency }, featuresOf)
  bot.startRunner()
  const waits = (count: number) => until(id, ({ waiting }) => waiting === count)
  const forms = () => listWaitingForms(bot, id)
  const answer = async (action = 'approve', more: { forAllAlike?: boolean; row?: number } = {}) => {
    const form = (await forms()).find(({ row }) => more.row === undefined || row === more.row)
    if (!form) throw new Error('no row waits')
    return answerForm(bot, ADMIN, { formId: form.id, action, forAllAlike: more.forAllAlike })
  }
  return { ...around, id, waits, forms, answer, rows: () => rowsOf(bot.db, id) }
}

async function rowsOf(db: Db, id: string) {
  const all = []
  for await (const chunk of resultRows(db, id)) all.push(...chunk)
  return all
}

test('14 rows wait, hold no lane, and are all answered at once', async () => {
  const { sandbox, id, waits, until, forms, answer, ended, rows, bot } = await aWaitingTask(
    16,
    (row) => (row > 15 ? 'plain' : '[sandbox: paused]'),
    2,
  )
  await until(id, ({ counts }) => counts.succeeded === 2)
  expect(await waits(14)).toMatchObject({ status: 'running', counts: { succeeded: 2, left: 14 } })
  const all = await forms()
  expect(all).toHaveLength(14)
  expect(all[0]).toMatchObject({
    row: 2,
    nodeTitle: 'Approval',
    text: 'The sandbox was told to wait for a person.',
    alike: 14,
    isAnswering: false,
  })
  expect(all[0]).not.toHaveProperty('token')

  expect(await answer('approve', { forAllAlike: true })).toMatchObject({
    action: 'Approve',
    rows: Array.from({ length: 14 }, (_, i) => i + 2),
    others: [],
  })
  expect(await ended(id)).toMatchObject({
    status: 'completed',
    waiting: 0,
    counts: { succeeded: 16, failed: 0 },
  })
  expect(sandbox.hits()).toHaveLength(16)
  expect(sandbox.answers()).toHaveLength(14)
  expect((await rows()).every(({ attempts }) => attempts === 1)).toBeTrue()
  const audit = await bot.db.selectFrom('audit_log').selectAll().where('action', '=', 'task.answer').execute()
  expect(audit).toHaveLength(14)
  expect(audit[0]).toMatchObject({ who: 'Mei', target: id })
  expect(audit[0]?.details).toContain('"answer":"Approve"')
})

test('a form’s token is stored encrypted', async () => {
  const { bot, waits } = await aWaitingTask()
  await waits(1)
  const { token } = await bot.db.selectFrom('forms').select('token').executeTakeFirstOrThrow()
  expect(token).toStartWith('v1.')
  expect(bot.box.open(token ?? '')).toHaveLength(22)
})

test('rows that wait survive their runner, and are not called again', async () => {
  const { bot, folder, sandbox, id, waits, until } = await aWaitingTask(3)
  await waits(3)
  await bot.stopRunner(0)
  const next = await openBot(folder)
  next.startRunner()
  await until(id, ({ epoch, status }) => epoch > 1 && status === 'running')
  const [form] = await listWaitingForms(next, id)
  await answerForm(next, ADMIN, { formId: form?.id ?? '', action: 'reject', forAllAlike: true })
  expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ counts: { succeeded: 3 } })
  expect(sandbox.hits()).toHaveLength(3)
})

test('an answer whose confirmation is lost is given once', async () => {
  const { sandbox, id, waits, answer, ended } = await aWaitingTask()
  await waits(1)
  sandbox.misbehave('cut-at-once', { route: 'form' })
  await answer()
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 } })
  expect(sandbox.answers().map(({ taken }) => taken)).toEqual([true, false])
})

test('of two who answer at once, one is sent, and the other is told by whom', async () => {
  const { bot, sandbox, id, waits, forms, ended } = await aWaitingTask()
  await waits(1)
  const formId = (await forms())[0]?.id ?? ''
  const both = await Promise.allSettled([
    answerForm(bot, ADMIN, { formId, action: 'approve' }),
    answerForm(bot, OTHER, { formId, action: 'reject' }),
  ])
  const refused = both.filter((one) => one.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(refused[0]?.reason).toBeInstanceOf(AnsweredBefore)
  expect(String(refused[0]?.reason)).toMatch(/(Mei|Jo) has answered row 2 already: (Approve|Reject)\./)
  await ended(id)
  expect(sandbox.answers()).toHaveLength(1)
})

test('somebody who answers in Dify itself is noticed', async () => {
  const { sandbox, id, waits, ended, bot } = await aWaitingTask()
  await waits(1)
  sandbox.answer(sandbox.hits()[0]?.runId ?? '', { action: 'approve', inputs: {} })
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 }, waiting: 0 })
  expect(await bot.db.selectFrom('forms').select('state').execute()).toEqual([{ state: 'elsewhere' }])
  expect(sandbox.hits()).toHaveLength(1)
})

describe('a form whose time is up', () => {
  test('fails its row with words, and a retry begins a new run', async () => {
    const { bot, sandbox, id, ended, rows, waits } = await aWaitingTask(
      1,
      () => '[sandbox: paused, expires=0]',
    )
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { failed: 1 }, waiting: 0 })
    expect((await rows())[0]?.error).toMatch(/^Nobody answered by \d\d:\d\d \(Approval\)\.$/)
    expect(sandbox.hits()).toHaveLength(1)
    sandbox.misbehave({ end: 'paused' })
    await retryTask(bot, ADMIN, id)
    await waits(1)
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('cannot be answered', async () => {
    const { id, waits, answer, bot, ended } = await aWaitingTask(1, () => '[sandbox: paused, expires=50]')
    await waits(1)
    await bot.db
      .updateTable('forms')
      .set({ expires_at: Date.now() + 60_000 })
      .execute()
    await Bun.sleep(60)
    await expect(answer()).rejects.toThrow('cannot be answered any more')
    await bot.db
      .updateTable('forms')
      .set({ expires_at: Date.now() - 1_000 })
      .execute()
    expect(await ended(id)).toMatchObject({ counts: { failed: 1 } })
  })
})

test('a stop cancels rows that wait, with words; resumed, they go on with their run', async () => {
  const { bot, sandbox, id, waits, answer, ended, rows } = await aWaitingTask(2)
  await waits(2)
  expect(await stopTask(bot, ADMIN, id)).toMatchObject({ status: 'cancelled' })
  expect((await rows()).map(({ status, error }) => [status, error])).toEqual(
    Array.from({ length: 2 }, () => [
      'cancelled',
      'Stopped while it waited for an answer. Its run still waits at Dify, which cannot stop such a run.',
    ]),
  )
  expect(sandbox.stops()).toEqual([])
  await resumeTask(bot, ADMIN, id)
  await waits(2)
  await answer('approve', { forAllAlike: true })
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 2, cancelled: 0 } })
  expect(sandbox.hits()).toHaveLength(2)
})

test('while its task is paused, a row can be answered; it goes on when the task is resumed', async () => {
  const { bot, sandbox, id, waits, answer, until, ended } = await aWaitingTask(2)
  await waits(2)
  await pauseTask(bot, ADMIN, id)
  await until(id, ({ status }) => status === 'paused')
  await answer('approve', { forAllAlike: true })
  expect(await waits(0)).toMatchObject({ status: 'paused' })
  await resumeTask(bot, ADMIN, id)
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 2 } })
  expect(sandbox.hits()).toHaveLength(2)
})

test('a retry of a row that waits calls nothing', async () => {
  const { bot, sandbox, id, waits } = await aWaitingTask()
  await waits(1)
  await expect(retryTask(bot, ADMIN, id, { rows: [2] })).rejects.toThrow('wait')
  expect(sandbox.hits()).toHaveLength(1)
})

describe('a server that says of an answered run that it was stopped', () => {
  test('gives its outputs all the same', async () => {
    const { sandbox, id, waits, answer, ended, rows } = await aWaitingTask(
      1,
      () => '[sandbox: paused, resume-stopped]',
    )
    await waits(1)
    await answer()
    await ended(id)
    expect((await rows())[0]).toMatchObject({
      status: 'succeeded',
      outputs: { title: expect.any(String) },
      warning: expect.stringContaining('1.16.1'),
    })
    expect(sandbox.hits()).toHaveLength(1)
  })

  test('and has lost them: the row fails and is not called again by itself', async () => {
    const { sandbox, id, waits, answer, ended, rows } = await aWaitingTask(
      1,
      () => '[sandbox: paused, resume-lost]',
    )
    await waits(1)
    await answer()
    expect(await ended(id)).toMatchObject({ counts: { failed: 1 } })
    expect((await rows())[0]?.error).toContain('the answer is lost')
    expect(sandbox.hits()).toHaveLength(1)
  })
})
