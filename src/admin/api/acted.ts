import { z } from 'zod'
import { otherOf } from '../../db/tasks/comparisons.ts'
import type { AdminContext } from '../options.ts'
import { requireTask, toTaskAndCost } from './requests.ts'
import type { TaskAndCostJson } from './to-json.ts'

/* What routes that act on a task have in common. */

export const DONE = { success: z.literal(true) }

export const detail = (summary: string, description?: string) => ({
  tags: ['Tasks'],
  summary,
  ...(description !== undefined && { description }),
})

/** The task, read again after a change. @throws Fault not_found */
export async function changedTask(id: string, context: AdminContext): Promise<TaskAndCostJson> {
  const { cache } = context
  const task = await requireTask(id, context)
  cache.changed(id)
  if (task.compared) cache.changed(otherOf(task.compared, id))
  return toTaskAndCost(task, context)
}
