import {
  confirmAnswer,
  findForm,
  leaveForm,
  listOpenForms,
  setFormState,
  type StoredAnswer,
  type StoredForm,
  takeForm,
} from '../db/rows/forms.ts'
import { findWaitingRow, lookAgainAt, logAnswer, wakeRow } from '../db/rows/waiting-rows.ts'
import type { Trx } from '../db/schema.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { sleep } from '../engine/clock.ts'
import type { AnswerResult, RunFormAnswer, RunFormField } from '../engine/form.ts'
import { newRun } from '../engine/run.ts'
import type { DifyApp } from '../engine/outcome.ts'
import type { WorkflowRuntime } from '../engine/services.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, NotAllowed, requireOwner } from './actor.ts'
import { audited } from './audit.ts'
import type { Rowbot } from './rowbot.ts'
import { SANDBOX_URL } from './workflow-runtimes.ts'
import { isWaitedFor, mayAnswer, titleOf } from './waiting-rows.ts'
import { say, type Sentence } from '../engine/sentence.ts'
import { inTransaction } from '../db/transaction.ts'

/*
 * Answers for rows whose run waits for a person, from any face. Each checks permission and writes the audit.
 */

/** What answering needs. */
export type AnswerApp = Pick<Rowbot, 'db' | 'clock' | 'runtimes' | 'log' | 'wake' | 'runsTasks' | 'timing'>

/** What somebody answers. */
export interface NewAnswer {
  formId: string
  /** id of one of its buttons */
  action: string
  /** by the fields' names; a field that is not given contains what it does at first */
  inputs?: Record<string, string> | undefined
  /** the same answer for every form of the task that asks the same */
  forAllAlike?: boolean | undefined
}

/** What became of an answer. */
export interface AnsweredRows {
  taskId: string
  /** title of the button */
  action: string
  /** numbers of the rows that it was given for */
  rows: number[]
  /** rows that ask the same, where it could not be given: with the reason */
  others: { row: number; error: Sentence }[]
}

/** Somebody was quicker. */
export class AnsweredBefore extends UserError {
  constructor(
    message: Sentence,
    /** who; null: not through Rowbot */
    readonly by: string | null,
  ) {
    super(message, say('do-nothing-was-changed'))
  }
}

/**
 * Answers a form, and with `forAllAlike` every form of the task that asks the same. Of two who answer at once, one is
 * sent to Dify; the other gets AnsweredBefore. The row then goes on by itself.
 * @throws NotAllowed, AnsweredBefore, and UserError if the answer is wrong, the form is gone, or Dify has not confirmed it
 */
export async function answerForm(app: AnswerApp, actor: Actor, asked: NewAnswer): Promise<AnsweredRows> {
  const form = await findForm(app.db, asked.formId)
  const task = form && (await findTask(app.db, form.taskId))
  if (!form || !task) throw new UserError(say('question-not-there'), say('do-task-may-be-deleted'))
  if (!mayAnswer(actor, task)) throw notAllowed(actor, task)
  const answer = checkedAnswer(form, asked)
  const { app: dify } = await difyOf(app, task)
  await answerOne({ app, dify, actor, task }, form, answer)

  const answered: AnsweredRows = {
    taskId: task.id,
    action: titleOf(form, answer.action),
    rows: [form.row],
    others: [],
  }
  if (asked.forAllAlike) await answerAlike({ app, dify, actor, task }, form, answer, answered)
  app.wake()
  return answered
}

/** @throws UserError if the run is in the sandbox of another process */
async function difyOf(app: AnswerApp, task: TaskView): Promise<Pick<WorkflowRuntime, 'app'>> {
  const workflow = await findWorkflow(app.db, task.workflowId)
  if (workflow?.baseUrl === SANDBOX_URL && !app.runsTasks) {
    throw new UserError(say('sandbox-elsewhere'), say('do-answer-there'))
  }
  return app.runtimes.of(task)
}

interface Answering {
  app: AnswerApp
  dify: DifyApp
  actor: Actor
  task: TaskView
}

/** Answers at once, of those that ask the same. */
const AT_ONCE = 4

