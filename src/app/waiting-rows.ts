import { countOpenForms, findForm, isOnlyInDify, listOpenForms, type StoredForm } from '../db/rows/forms.ts'
import { findWaitingRow, setOthersMayAnswer } from '../db/rows/waiting-rows.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import { type RunFormField, formText, type RunFormAction } from '../engine/form.ts'
import type { Actor } from './actor.ts'
import { audited } from './audit.ts'
import type { Rowbot } from './rowbot.ts'
import { findTaskFor, type TaskApp } from './tasks.ts'

/*
 * Rows whose run waits for a person: what is asked, and who may answer, from any face. Answers: answer-form.ts.
 */

/** A form that a row waits for. */
export interface WaitingForm {
  id: string
  taskId: string
  /** the row's number in the person's sheet */
  row: number
  nodeTitle: string
  /** Markdown, with the row's values */
  text: string
  /** in their order; `initial` is what they contain at first */
  fields: RunFormField[]
  /** the buttons, in their order */
  actions: RunFormAction[]
  /** ms since 1970; null: Dify does not say */
  expiresAt: number | null
  /** since when it waits, ms since 1970 */
  askedAt: number
  /** how many forms of the task ask the same, itself included */
  alike: number
  /** an answer is on its way, and it is not known yet whether Dify has it: it cannot be answered now */
  isAnswering: boolean
  /** Dify gives no way to answer it from outside, or it asks for a file */
  isOnlyInDify: boolean
}

/** A form in whatever state it is: for a card that shows it. */
export interface FormView extends Omit<WaitingForm, 'alike'> {
  state: StoredForm['state']
  /** it can be answered now: it is open, and its row waits for it */
  isOpen: boolean
  /** who has answered what; null: nobody has, through Rowbot */
  answer: { by: string; action: string; inputs: Record<string, string>; at: number } | null
}

/** What a task's rows wait for, the oldest first. @throws UnknownTask */
export async function listWaitingForms(
  { db }: Pick<Rowbot, 'db'>,
  taskId: string,
  { row, limit }: { row?: number | undefined; limit?: number | undefined } = {},
): Promise<WaitingForm[]> {
  if (!(await findTask(db, taskId))) throw new UnknownTask(taskId)
  const asked = await listOpenForms(db, taskId, { row, limit })
  const counts = new Map<string, number>()
  for (const key of new Set(asked.map((form) => form.alike)))
    counts.set(key, await countOpenForms(db, taskId, key))
  return asked.map((form) => ({ ...viewOf(form), alike: counts.get(form.alike) ?? 1 }))
}

/** A form, also one that is answered. Undefined: there is none with this id. */
export async function findTaskForm(
  { db }: Pick<Rowbot, 'db'>,
  formId: string,
): Promise<FormView | undefined> {
  const form = await findForm(db, formId)
  if (!form) return undefined
  const { answer, state } = form
  return {
    ...viewOf(form),
    state,
    isOpen: state === 'open' && (await isWaitedFor({ db }, form)),
    answer: answer && { ...answer, action: titleOf(form, answer.action) },
  }
}

/** Whether this actor may answer for the task: its owner, an admin, or, if the owner allows it, anybody of its thread. */
export function mayAnswer(
  actor: Actor,
  task: Pick<TaskView, 'owner' | 'ownerKey' | 'othersMayAnswer'>,
): boolean {
  if (actor.role === 'viewer') return false
  if (actor.role === 'admin' || (actor.key !== undefined && actor.key === task.ownerKey)) return true
  return task.othersMayAnswer && isOfSamePlace(actor.key, task.ownerKey)
}

/** Lets anybody of the thread answer, or only the owner and admins. @throws NotAllowed, UnknownTask */
export async function letOthersAnswer(
  app: Pick<TaskApp, 'db' | 'clock'> & Pick<Rowbot, 'log'>,
  actor: Actor,
  taskId: string,
  may: boolean,
): Promise<void> {
  const { name } = await findTaskFor(app, actor, taskId)
  await audited(app, actor, async (trx) => {
    await setOthersMayAnswer(trx, taskId, may)
    const details = { task: name, to: may ? 'anybody of the thread' : 'owner and admins' }
    return { act: { action: 'task.answerers', target: taskId, details }, result: undefined }
  })
}

/** Whether the row still waits in the run that asked: only then can an answer do anything. */
export async function isWaitedFor(
  { db }: Pick<Rowbot, 'db'>,
  { executionId, attempt }: StoredForm,
): Promise<boolean> {
  return (await findWaitingRow(db, executionId))?.run.attempt === attempt
}

function viewOf(form: StoredForm): Omit<WaitingForm, 'alike'> {
  const { id, taskId, row, nodeTitle, fields, actions, expiresAt, askedAt, state } = form
  return {
    id,
    taskId,
    row,
    nodeTitle,
    text: formText(form),
    fields,
    actions,
    expiresAt,
    askedAt,
    isAnswering: state === 'answering',
    isOnlyInDify: isOnlyInDify(form),
  }
}

/** What a button is called. */
export function titleOf({ actions }: Pick<StoredForm, 'actions'>, id: string): string {
  return actions.find((action) => action.id === id)?.title ?? id
}

/** `slack:T1:U1`: the same platform and workspace. Who is of the thread, the chat checks. */
function isOfSamePlace(key: string | undefined, ownerKey: string | null): boolean {
  const placeOf = (person: string) => person.slice(0, person.lastIndexOf(':'))
  return key !== undefined && ownerKey !== null && placeOf(key) === placeOf(ownerKey)
}
