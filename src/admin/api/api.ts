import { Elysia } from 'elysia'
import type { Surroundings } from '../options.ts'
import { eventRoutes } from './events.ts'
import { newTaskRoutes } from './new-task-routes.ts'
import { rowRoutes } from './row-routes.ts'
import { taskRoutes } from './task-routes.ts'
import { workflowRoutes } from './workflow-routes.ts'

/** What programs use. Every fault is answered by answer-fault.ts; every write is kept in the audit. */
export function api(around: Surroundings) {
  return new Elysia({ normalize: false })
    .use(taskRoutes(around))
    .use(newTaskRoutes(around))
    .use(rowRoutes(around))
    .use(eventRoutes(around))
    .use(workflowRoutes(around))
}
