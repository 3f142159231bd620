import {
  add,
  emptyAuditOf,
  type Erased,
  erasePerson as erasePersonIn,
  eraseTask as eraseTaskIn,
  markForErasure,
  withCompared,
} from '../db/people/erase.ts'
import { ERASED, listPeople, listTaskIdsOf, type StoredPerson } from '../db/people/person.ts'
import type { Db } from '../db/schema.ts'
import { findTask } from '../db/tasks/tasks.ts'
import { deleteWorkflow, findWorkflow } from '../db/workflows/workflows.ts'
import { inTransaction } from '../db/transaction.ts'
import { randomText, UnknownTask } from '../engine/engine.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audited, type AuditApp } from './audit.ts'

export const ERASABLE = ['task', 'person', 'workflow'] as const
export type Erasable = (typeof ERASABLE)[number]

/** What was erased, how much of it, when and by whom. The same without what it was called is a line in the audit. */
export interface Receipt {
  /** of the line in the audit: its target */
  id: string
  what: Erasable
  /** what was asked for */
  subject: string
  at: number
  by: string
  erased: Erased
}

/**
 * Erases a task, all that is kept of a person, or a workflow with its tasks. If the process dies in the middle, the same
 * can be asked for again, and what is left goes.
 * @param subject id of the task or workflow; key or name of the person
 * @throws NotAllowed, UserError if there is no such thing, or a task of it runs or waits to
 */
export async function erase(app: AuditApp, actor: Actor, what: Erasable, subject: string): Promise<Receipt> {
  requireAdmin(actor)
  const { db, clock } = app
  const found = await FIND[what](db, subject)
  const tasks = await withCompared(db, found.tasks)
  const erased = await inTransaction(db, async (trx) => {
    const going = await markForErasure(trx, tasks, clock.now())
    if (going.length > 0)
      throw new UserError(say('erase-while-running', { names: going }), say('do-stop-first'))
    const first: Erased = {}
    // Before their tasks: by what these lines say of a task, they are found.
    if (found.person) await erasePersonIn(trx, { ...found.person, pseudonym: found.id }, first)
    return first
  })
  for (const id of tasks) await eraseTaskIn(db, id, erased)
  return audited(app, actor, async (trx) => {
    if (what === 'workflow') {
      add(erased, 'drafts', await deleteDraftsOf(trx, found.id))
      await trx
        .deleteFrom('month_limits')
        .where('of', '=', 'workflow')
        .where('subject', '=', found.id)
        .execute()
      // A task was made meanwhile.
      if (!(await deleteWorkflow(trx, found.id)))
        throw new UserError(say('workflow-has-tasks', { workflow: subject }), say('do-delete-tasks'))
      add(erased, 'workflows', 1)
      add(erased, 'audit', await emptyAuditOf(trx, found.id))
    }
    const receipt = { id: found.id, what, subject, at: clock.now(), by: actor.name, erased }
    const act = { action: 'data.erase', target: found.id, details: { what, ...erased } }
    return { act, result: receipt }
  })
}

const DRAFTS_AT_ONCE = 100

async function deleteDraftsOf(db: Parameters<typeof emptyAuditOf>[0], workflowId: string): Promise<number> {
  // Read and not searched in SQL: they may be encrypted. There are as many as people have begun in the last days.
  const part = `"workflowId":${JSON.stringify(workflowId)}`
  let deleted = 0
  for (let after = ''; ;) {
    const drafts = await db
      .selectFrom('drafts')
      .select(['id', 'state'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(DRAFTS_AT_ONCE)
      .execute()
    const ids = drafts.filter(({ state }) => state.includes(part)).map(({ id }) => id)
    if (ids.length > 0) await db.deleteFrom('drafts').where('id', 'in', ids).execute()
    deleted += ids.length
    const last = drafts.at(-1)
    if (!last) return deleted
    after = last.id
  }
}

interface ErasedThing {
  /** for the audit: of a person a pseudonym */
  id: string
  tasks: string[]
  person?: StoredPerson
}

const FIND: Record<Erasable, (db: Db, subject: string) => Promise<ErasedThing>> = {
  async task(db, id) {
    if (!(await findTask(db, id))) throw new UnknownTask(id)
    return { id, tasks: [id] }
  },
  async person(db, wanted) {
    const person = await findStoredPerson(db, wanted)
    const tasks = (await listTaskIdsOf(db, person.key)).map(({ id }) => id)
    return { id: `${ERASED}${randomText(6)}`, tasks, person }
  },
  async workflow(db, id) {
    if (!(await findWorkflow(db, id))) throw new UserError(say('workflow-not-there'), say('do-see-workflows'))
    const tasks = await db.selectFrom('batch_tasks').select('id').where('workflow_id', '=', id).execute()
    return { id, tasks: tasks.map((task) => task.id) }
  },
}

/** Whoever has this key, or this name alone. @throws UserError if nobody has, or several have the name */
export async function findStoredPerson(db: Db, wanted: string): Promise<StoredPerson> {
  const people = await listPeople(db)
  const ofKey = people.find(({ key }) => key === wanted)
  if (ofKey) return ofKey
  const found = people.filter(({ names }) =>
    names.some((name) => name.toLowerCase() === wanted.toLowerCase()),
  )
  const [first] = found
  if (!first) throw new UserError(say('nobody-called', { wanted }), say('do-name-person-by-key'))
  if (found.length === 1) return first
  throw new UserError(
    say('many-called', { wanted }),
    say('do-name-by-id', { names: found.map(({ key }) => key) }),
  )
}