async function answerAlike(
  answering: Answering,
  form: StoredForm,
  answer: RunFormAnswer,
  answered: AnsweredRows,
): Promise<void> {
  const left = (await listOpenForms(answering.app.db, form.taskId, { alike: form.alike })).filter(
    ({ state }) => state === 'open',
  )
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { row } = next
      try {
        await answerOne(answering, next, answerLike(answer, form, next))
        answered.rows.push(row)
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        answered.others.push({ row, error: fault.says.message })
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  answered.rows.sort((a, b) => a - b)
  answered.others.sort((a, b) => a.row - b.row)
}

/** What nobody has changed stays as the other form has it: it may be a text of its own row. */
function answerLike({ action, inputs }: RunFormAnswer, form: StoredForm, other: StoredForm): RunFormAnswer {
  const theirs = other.fields.map(({ name, initial, options }): [string, string] => {
    const given = inputs[name] ?? ''
    const was = form.fields.find((field) => field.name === name)?.initial ?? ''
    const isChanged = bare(was) !== bare(given)
    const isUsable = options.length === 0 || options.includes(initial)
    return [name, isChanged || !isUsable ? given : initial]
  })
  return { action, inputs: Object.fromEntries(theirs) }
}

/** As chats change a text that is only sent through their forms. */
function bare(text: string): string {
  return text.replaceAll('\r\n', '\n').trim()
}

async function answerOne(answering: Answering, form: StoredForm, answer: RunFormAnswer): Promise<void> {
  const { app, dify, actor } = answering
  const { db, clock } = app
  if (form.token === null || !dify.answer) throw new UserError(say('only-in-dify'), say('do-open-run'))
  if (form.state === 'open' && !(await isWaitedFor(app, form))) {
    throw new UserError(say('row-does-not-wait', { row: form.row }), say('do-it-went-on'))
  }
  const given = { ...answer, by: actor.name, at: clock.now() }
  const isTaken = await inTransaction(db, (trx) => takeForm(trx, form.id, given))
  if (!isTaken) throw await answeredBefore(app, form)
  await become(answering, form, given, await send(answering, form, answer))
}

/** So often an answer is sent again if the connection broke, after longer and longer times. */
const SENDS_AGAIN = 2
const NEVER = new AbortController().signal

/**
 * Sends the answer. If its confirmation is lost, it is sent again: Dify takes only one answer, so the second one either
 * arrives first, or hears that the first one has: `perhaps taken`, if nobody else was let answer meanwhile.
 */
async function send(
  { app, dify, task }: Answering,
  form: StoredForm,
  answer: RunFormAnswer,
): Promise<AnswerResult | { kind: 'perhaps taken' }> {
  const ref = { token: form.token, user: userOfRun(form, task) }
  const sendOnce = async (): Promise<AnswerResult> =>
    (await dify.answer?.(ref, answer, NEVER)) ?? { kind: 'not sent', error: say('cannot-be-answered') }
  let result = await sendOnce()
  let isUnsure = false
  for (let n = 0; n < SENDS_AGAIN && result.kind === 'lost'; n++) {
    isUnsure = true
    await sleep(app.clock, app.timing.lookUpEveryMs * 2 ** n, NEVER)
    result = await sendOnce()
  }
  return isUnsure && result.kind === 'answered before' ? { kind: 'perhaps taken' } : result
}

/**
 * Stores what became of the answer, which may have been on its way for so long that its form is not in our hands any more.
 * @throws UserError unless Dify has taken it
 */
async function become(
  answering: Answering,
  form: StoredForm,
  given: StoredAnswer,
  result: Awaited<ReturnType<typeof send>>,
): Promise<void> {
  const { app } = answering
  const write = <T>(work: (trx: Trx) => Promise<T>) => inTransaction(app.db, work)
  const steady = app.clock.monotonicNow()
  switch (result.kind) {
    case 'taken':
      return taken(answering, form, given)
    case 'perhaps taken': {
      const stored = await findForm(app.db, form.id)
      const isOurs = stored?.answer?.by === given.by && stored.answer.at === given.at
      return become(answering, form, given, { kind: isOurs ? 'taken' : 'answered before' })
    }
    case 'answered before':
      await write(async (trx) => {
        await leaveForm(trx, form.id, given, 'elsewhere')
        await setFormState(trx, form.id, 'elsewhere', ['open'])
        await wake(trx, form, steady)
      })
      app.wake()
      throw await answeredBefore(app, form)
    case 'refused':
      await leaveForm(app.db, form.id, given, 'open')
      throw new UserError(say('answer-refused', { error: result.error }), say('do-change-and-send'))
    case 'gone':
      await write(async (trx) => {
        await leaveForm(trx, form.id, given, 'expired')
        await lookAgainAt(trx, form.executionId, steady)
      })
      app.wake()
      throw new UserError(say('answer-too-late', { row: form.row }), say('do-dify-is-asked'))
    case 'not sent':
      await leaveForm(app.db, form.id, given, 'open')
      throw new UserError(say('answer-not-sent', { error: result.error }), say('do-try-in-a-moment'))
    case 'lost':
      // It stays `answering`: whether it has arrived is found out where the row's run is looked up (paused-runs.ts).
      await write((trx) => lookAgainAt(trx, form.executionId, steady))
      app.wake()
      throw new UserError(
        say('answer-unconfirmed', { row: form.row, error: result.error }),
        say('do-it-is-found-out'),
      )
  }
}

async function taken({ app, actor, task }: Answering, form: StoredForm, given: StoredAnswer): Promise<void> {
  await audited(app, actor, async (trx) => {
    const now = app.clock.now()
    const isNew = await confirmAnswer(trx, form.id, given)
    await wake(trx, form, app.clock.monotonicNow())
    if (isNew) await logAnswer(trx, { ...form, answer: given }, now)
    const action = titleOf(form, given.action)
    const details = { task: task.name, row: form.row, question: form.nodeTitle, answer: action }
    return { act: { action: 'task.answer', target: task.id, details }, result: undefined }
  })
}

async function wake(trx: Trx, form: StoredForm, steady: number): Promise<void> {
  const row = await findWaitingRow(trx, form.executionId)
  if (row) await wakeRow(trx, row, steady)
}

async function answeredBefore({ db }: AnswerApp, { id, row }: StoredForm): Promise<UserError> {
  const form = await findForm(db, id)
  switch (form?.state) {
    case 'answering':
    case 'answered': {
      const { by, action } = form.answer ?? { by: '', action: '' }
      return new AnsweredBefore(say('answered-by', { person: by, row, answer: titleOf(form, action) }), by)
    }
    case 'elsewhere':
      return new AnsweredBefore(say('answered-in-dify', { row }), null)
    case 'expired':
      return new UserError(say('time-is-up', { row }), say('do-retry-row'))
    case 'open':
    case undefined:
      return new UserError(say('question-not-there'))
  }
}

/** @throws UserError that says what is wrong with the answer */
function checkedAnswer(form: StoredForm, { action, inputs = {} }: NewAnswer): RunFormAnswer {
  const ids = form.actions.map(({ id }) => id)
  if (!ids.includes(action)) {
    const titles = form.actions.map(({ id, title }) => `“${title}”${title === id ? '' : ` (${id})`}`)
    throw new UserError(say('no-such-button', { button: action }), say('do-choose-of', { choices: titles }))
  }
  const initial = Object.fromEntries(form.fields.map(({ name, initial: value }) => [name, value]))
  const given: Record<string, unknown> = { ...initial, ...inputs }
  const checked: Record<string, string> = {}
  const faults: Sentence[] = []
  for (const field of form.fields) {
    const value = given[field.name]
    const fault = faultOf(field, value)
    if (fault !== undefined) faults.push(fault)
    else if (typeof value === 'string') checked[field.name] = value
  }
  const names = form.fields.map(({ name }) => name)
  const strange = Object.keys(given).filter((name) => !names.includes(name))
  if (strange.length > 0) faults.push(say('no-such-field', { names: strange }))
  const [first, ...others] = faults
  if (first === undefined) return { action, inputs: checked }
  throw new UserError(
    others.reduce((before, fault) => say('both', { first: before, second: fault }), first),
    names.length === 0
      ? say('form-without-fields')
      : say('do-fields-are', { fields: names.map((name) => `“${name}”`) }),
  )
}

/** What is wrong with a field's value. */
function faultOf({ name, type, options }: RunFormField, value: unknown): Sentence | undefined {
  if (type === 'file' || type === 'file-list') return say('field-asks-for-file', { field: name })
  const isChoice = type === 'select' && options.length > 0
  if (isChoice && !(typeof value === 'string' && options.includes(value)))
    return say('field-must-be-one-of', { field: name, choices: options })
  return typeof value === 'string' ? undefined : say('field-must-be-text', { field: name })
}

function userOfRun({ executionId, attempt, row }: StoredForm, task: TaskView): string {
  return newRun({ id: executionId, taskId: task.id, rowNumber: row, attempt, inputs: {} }, task, 0).user
}

function notAllowed(actor: Actor, task: TaskView): Error {
  try {
    requireOwner(actor, task)
  } catch (fault) {
    if (fault instanceof NotAllowed && actor.role !== 'viewer')
      return new NotAllowed(say('not-your-task', { owner: task.owner }), say('do-ask-to-answer'), task.owner)
    if (fault instanceof Error) return fault
  }
  return new NotAllowed(say('not-your-task', { owner: task.owner }), say('do-ask-to-answer'), task.owner)
}
