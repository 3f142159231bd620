import type { Db } from '../db/schema.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'

/**
 * The workflow a person means by a name, the beginning of one, an id, or the beginning of one.
 * @throws UserError that lists what there is
 */
export async function findByName({ db }: { db: Db }, wanted: string): Promise<Workflow> {
  const all = await listWorkflows(db)
  if (all.length === 0) {
    throw new UserError(
      'No workflow is set up yet.',
      'Add one: bun rowbot workflow add (with --sandbox to try it).',
    )
  }
  const [found, ...others] = matching(all, wanted.trim().toLowerCase())
  if (!found) throw new UserError(`There is no workflow “${wanted}”.`, `There are ${namesOf(all)}.`)
  if (others.length > 0)
    throw new UserError(
      `“${wanted}” means more than one workflow.`,
      `Give the whole name or the id: ${namesOf([found, ...others])}.`,
    )
  return found
}

/** As many of an id's characters as the lists show. */
export const ID_CHARS = 8
/** Fewer characters of an id say too little. */
const LEAST_ID_CHARS = 4

function matching(all: Workflow[], key: string): Workflow[] {
  const ways: ((workflow: Workflow) => boolean)[] = [
    ({ id }) => id === key,
    ({ name }) => name.toLowerCase() === key,
    ({ id }) => key.length >= LEAST_ID_CHARS && id.startsWith(key),
    ({ name }) => name.toLowerCase().startsWith(key),
  ]
  for (const way of ways) {
    const found = all.filter(way)
    if (found.length > 0) return found
  }
  return []
}

/** With the id where a name alone does not say which. */
function namesOf(workflows: Workflow[]): string {
  const key = ({ name }: Workflow) => name.toLowerCase()
  return workflows
    .map((workflow) => {
      const isShared = workflows.filter((other) => key(other) === key(workflow)).length > 1
      return isShared ? `“${workflow.name}” (${workflow.id.slice(0, ID_CHARS)})` : `“${workflow.name}”`
    })
    .join(', ')
}
