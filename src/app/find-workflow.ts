import type { Db } from '../db/schema.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { ID_CHARS, labelOf, labelsOf, type WorkflowLabels } from './workflow-labels.ts'
import { foundWorkflows, workflowsMeant } from './workflow-search.ts'
import { say } from '../engine/sentence.ts'

/**
 * Finds a workflow by its name, label or id, or by the beginning of a name or an id.
 * @throws UserError that lists the choices, and what to type for each: AmbiguousWorkflow if there are several
 */
export async function findByName({ db }: { db: Db }, wanted: string): Promise<Workflow> {
  const all = await listWorkflows(db)
  if (all.length === 0) {
    throw new UserError(say('no-workflow-yet'), say('do-add-workflow'))
  }
  const labels = labelsOf(all, ENGLISH)
  const [found, ...others] = workflowsMeant(all, wanted, labels)
  if (!found) {
    const similar = foundWorkflows(all, wanted, { labels, texts: ENGLISH }).map(({ workflow }) => workflow)
    const near = similar.length > 0 ? similar : all
    throw new UserError(`There is no workflow “${wanted}”.`, `There ${areNamed(near, labels)}.`)
  }
  if (others.length > 0) throw new AmbiguousWorkflow(wanted, [found, ...others], labels)
  return found
}

/** A name that more than one workflow has. */
export class AmbiguousWorkflow extends UserError {
  constructor(
    wanted: string,
    readonly candidates: Workflow[],
    labels: WorkflowLabels,
  ) {
    super(
      `“${wanted}” matches more than one workflow.`,
      `Type one of these instead: ${namesOf(candidates, labels)}.`,
    )
  }
}

/** What the command line and the API print is English. */
const ENGLISH = textsFor('en')
const LISTED = 20

/** `“Translate · chatflow” (3f2a91bc), “Translate · workflow” (77c0d1e2)`: both can be typed. */
export function namesOf(workflows: Workflow[], labels: WorkflowLabels): string {
  const named = workflows.slice(0, LISTED).map((workflow) => {
    const label = labelOf(workflow, labels)
    const id = workflow.id.slice(0, ID_CHARS)
    return label === workflow.name || label.endsWith(id) ? `“${label}”` : `“${label}” (${id})`
  })
  const more = workflows.length - LISTED
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function areNamed(workflows: Workflow[], labels: WorkflowLabels): string {
  return `${workflows.length === 1 ? 'is' : 'are'} ${namesOf(workflows, labels)}`
}
