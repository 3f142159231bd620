import type { AppMode, Workflow } from '../../src/engine/workflow.ts'

/** A workflow as the database gives it, for tests of lists of them. */
export function workflowNamed(
  name: string,
  {
    mode = 'workflow',
    needs = [],
    baseUrl = 'http://127.0.0.1:1/v1',
    description = '',
  }: { mode?: AppMode; needs?: string[]; baseUrl?: string; description?: string } = {},
): Workflow {
  return {
    id: crypto.randomUUID(),
    name,
    description,
    mode,
    baseUrl,
    variables: needs.map((label) => ({ name: label, label, type: 'paragraph', required: true })),
    fileLimits: {},
    limit: 10,
    perMinute: null,
    tokensPerMinute: null,
    enabled: true,
    syncedAt: 0,
  }
}
