import { Elysia } from 'elysia'
import type { AdminContext } from '../options.ts'
import { eventRoutes } from './events.ts'
import { linkRoutes } from './link-routes.ts'
import { newTaskRoutes } from './new-task-routes.ts'
import { reviewRoutes } from './review-routes.ts'
import { rowRoutes } from './row-routes.ts'
import { comparisonRoutes } from './comparison-routes.ts'
import { taskRoutes } from './task-routes.ts'
import { usageRoutes } from './usage-routes.ts'
import { waitingApi } from './waiting-routes.ts'
import { workflowRoutes } from './workflow-routes.ts'

/** The routes for programs. http/errors.ts answers every fault; every write goes to the audit. */
export function api(context: AdminContext) {
  return new Elysia({ normalize: false })
    .use(taskRoutes(context))
    .use(comparisonRoutes(context))
    .use(linkRoutes(context))
    .use(newTaskRoutes(context))
    .use(rowRoutes(context))
    .use(reviewRoutes(context))
    .use(waitingApi(context))
    .use(eventRoutes(context))
    .use(workflowRoutes(context))
    .use(usageRoutes(context))
}
