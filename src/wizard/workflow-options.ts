import { labelOf, labelsOf, type WorkflowLabels } from '../app/workflow-labels.ts'
import { foundWorkflows, type RankedWorkflow } from '../app/workflow-search.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Option } from '../messages/prompt.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { fits } from './inspection.ts'
import type { StepContext } from './step-context.ts'

/** The workflows that this person may choose, as far as they match what was typed; the likeliest first. */
export function workflowsFound(
  { draft, workflows, recent, texts }: StepContext,
  typed: string,
  labels: WorkflowLabels = labelsOf(workflows, texts),
): RankedWorkflow[] {
  return foundWorkflows(workflows, typed, {
    labels,
    texts,
    recent,
    fits: (workflow) => fits(draft.state, workflow),
  })
}

/** As options of a select. They have groups only in the usual order, where more than one group is there. */
export function workflowOptions(found: RankedWorkflow[], typed: string, { wizard }: Texts): Option[] {
  const isGrouped = typed.trim() === '' && found.some(({ group }) => group !== 'all')
  return found.map(({ workflow, label, group }) => ({
    value: workflow.id,
    label,
    description: workflow.description,
    ...(isGrouped && { group: wizard.pick.groups[group] }),
  }))
}

/** What to call a workflow among those that this person may choose. */
export function labelHere(
  workflow: Workflow,
  { workflows, texts }: Pick<StepContext, 'workflows' | 'texts'>,
  maxChars: number,
): string {
  return labelOf(workflow, labelsOf(workflows, texts, maxChars))
}
