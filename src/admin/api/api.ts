import { Elysia } from 'elysia'
import type { AdminContext } from '../options.ts'
import { eventRoutes } from './events.ts'
import { newTaskRoutes } from './new-task-routes.ts'
import { rowRoutes } from './row-routes.ts'
import { taskRoutes } from './task-routes.ts'
import { workflowRoutes } from './workflow-routes.ts'

/** What programs use. Every fault is answered by answer-fault.ts; every write is kept in the audit. */
export function api(context: AdminContext) {
  return new Elysia({ normalize: false })
    .use(taskRoutes(context))
    .use(newTaskRoutes(context))
    .use(rowRoutes(context))
    .use(eventRoutes(context))
    .use(workflowRoutes(context))
}
