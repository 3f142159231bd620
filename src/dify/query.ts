import type { Variable } from '../engine/workflow.ts'

/** Under which name a chatflow's question is an input. The spare has a dot, so no variable of Dify's can have it. */
export const ASKED = { name: 'query', spare: 'sys.query' } as const

/**
 * A chatflow's form does not list what the person asks, yet Dify refuses a call without it: here it is an input like
 * any other, so that a column can feed it.
 */
export function withQuestion(variables: Variable[]): Variable[] {
  const taken = variables.some(({ name }) => name === ASKED.name)
  const question: Variable = {
    name: taken ? ASKED.spare : ASKED.name,
    label: taken ? 'Question' : 'Query',
    type: 'paragraph',
    required: true,
    description: 'What the chatflow is asked.',
  }
  return [question, ...variables]
}
