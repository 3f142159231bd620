import { describe, expect, test } from 'bun:test'
import { type Actor, NotAllowed } from '../../src/app/actor.ts'
import { AnsweredBefore, answerForm } from '../../src/app/answer-form.ts'
import { findTaskForm, letOthersAnswer, listWaitingForms, mayAnswer } from '../../src/app/waiting-rows.ts'
import { pauseTask, resumeTask, retryTask, stopTask } from '../../src/app/tasks.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { takeForm } from '../../src/db/rows/forms.ts'
import { createWaitingStore } from '../../src/db/rows/waiting-rows.ts'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import type { Db } from '../../src/db/schema.ts'
import { listLogs } from '../../src/db/tasks/logs.ts'
import type { TaskView } from '../../src/db/tasks/tasks.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import type { DifyApp } from '../../src/engine/outcome.ts'
import type { Timing } from '../../src/engine/timing.ts'
import { input, type SandboxApp } from '../../src/dify/sandbox/app.ts'
import { SAMPLE_APPS } from '../../src/dify/sandbox/apps/all.ts'
import { aBot, openBot, orderOf, until as untilThat, withWorkflow } from '../support/bot.ts'
import { spoken } from '../support/spoken.ts'
import { nano } from '../support/nano.ts'

const ADMIN: Actor = { face: 'cli', name: 'Mei', role: 'admin' }
const OTHER: Actor = { face: 'page', name: 'Jo', role: 'admin' }
const PAUSED = () => '[sandbox: paused]'

/** A task whose rows wait for a person, except those that the test gives other features. */
async function aWaitingTask(
  rows = 1,
  featuresOf: (row: number) => string = PAUSED,
  concurrency = 3,
  pace: Partial<Timing> = {},
) {
  const around = await aBot({ pace })
  const { bot, until, submit } = around
  const { id } = await submit(rows, { concurrency }, featuresOf)
  bot.startRunner()
  const waits = (count: number) => until(id, ({ waiting }) => waiting === count)
  const forms = () => listWaitingForms(bot, id)
  const answer = async (action = 'yes', more: { forAllAlike?: boolean; row?: number } = {}) => {
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

  expect(await answer('yes', { forAllAlike: true })).toMatchObject({
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
  await answerForm(next, ADMIN, { formId: form?.id ?? '', action: 'no', forAllAlike: true })
  expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ counts: { succeeded: 3 } })
  expect(sandbox.hits()).toHaveLength(3)
})

test('an answer whose confirmation is lost is given once', async () => {
  // Nobody asks Dify for the form’s state meanwhile, which would use up the fault.
  const pace = { pausedLookMaxMs: 60_000, answerMs: 60_000 }
  const { sandbox, id, waits, answer, ended } = await aWaitingTask(1, PAUSED, 3, pace)
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
    answerForm(bot, ADMIN, { formId, action: 'yes' }),
    answerForm(bot, OTHER, { formId, action: 'no' }),
  ])
  const refused = both.filter((one) => one.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(refused[0]?.reason).toBeInstanceOf(AnsweredBefore)
  expect(String(refused[0]?.reason)).toMatch(/(Mei|Jo) has answered row 2 already: (Approve|Reject)\./)
  await ended(id)
  expect(sandbox.answers()).toHaveLength(1)
})

