import type { Db } from '../schema.ts'

/** A person as the database has them: by the key that their tasks have, or `name:` and a name where there is none. */
export interface StoredPerson {
  key: string
  names: string[]
}

/** Everybody of whom there is a task, a draft, a limit or money spent, by key. */
export async function listPeople(db: Db): Promise<StoredPerson[]> {
  const owners = await db
    .selectFrom('batch_tasks')
    .select(['owner_key', 'owner'])
    .groupBy(['owner_key', 'owner'])
    .execute()
  const spenders = await db
    .selectFrom('usage')
    .select(['person_key', 'person'])
    .groupBy(['person_key', 'person'])
    .execute()
  const drafts = await db.selectFrom('drafts').select(['owner_key', 'owner']).execute()
  const sessions = await db.selectFrom('sessions').select(['person_id', 'name']).execute()
  const limits = await db
    .selectFrom('month_limits')
    .select(['subject', 'name'])
    .where('of', '=', 'person')
    .execute()
  const people = new Map<string, Set<string>>()
  const add = (key: string, name: string) => people.set(key, (people.get(key) ?? new Set()).add(name))
  for (const { owner_key, owner } of owners) add(owner_key ?? `name:${owner}`, owner)
  for (const { person_key, person } of spenders) add(person_key, person)
  for (const { owner_key, owner } of drafts) add(owner_key, nameIn(owner))
  for (const { person_id, name } of sessions) add(`web::${person_id}`, name)
  for (const { subject, name } of limits) add(subject, name)
  return [...people]
    .filter(([key]) => !key.startsWith(ERASED))
    .map(([key, names]) => ({ key, names: [...names].filter(Boolean) }))
}

/** How the pseudonyms of people begin who were erased. */
export const ERASED = 'erased:'

export function listTaskIdsOf(db: Db, key: string): Promise<{ id: string }[]> {
  const tasks = db.selectFrom('batch_tasks').select('id')
  return (
    key.startsWith('name:')
      ? tasks.where('owner_key', 'is', null).where('owner', '=', key.slice('name:'.length))
      : tasks.where('owner_key', '=', key)
  )
    .orderBy('created_at')
    .execute()
}

/** Of a draft’s owner, as JSON. */
function nameIn(owner: string): string {
  const { name } = JSON.parse(owner) as { name?: string }
  return name ?? ''
}
