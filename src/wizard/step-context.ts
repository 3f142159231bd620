import type { Db } from '../db/schema.ts'
import type { Clock } from '../engine/clock.ts'
import type { TaskApp } from '../app/tasks.ts'
import type { Limits } from '../workbook/limits.ts'
import { type RowCost, averageRowCost } from '../db/stats/estimates.ts'
import type { Workflow } from '../engine/workflow.ts'
import { type Texts, textsFor } from '../messages/texts/texts.ts'
import type { DraftVerb } from '../messages/click-ids.ts'
import type { Draft, DraftState } from './draft.ts'
import type { Form, Prompt } from '../messages/prompt.ts'
import { listAccess, type WorkflowAccess } from '../db/workflows/access.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import type { Person, Place } from '../messages/people.ts'

/** What a wizard is made of; main.ts hands it in. */
export interface WizardOptions extends Pick<TaskApp, 'engineFor'> {
  db: Db
  clock: Clock
  limits: Limits
  isAdmin: IsAdmin
}

/** All that a step sees. */
export interface StepContext {
  draft: Draft
  /** those that the person may use here, by name */
  workflows: Workflow[]
  /** the chosen one */
  workflow: Workflow | undefined
  /** what its rows took before */
  cost: RowCost | undefined
  texts: Texts
}

/** What an answer comes to. */
export type Move =
  /** the draft is now so */
  | { state: DraftState; reinspect?: undefined }
  /** and the workbook is to be looked at anew before it is shown */
  | { state: DraftState; reinspect: true }
  | { tell: string }
  | { form: Form }
  | { file: 'template' | 'marked' }
  | { start: { tryFirst: boolean } }
  | { cancel: true }
  /** a button that this step does not have: the message is an old one */
  | { stale: true }

/** One step of the four: pure, so that it is the same whatever face shows it. */
export interface Step {
  prompt(context: StepContext): Prompt
  /** what each of its buttons and selects does, given the value of a select (else empty); what is not here is an old click */
  answers: Partial<Record<DraftVerb, (context: StepContext, value: string) => Move>>
}

export const STALE: Move = { stale: true }

/** Who may do what belongs to others, as the configuration says. */
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

/** All that the draft’s step sees. */
export async function stepContextOf(
  db: Db,
  draft: Draft,
  { person, isAdmin }: { person: Person; isAdmin: IsAdmin },
): Promise<StepContext> {
  const workflows = await workflowsFor(db, { person, place: draft.place }, isAdmin)
  const workflow = workflows.find(({ id }) => id === draft.state.workflowId)
  const cost = workflow && draft.state.step === 'confirm' ? await averageRowCost(db, workflow.id) : undefined
  return { draft, workflows, workflow, cost, texts: textsFor(draft.locale) }
}

/** Why there is no workflow for somebody: a sentence. */
export async function noWorkflowText(db: Db, locale: string): Promise<string> {
  const words = textsFor(locale).wizard.private
  const all = await listWorkflows(db)
  return all.some(({ enabled }) => enabled) ? words.noneForYou : words.noWorkflows
}

/** Whether a person may run a workflow here. */
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