describe('an answer that a dead process was just sending', () => {
  /** @param arrives the process died after Dify had it */
  async function aDeadAnswer({ arrives }: { arrives: boolean }) {
    // An answer that arrives is not asked after while it is on its way, however slow the machine is.
    const around = await aWaitingTask(1, PAUSED, 3, arrives ? { answerMs: 60_000 } : {})
    await around.waits(1)
    const { bot } = around
    const { id, token } = await bot.db.selectFrom('forms').select(['id', 'token']).executeTakeFirstOrThrow()
    const sending = { action: 'yes', inputs: { note: 'fine' }, by: 'Jo', at: Date.now() }
    // Stored before it is sent, as a process does that then dies.
    await bot.db.transaction().execute((trx) => takeForm(trx, id, sending))
    if (arrives) {
      await fetch(`${around.sandbox.url}/form/human_input/${bot.box.open(token ?? '')}`, {
        method: 'POST',
        headers: { authorization: 'Bearer app-sandbox-product-copywriter' },
        body: JSON.stringify({
          user: around.sandbox.hits()[0]?.user,
          action: 'yes',
          inputs: { note: 'fine' },
        }),
      })
    }
    return around
  }

  test('and that has not arrived can be given again', async () => {
    const { id, forms, answer, ended, sandbox } = await aDeadAnswer({ arrives: false })
    await untilThat(forms, ([form]) => form?.isAnswering === false)
    await answer()
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 } })
    expect(sandbox.answers()).toHaveLength(1)
  })

  test('and that has arrived counts as theirs', async () => {
    const { bot, id, ended, sandbox } = await aDeadAnswer({ arrives: true })
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 } })
    const log = await listLogs(bot.db, { taskId: id })
    expect(spoken(log.find(({ event }) => event === 'row.answered')?.message)).toBe(
      'Approval: Approve, by Jo',
    )
    expect(sandbox.hits()).toHaveLength(1)
  })
})

describe('an answer that is on its way for so long that its row is open for answers again', () => {
  /** @param meanwhile what happens before it arrives, with the id of its form. @returns what Mei is told, and what is stored */
  async function aSlowAnswer(meanwhile: (formId: string, bot: Rowbot) => Promise<unknown>) {
    const around = await aWaitingTask()
    await around.waits(1)
    const { bot, forms, ended, id, sandbox } = around
    const [form] = await forms()
    if (!form) throw new Error('no row waits')
    const runtimes = {
      of: async (task: TaskView) => {
        const runtime = await bot.runtimes.of(task)
        const { app } = runtime
        const answer: DifyApp['answer'] = async (...given) => {
          await untilThat(forms, ([open]) => open?.isAnswering === false)
          await meanwhile(form.id, bot)
          return app.answer?.(...given) ?? { kind: 'not sent', error: '' }
        }
        return { ...runtime, app: { ...app, answer } }
      },
    }
    const slow = {
      ...bot,
      wake: () => bot.wake(),
      runsTasks: bot.runsTasks,
      runtimes: runtimes as Rowbot['runtimes'],
    } // `as`: no more of it is used
    const told = answerForm(slow, ADMIN, { formId: form.id, action: 'yes' })
    await Promise.allSettled([told])
    await ended(id)
    const stored = await bot.db
      .selectFrom('forms')
      .select(['state', 'action', 'answered_by'])
      .executeTakeFirstOrThrow()
    const logs = (await listLogs(bot.db, { taskId: id })).filter(({ event }) => event === 'row.answered')
    return { told, stored, answers: sandbox.answers(), logged: spoken(logs.map(({ message }) => message)) }
  }

  test('is theirs all the same when Dify takes it', async () => {
    const { told, stored, logged } = await aSlowAnswer(async () => {})
    expect(await told).toMatchObject({ action: 'Approve', rows: [2] })
    expect(stored).toEqual({ state: 'answered', action: 'yes', answered_by: 'Mei' })
    expect(logged).toEqual(['Approval: Approve, by Mei'])
  })

  test('is theirs, too, if it arrives before that of somebody else, who has begun to answer', async () => {
    const { told, stored, logged } = await aSlowAnswer(async (id, { db }) => {
      // Taken by Jo’s process, which has not sent it yet.
      const sending = { action: 'no', inputs: { note: '' }, by: 'Jo', at: Date.now() }
      await inTransaction(db, (trx) => takeForm(trx, id, sending))
    })
    expect(await told).toMatchObject({ action: 'Approve', rows: [2] })
    expect(stored).toEqual({ state: 'answered', action: 'yes', answered_by: 'Mei' })
    expect(logged).toEqual(['Approval: Approve, by Mei'])
  })

  test('is not theirs if somebody else has answered meanwhile: they are told who', async () => {
    const { told, stored, answers, logged } = await aSlowAnswer((formId, bot) =>
      answerForm(bot, OTHER, { formId, action: 'no' }),
    )
    await expect(told).rejects.toThrow('Jo has answered row 2 already: Reject.')
    expect(stored).toEqual({ state: 'answered', action: 'no', answered_by: 'Jo' })
    expect(answers.map(({ taken }) => taken)).toEqual([true, false])
    expect(logged).toEqual(['Approval: Reject, by Jo'])
  })
})

