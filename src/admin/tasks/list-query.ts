import { z } from 'zod'
import type { TaskFilter } from '../../db/tasks/task-list.ts'
import { TASK_MOVES, type TaskStatus } from '../../engine/states.ts'

export const TASKS_A_PAGE = 25
const MAX_PAGE = 100_000

// People may edit this in the address bar: an invalid value is ignored.
export const TASKS_QUERY = z.object({
  state: z.string().optional().catch(undefined),
  workflow: z.string().max(100).optional().catch(undefined),
  q: z.string().max(200).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(MAX_PAGE).optional().catch(undefined),
})
export type TasksQuery = z.output<typeof TASKS_QUERY>

const STATUSES = Object.keys(TASK_MOVES) as TaskStatus[] // `as`: TASK_MOVES has every state as a key

export function stateOf({ state }: TasksQuery): TaskStatus | undefined {
  return STATUSES.find((status) => status === state)
}

export function filterOf(query: TasksQuery): TaskFilter {
  const state = stateOf(query)
  return {
    ...(state && { statuses: [state] }),
    ...(query.workflow && { workflowId: query.workflow }),
    ...(query.q?.trim() && { search: query.q.trim() }),
  }
}

/** The list’s URL with a changed filter. A new filter starts at its first page. */
export function tasksPath(
  query: TasksQuery,
  change: Partial<Record<keyof TasksQuery, string | number | undefined>>,
): string {
  const next = { ...query, page: undefined, ...change }
  const params = new URLSearchParams()
  for (const key of ['state', 'workflow', 'q', 'page'] as const) {
    const value = next[key]
    if (value !== undefined && value !== '' && !(key === 'page' && value === 1))
      params.set(key, String(value))
  }
  const text = params.toString()
  return text === '' ? '/batch' : `/batch?${text}`
}
