import type { Workflow } from '../../engine/workflow.ts'

/** Marks that turn or hide what stands around them. */
const UNSEEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cc}/gu

/** One line of somebody else’s words, for the middle of a sentence of ours. */
export function plainText(text: string): string {
  return text.replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim()
}

/** A workflow whose name and words stay in their places. */
export function plainWorkflow(workflow: Workflow): Workflow {
  return {
    ...workflow,
    name: plainText(workflow.name),
    description: plainText(workflow.description),
    variables: workflow.variables.map((variable) => ({
      ...variable,
      name: plainText(variable.name),
      label: plainText(variable.label),
      ...(variable.options && { options: variable.options.map(plainText) }),
    })),
  }
}