describe('while a run that waits is looked up, somebody else begins to answer', () => {
  /** What the runner has read of the row, and an answer that is stored after that. */
  async function aLookOvertaken() {
    const { bot, submit, until } = await aBot()
    const { id } = await submit(1, {}, PAUSED)
    bot.startRunner()
    await until(id, ({ waiting }) => waiting === 1)
    await bot.stopRunner(0)
    const store = createWaitingStore(bot.db, (work) => bot.db.transaction().execute(work))
    const seen = await store.next(id)
    if (!seen?.forms[0]) throw new Error('no row waits')
    const [form] = seen.forms
    const sending = { action: 'yes', inputs: { note: 'fine' }, by: 'Jo', at: Date.now() }
    await bot.db.transaction().execute((trx) => takeForm(trx, form.id, sending))
    const state = () => bot.db.selectFrom('forms').select(['state', 'answered_by']).executeTakeFirstOrThrow()
    const answers = async () =>
      (await listLogs(bot.db, { taskId: id })).filter(({ event }) => event === 'row.answered')
    return { store, seen, form, state, answers }
  }

  test('a run that goes on has had that answer', async () => {
    const { store, seen, state, answers } = await aLookOvertaken()
    await store.goOn(seen, 1, Date.now())
    expect(await state()).toEqual({ state: 'answered', answered_by: 'Jo' })
    expect(await answers()).toHaveLength(1)
  })

  test('what Dify said of the form before does not undo that answer', async () => {
    const { store, form, state } = await aLookOvertaken()
    await store.setForm(form, 'elsewhere', Date.now())
    expect(await state()).toEqual({ state: 'answering', answered_by: 'Jo' })
  })
})

test('a result file says of a row that waits what it waits for', async () => {
  const { waits, rows } = await aWaitingTask()
  await waits(1)
  expect(spoken(await rows())).toMatchObject([{ status: 'waiting', error: 'waits for an answer: Approval' }])
})

test('somebody who answers in Dify itself is noticed', async () => {
  const { sandbox, id, waits, ended, bot } = await aWaitingTask()
  await waits(1)
  sandbox.answer(sandbox.hits()[0]?.runId ?? '', { action: 'yes', inputs: {} })
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 }, waiting: 0 })
  expect(await bot.db.selectFrom('forms').select('state').execute()).toEqual([{ state: 'elsewhere' }])
  expect(sandbox.hits()).toHaveLength(1)
})

test('a run that asks again because somebody has answered in Dify itself waits for the new answer', async () => {
  const { bot, sandbox, until } = await aBot({ apps: [...SAMPLE_APPS, twice] })
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: twice.key })
  const { id } = await bot.engine.submit(orderOf(workflow, 1))
  bot.startRunner()
  await until(id, ({ waiting }) => waiting === 1)
  sandbox.answer(sandbox.hits()[0]?.runId ?? '', { action: 'yes', inputs: { colour: 'red' } })
  const [form] = await untilThat(
    () => listWaitingForms(bot, id),
    ([open]) => open?.nodeTitle === 'Second',
  )
  expect(await bot.db.selectFrom('forms').select(['node_title', 'state']).orderBy('id').execute()).toEqual([
    { node_title: 'First', state: 'elsewhere' },
    { node_title: 'Second', state: 'open' },
  ])
  await answerForm(bot, ADMIN, { formId: form?.id ?? '', action: 'yes', inputs: { colour: 'blue' } })
  expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ counts: { succeeded: 1 } })
  expect(sandbox.hits()).toHaveLength(1)
})

