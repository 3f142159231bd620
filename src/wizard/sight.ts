import { listAccess } from '../db/access.ts'
import { averageRowCost } from '../db/estimates.ts'
import type { Db } from '../db/schema.ts'
import { listWorkflows } from '../db/workflows.ts'
import type { Workflow } from '../engine/workflow.ts'
import { wordsFor } from '../words/words.ts'
import { mayUse } from './access.ts'
import type { Draft } from './draft.ts'
import type { Person, Place } from './people.ts'
import type { Sight } from './step.ts'

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
export async function sightOf(
  db: Db,
  draft: Draft,
  { person, isAdmin }: { person: Person; isAdmin: IsAdmin },
): Promise<Sight> {
  const workflows = await workflowsFor(db, { person, place: draft.place }, isAdmin)
  const workflow = workflows.find(({ id }) => id === draft.state.workflowId)
  const cost = workflow && draft.state.step === 'confirm' ? await averageRowCost(db, workflow.id) : undefined
  return { draft, workflows, workflow, cost, words: wordsFor(draft.locale) }
}

/** Why there is no workflow for somebody: a sentence. */
export async function whyNone(db: Db, locale: string): Promise<string> {
  const words = wordsFor(locale).wizard.private
  const all = await listWorkflows(db)
  return all.some(({ enabled }) => enabled) ? words.noneForYou : words.noWorkflows
}
