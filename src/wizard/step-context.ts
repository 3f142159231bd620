import type { Db } from '../db/schema.ts'
import type { Clock } from '../engine/clock.ts'
import type { NotifySettings } from '../app/notify-settings.ts'
import type { TaskApp } from '../app/tasks.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Limits } from '../workbook/limits.ts'
import { type RowCost, averageRowCost } from '../db/stats/estimates.ts'
import type { Workflow } from '../engine/workflow.ts'
import { type Texts, textsFor } from '../messages/texts/texts.ts'
import type { DraftVerb } from '../messages/click-ids.ts'
import type { Draft, DraftState } from './draft.ts'
import type { KeyedTurns } from '../app/keyed-queue.ts'
import type { Form, Prompt } from '../messages/prompt.ts'
import { listAccess, type WorkflowAccess } from '../db/workflows/access.ts'
import { monthlyRoom } from '../db/usage/month-limits.ts'
import type { MonthRoom } from '../engine/month-limit.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import { listRecentWorkflows, listRecentWorkflowsIn } from '../db/tasks/recent-workflows.ts'
import { type Person, personKey, type Place, type Requester } from '../messages/people.ts'

/** What a wizard needs. */
export interface WizardOptions extends Pick<TaskApp, 'engineFor'> {
  db: Db
  clock: Clock
  limits: Limits
  /** where files are stored that come along with a workbook */
  files: FileStore
  isAdmin: IsAdmin
  /** who may be notified of a task's end */
  notify: NotifySettings
  /** how soon a machine that is at work on a draft’s file counts as dead; unset: there is one process */
  readForMs?: number
  /** over all machines; default: of this process */
  turns?: KeyedTurns
}

/** All that a step is given. */
export interface StepContext {
  draft: Draft
  /** the ones that this person may use here, by name */
  workflows: Workflow[]
  /** ids of those that this person, then others in this channel, have used; the latest first */
  recent: string[]
  /** the chosen one */
  workflow: Workflow | undefined
  /** what rows of this workflow have cost so far */
  cost: RowCost | undefined
  /** what is left of limits a month, in the last step */
  room: MonthRoom[]
  /** who may be notified of its end, and is if nothing else is chosen */
  notify: NotifySettings
  texts: Texts
}

/** What a step decides about a click. */
export type Move =
  /** the draft’s new state */
  | { state: DraftState; reinspect?: undefined }
  /** the new state, and the workbook must be inspected again before it is shown */
  | { state: DraftState; reinspect: true }
  | { tell: string }
  | { form: Form }
  | { file: 'template' | 'marked' }
  /** the file of the upload that is its sheet; none: each file is a row */
  | { workbook: string | undefined }
  | { start: { tryFirst: number } }
  | { cancel: true }
  /** this step has no such button: the message is out of date */
  | { stale: true }

/** One of the four steps. Pure, so that it is the same for every face. */
export interface Step {
  prompt(context: StepContext): Prompt
  /**
   * what each button and select does; `value` is the select’s choice, or empty. A verb that is missing here is an old
   * click
   */
  answers: Partial<Record<DraftVerb, (context: StepContext, value: string) => Move>>
}

export const STALE: Move = { stale: true }

/** True for people who may act on other people’s tasks, by the settings. */
export type IsAdmin = (person: Person) => boolean

/** The workflows that a person may run here, by name. */
export async function workflowsFor(
  db: Db,
  { person, place }: { person: Person; place: Place },
  isAdmin: IsAdmin,
): Promise<Workflow[]> {
  const access = await listAccess(db)
  const enabled = (await listWorkflows(db)).filter((workflow) => workflow.enabled)
  return enabled.filter(({ id }) => isAdmin(person) || mayUse(access.get(id), person, place))
}

/** Collects all that the draft’s step needs. */
export async function stepContextOf(
  db: Db,
  draft: Draft,
  {
    person,
    isAdmin,
    notify,
    now,
  }: { person: Person; now: number } & Pick<WizardOptions, 'isAdmin' | 'notify'>,
): Promise<StepContext> {
  const workflows = await workflowsFor(db, { person, place: draft.place }, isAdmin)
  const workflow = workflows.find(({ id }) => id === draft.state.workflowId)
  const cost = workflow && isCosted(draft.state) ? await averageRowCost(db, workflow.id) : undefined
  const isChoosing = !workflow || draft.state.step === 'workflow'
  const recent = isChoosing ? await recentWorkflows(db, { person, place: draft.place }) : []
  const task = workflow && {
    workflowId: workflow.id,
    owner: draft.owner.name,
    ownerKey: personKey(draft.owner),
  }
  const room = task && draft.state.step === 'confirm' ? await monthlyRoom(db, task, now) : []
  return { draft, workflows, recent, workflow, cost, room, notify, texts: textsFor(draft.locale) }
}

/** The steps that say what the rows will cost. */
function isCosted({ step, inspection }: DraftState): boolean {
  return step === 'confirm' || (step === 'check' && inspection?.earlier !== undefined)
}

/** Ids of the workflows that a person, then others in this channel, have used; the latest first. */
export async function recentWorkflows(
  db: Db,
  { person, place: { team, channel } }: { person: Person; place: Place },
): Promise<string[]> {
  const own = await listRecentWorkflows(db, personKey(person))
  // `as`: every place is written from a Place.
  const isHere = (place: unknown) => (place as Place).channel === channel && (place as Place).team === team
  return [...new Set([...own, ...(await listRecentWorkflowsIn(db, isHere))])]
}

/** A sentence that says why a person has no workflow to choose from. */
export async function noWorkflowText(db: Db, locale: string): Promise<string> {
  const words = textsFor(locale).wizard.private
  const all = await listWorkflows(db)
  return all.some(({ enabled }) => enabled) ? words.noneForYou : words.noWorkflows
}

/** True if a person may run a workflow here. */
export function mayUse(
  access: WorkflowAccess | undefined,
  { id, roles }: Pick<Person, 'id' | 'roles'>,
  { channel }: Pick<Place, 'channel'>,
): boolean {
  if (!access) return true
  return (
    access.users.includes(id) ||
    access.channels.includes(channel) ||
    roles.some((role) => access.roles.includes(role))
  )
}

/** An admin may act in somebody else’s wizard: the task will be its owner’s. */
export function ownerOf({ draft }: StepContext, person: Person): Pick<Requester, 'person' | 'place'> {
  return { person: { ...person, ...draft.owner }, place: draft.place }
}
