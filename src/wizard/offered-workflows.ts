import { labelOf, labelsOf, type WorkflowLabels } from '../app/workflow-labels.ts'
import { foundWorkflows, workflowsMeant } from '../app/workflow-search.ts'
import type { Workflow } from '../engine/workflow.ts'
import { clipped } from '../messages/paged-select.ts'
import type { Requester } from '../messages/people.ts'
import type { Option } from '../messages/prompt.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { recentWorkflows, workflowsFor, type WizardOptions } from './step-context.ts'
import { workflowOptions } from './workflow-options.ts'

/** The workflows that a person may run, and those among them that their words mean. */
export class OfferedWorkflows {
  constructor(private readonly options: Pick<WizardOptions, 'db' | 'isAdmin'>) {}

  /** The workflows that the requester may run here, by name. */
  all(requester: Requester): Promise<Workflow[]> {
    return workflowsFor(this.options.db, requester, this.options.isAdmin)
  }

  /** The workflows that words may mean for this person here, each with its label. One: it is that. */
  async named(requester: Requester, typed: string): Promise<{ workflow: Workflow; label: string }[]> {
    const { all, labels } = await this.#labelled(requester)
    return workflowsMeant(all, typed, labels).map((workflow) => ({
      workflow,
      label: labelOf(workflow, labels),
    }))
  }

  /** The workflows that match what is being typed, the likeliest first. */
  async matching(requester: Requester, typed: string): Promise<Option[]> {
    const { all: workflows, labels } = await this.#labelled(requester)
    const texts = textsFor(requester.locale)
    const recent = await recentWorkflows(this.options.db, requester)
    const found = foundWorkflows(workflows, typed, { labels, texts, recent })
    return workflowOptions(found, typed, texts).map(clipped)
  }

  /** True if one of these workflows has an input for files, so that files may be sent without a workbook. */
  async takeFiles(requester: Requester): Promise<boolean> {
    const workflows = await this.all(requester)
    return workflows.some(({ variables }) =>
      variables.some(({ type }) => type === 'file' || type === 'file-list'),
    )
  }

  async #labelled(requester: Requester): Promise<{ all: Workflow[]; labels: WorkflowLabels }> {
    const all = await this.all(requester)
    return { all, labels: labelsOf(all, textsFor(requester.locale)) }
  }
}