describe('a form whose time is up', () => {
  test('fails its row with words, and a retry begins a new run', async () => {
    const { bot, sandbox, id, ended, rows, waits } = await aWaitingTask(
      1,
      () => '[sandbox: paused, expires=0]',
    )
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { failed: 1 }, waiting: 0 })
    expect(spoken((await rows())[0]?.error)).toMatch(/^Nobody answered by \d\d:\d\d \(Approval\)\.$/)
    expect(sandbox.hits()).toHaveLength(1)
    sandbox.misbehave({ end: 'paused' })
    await retryTask(bot, ADMIN, id)
    await waits(1)
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('cannot be answered', async () => {
    const { id, waits, answer, bot, sandbox, ended } = await aWaitingTask()
    await waits(1)
    expect(sandbox.expire(sandbox.hits()[0]?.runId ?? '')).toBe(true)
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
  expect(spoken((await rows()).map(({ status, error }) => [status, error]))).toEqual(
    Array.from({ length: 2 }, () => [
      'cancelled',
      'Stopped while it waited for an answer. Its run still waits at Dify, which cannot stop such a run.',
    ]),
  )
  expect(sandbox.stops()).toEqual([])
  const { id: formId } = await bot.db.selectFrom('forms').select('id').limit(1).executeTakeFirstOrThrow()
  expect(await findTaskForm(bot, formId)).toMatchObject({ isOpen: false })
  await expect(answerForm(bot, ADMIN, { formId, action: 'yes' })).rejects.toThrow(
    'does not wait for this answer',
  )
  await resumeTask(bot, ADMIN, id)
  await waits(2)
  await answer('yes', { forAllAlike: true })
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 2, cancelled: 0 } })
  expect(sandbox.hits()).toHaveLength(2)
})

test('what is answered in Dify itself while its task is stopped does not wait any more once the task has gone on', async () => {
  const { bot, sandbox, id, waits, ended } = await aWaitingTask(2)
  await waits(2)
  await stopTask(bot, ADMIN, id)
  const [inDify, unsure] = sandbox.hits().map(({ runId }) => runId)
  // Somebody’s process died after it had sent the other answer.
  const row = sandbox.hits().find(({ runId }) => runId === unsure)?.inputs['name']
  const forms = await bot.db.selectFrom('forms').select(['id', 'execution_id']).execute()
  const executions = await bot.db.selectFrom('task_executions').select(['id', 'inputs']).execute()
  const theirs = executions.find(({ inputs }) => inputs.includes(String(row)))?.id
  const form = forms.find(({ execution_id }) => execution_id === theirs)?.id ?? ''
  const sending = { action: 'yes', inputs: { note: 'fine' }, by: 'Jo', at: Date.now() }
  await inTransaction(bot.db, (trx) => takeForm(trx, form, sending))
  for (const runId of [inDify, unsure])
    sandbox.answer(runId ?? '', { action: 'yes', inputs: { note: 'fine' } })
  await untilThat(
    () => sandbox.hits(),
    (hits) => hits.every(({ status }) => status === 'succeeded'),
  )
  await resumeTask(bot, ADMIN, id)
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 2 } })
  const states = await bot.db.selectFrom('forms').select(['id', 'state', 'answered_by']).execute()
  expect(states.toSorted((a, b) => (a.state < b.state ? -1 : 1))).toMatchObject([
    { id: form, state: 'answered', answered_by: 'Jo' },
    { state: 'elsewhere', answered_by: null },
  ])
  expect(sandbox.hits()).toHaveLength(2)
})

