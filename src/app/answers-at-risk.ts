import type { Workflow } from '../engine/workflow.ts'

/**
 * Servers that break a run once a person has answered it: it ends as stopped, sometimes without its outputs
 * (langgenius/dify#39750, corrected after that version).
 */
const BREAKING = new Set(['1.16.1'])

/**
 * The version of a server on which answers of persons may be lost, if the workflow is known to wait for some. Undefined:
 * nothing is known that speaks against it.
 */
export function answersAtRisk({
  pauses,
  serverVersion,
}: Pick<Workflow, 'pauses' | 'serverVersion'>): string | undefined {
  return pauses && serverVersion !== undefined && BREAKING.has(serverVersion) ? serverVersion : undefined
}
