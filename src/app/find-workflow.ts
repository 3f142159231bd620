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
    const { choices, more } = choicesOf(near, labels)
    throw new UserError(
      say('no-workflow-called', { wanted }),
      more > 0 ? say('do-workflows-and-more', { choices, more }) : say('do-workflows-are', { choices }),
    )
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
    const { choices, more } = choicesOf(candidates, labels)
    super(
      say('many-workflows-called', { wanted }),
      more > 0 ? say('do-type-one-of-more', { choices, more }) : say('do-type-one-of', { choices }),
    )
  }
}

/** What the command line and the API print is English. */
const ENGLISH = textsFor('en')
const LISTED = 20

/** `“Translate · chatflow” (3f2a91bc), “Translate · workflow” (77c0d1e2)`: both can be typed. */
export function namesOf(workflows: Workflow[], labels: WorkflowLabels): string {
  const { choices, more } = choicesOf(workflows, labels)
  return choices.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The same one by one, and how many are left out. */
function choicesOf(workflows: Workflow[], labels: WorkflowLabels): { choices: string[]; more: number } {
  const choices = workflows.slice(0, LISTED).map((workflow) => {
    const label = labelOf(workflow, labels)
    const id = workflow.id.slice(0, ID_CHARS)
    return label === workflow.name || label.endsWith(id) ? `“${label}”` : `“${label}” (${id})`
  })
  return { choices, more: workflows.length - LISTED }
}