test('a run that pauses just when its task is stopped is gone on with, too, and not called again', async () => {
  const { bot, folder, sandbox, submit, until, ended } = await aBot({ delayMs: 200 })
  sandbox.misbehave({ end: 'paused', deafToStop: true })
  const { id } = await submit(1)
  bot.startRunner()
  await untilThat(
    () => bot.db.selectFrom('runs').select(['started_at', 'dify_task_id']).execute(),
    ([run]) => run?.started_at != null && run.dify_task_id != null,
  )
  await stopTask(bot, ADMIN, id)
  await untilThat(
    () => sandbox.hits(),
    ([hit]) => hit?.status === 'paused',
  )
  await bot.stopRunner(0)
  expect(await bot.db.selectFrom('runs').select('status').execute()).toEqual([{ status: 'open' }])
  const next = await openBot(folder)
  next.startRunner()
  await resumeTask(next, ADMIN, id)
  await until(id, ({ waiting }) => waiting === 1)
  const [form] = await listWaitingForms(next, id)
  await answerForm(next, ADMIN, { formId: form?.id ?? '', action: 'yes' })
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 } })
  expect(sandbox.hits()).toHaveLength(1)
})

test('while its task is paused, a row can be answered; it goes on when the task is resumed', async () => {
  const { bot, sandbox, id, waits, answer, until, ended } = await aWaitingTask(2)
  await waits(2)
  await pauseTask(bot, ADMIN, id)
  await until(id, ({ status }) => status === 'paused')
  await answer('yes', { forAllAlike: true })
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
    expect(spoken((await rows())[0])).toMatchObject({
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
    expect(spoken((await rows())[0]?.error)).toContain('the answer is lost')
    expect(sandbox.hits()).toHaveLength(1)
  })
})

test('a run may ask twice, and what it costs before and after is added up', async () => {
  const { bot, sandbox, until } = await aBot({ apps: [...SAMPLE_APPS, twice] })
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: twice.key })
  const { id } = await bot.engine.submit(orderOf(workflow, 1))
  bot.startRunner()
  const asked = async (title: string) => {
    const forms = await untilThat(
      () => listWaitingForms(bot, id),
      ([form]) => form?.nodeTitle === title,
    )
    return forms[0]?.id ?? ''
  }
  await answerForm(bot, ADMIN, { formId: await asked('First'), action: 'yes', inputs: { colour: 'red' } })
  await answerForm(bot, ADMIN, { formId: await asked('Second'), action: 'yes', inputs: { colour: 'blue' } })
  await until(id, ({ status }) => status === 'completed')
  const [row] = await rowsOf(bot.db, id)
  expect(row).toMatchObject({
    status: 'succeeded',
    outputs: { colours: 'red, blue' },
    attempts: 1,
    price: expect.any(BigInt),
    currency: 'USD',
  })
  expect(sandbox.hits()).toHaveLength(1)
})

test('what a run has cost until it waited is counted, too, if nobody answers', async () => {
  const { bot, sandbox, until } = await aBot({ apps: [...SAMPLE_APPS, twice] })
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: twice.key })
  sandbox.misbehave({ expiresMs: 0 })
  const { id } = await bot.engine.submit(orderOf(workflow, 1))
  bot.startRunner()
  await until(id, ({ counts }) => counts.failed === 1)
  expect(await rowsOf(bot.db, id)).toMatchObject([{ tokens: 7, price: nano(0.000014), currency: 'USD' }])
})

describe('an answer that is wrong', () => {
  test.each([
    [{ action: 'maybe' }, 'There is no button “maybe”.'],
    [{ action: 'yes', inputs: { colour: 'green' } }, '“colour” must be one of red, blue.'],
    [{ action: 'yes', inputs: { colour: 'red', size: '3' } }, 'There is no field “size”.'],
    [{ action: 'yes' }, '“colour” must be one of red, blue.'],
  ])('%j: %s', async (answer, says) => {
    const { bot, sandbox, until } = await aBot({ apps: [...SAMPLE_APPS, twice] })
    const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: twice.key })
    const { id } = await bot.engine.submit(orderOf(workflow, 1))
    bot.startRunner()
    await until(id, ({ waiting }) => waiting === 1)
    const [form] = await listWaitingForms(bot, id)
    await expect(answerForm(bot, ADMIN, { formId: form?.id ?? '', ...answer })).rejects.toThrow(says)
    expect(sandbox.answers()).toEqual([])
    expect(await listWaitingForms(bot, id)).toMatchObject([{ isAnswering: false }])
  })

  test('in Dify’s eyes: its words are shown, and it can be answered again', async () => {
    const { sandbox, id, waits, answer, ended } = await aWaitingTask()
    await waits(1)
    const refuse = { status: 400, code: 'invalid_form_data', message: 'Missing required inputs: note' }
    sandbox.misbehave({ refuse }, { route: 'form' })
    await expect(answer()).rejects.toThrow('Dify did not take the answer: Missing required inputs: note')
    await answer()
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 } })
  })
})

test('an answer that Dify never confirms is found out about, and can be given again if it has not arrived', async () => {
  const { sandbox, id, waits, forms, answer, ended } = await aWaitingTask()
  await waits(1)
  let isBroken = true
  sandbox.misbehaveBy(({ route }) =>
    route === 'form' && isBroken ? { refuse: { status: 502, html: '' } } : undefined,
  )
  await expect(answer()).rejects.toThrow('Dify has not confirmed the answer for row 2')
  expect(await forms()).toMatchObject([{ isAnswering: true }])
  isBroken = false
  await untilThat(forms, ([form]) => form?.isAnswering === false)
  await answer()
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 1 } })
})

test('a task on trial pauses, too, when nobody has answered its first row in time', async () => {
  const { bot, sandbox, workflow, until } = await aBot()
  const asks = () => '[sandbox: paused, expires=0]'
  const { id } = await bot.engine.submit({ ...orderOf(workflow, 3, {}, asks), tryFirst: 1 })
  bot.startRunner()
  expect(await until(id, ({ status }) => status === 'paused')).toMatchObject({
    counts: { failed: 1, left: 2 },
  })
  expect(sandbox.hits()).toHaveLength(1)
})

test('a task on trial waits for the answer of its first row before it pauses', async () => {
  const { bot, sandbox, workflow, until } = await aBot()
  const { id } = await bot.engine.submit({ ...orderOf(workflow, 3, {}, PAUSED), tryFirst: 1 })
  bot.startRunner()
  await until(id, ({ waiting }) => waiting === 1)
  const [form] = await listWaitingForms(bot, id)
  await answerForm(bot, ADMIN, { formId: form?.id ?? '', action: 'yes' })
  expect(await until(id, ({ status }) => status === 'paused')).toMatchObject({
    counts: { succeeded: 1, left: 2 },
  })
  expect(sandbox.hits()).toHaveLength(1)
})

describe('who may answer', () => {
  const owner: Actor = { face: 'slack', name: 'Mei', role: 'member', key: 'slack:T1:U1' }
  const colleague: Actor = { face: 'slack', name: 'Jo', role: 'member', key: 'slack:T1:U2' }
  const stranger: Actor = { face: 'slack', name: 'Al', role: 'member', key: 'slack:T2:U1' }
  const viewer: Actor = { face: 'page', name: 'Vi', role: 'viewer' }

  test('the owner and admins; others of the workspace once the owner allows it; nobody else', async () => {
    const { bot, workflow, until } = await aBot()
    const order = { ...orderOf(workflow, 1, {}, PAUSED), owner: 'Mei', ownerKey: 'slack:T1:U1' }
    const { id } = await bot.engine.submit(order)
    bot.startRunner()
    const task = await until(id, ({ waiting }) => waiting === 1)
    const [form] = await listWaitingForms(bot, id)
    const answer = { formId: form?.id ?? '', action: 'yes' }
    expect([owner, ADMIN, colleague, stranger, viewer].map((actor) => mayAnswer(actor, task))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
    await expect(answerForm(bot, colleague, answer)).rejects.toBeInstanceOf(NotAllowed)
    await expect(letOthersAnswer(bot, colleague, id, true)).rejects.toBeInstanceOf(NotAllowed)
    await letOthersAnswer(bot, owner, id, true)
    await expect(answerForm(bot, stranger, answer)).rejects.toBeInstanceOf(NotAllowed)
    await expect(answerForm(bot, viewer, answer)).rejects.toBeInstanceOf(NotAllowed)
    await answerForm(bot, colleague, answer)
    expect(await findTaskForm(bot, answer.formId)).toMatchObject({
      state: 'answered',
      answer: { by: 'Jo', action: 'Approve' },
    })
    await until(id, ({ status }) => status === 'completed')
  })
})

test('an answer to all changes what was changed in the first; what was not stays each row’s own', async () => {
  const { bot, sandbox, until } = await aBot({ apps: [...SAMPLE_APPS, drafts] })
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: drafts.key })
  const { id } = await bot.engine.submit(orderOf(workflow, 3))
  bot.startRunner()
  await until(id, ({ waiting }) => waiting === 3)
  // In a chat the first row’s form is sent as a whole, with the fields that nobody has touched.
  const first = (await listWaitingForms(bot, id)).find(({ row }) => row === 2)
  const reply = first?.fields.find(({ name }) => name === 'reply')?.initial ?? ''
  expect(reply).toBe('Dear Kettle 2')
  const inputs = { reply, note: 'checked' }
  await answerForm(bot, ADMIN, { formId: first?.id ?? '', action: 'send', inputs, forAllAlike: true })
  await until(id, ({ status }) => status === 'completed')
  expect((await rowsOf(bot.db, id)).map(({ outputs }) => outputs)).toEqual(
    [2, 3, 4].map((row) => ({ reply: `Dear Kettle ${row}`, note: 'checked' })),
  )
})

/** Asks whether its draft may be sent, which can be changed. */
const drafts: SandboxApp = {
  name: 'Drafts',
  key: 'app-drafts',
  mode: 'workflow',
  description: '',
  form: [input('text-input', 'name', 'Name'), input('text-input', 'features', 'Features')],
  delayMs: 0,
  questions: [
    {
      nodeId: 'check',
      title: 'Check',
      content: () => 'May it be sent?',
      fields: [
        { type: 'paragraph', name: 'reply' },
        { type: 'paragraph', name: 'note' },
      ],
      defaults: ({ name }) => ({ reply: `Dear ${String(name)}` }),
      actions: [{ id: 'send', title: 'Send', button_style: 'primary' }],
      seconds: 3_600,
    },
  ],
  work: () => ({ outputs: {}, text: '' }),
  answered: (work, answers) => ({ ...work, outputs: { ...answers[0]?.inputs } }),
}

/** Asks a person twice. */
const twice: SandboxApp = {
  name: 'Twice',
  key: 'app-twice',
  mode: 'workflow',
  description: '',
  form: [input('text-input', 'name', 'Name'), input('text-input', 'features', 'Features')],
  delayMs: 0,
  questions: ['First', 'Second'].map((title) => ({
    nodeId: title,
    title,
    content: () => `${title}? {{#$output.colour#}}`,
    fields: [{ type: 'select', name: 'colour', options: ['red', 'blue'] }],
    actions: [{ id: 'yes', title: 'Yes', button_style: 'primary' }],
    seconds: 3_600,
  })),
  work: () => ({ outputs: {}, text: 'A text that costs something.' }),
  answered: (work, answers) => ({
    ...work,
    outputs: { colours: answers.map(({ inputs }) => String(inputs['colour'])).join(', ') },
  }),
}
