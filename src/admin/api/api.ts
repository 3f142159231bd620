import { Elysia } from 'elysia'
import { z } from 'zod'
import type { AdminContext } from '../options.ts'
import { actRoutes } from './act-routes.ts'
import { againRoutes } from './again-routes.ts'
import { dataRoutes } from './data-routes.ts'
import { eventRoutes } from './events.ts'
import { linkRoutes } from './link-routes.ts'
import { pageLinks } from './links.ts'
import { namesIn, refuseUnknown } from './names.ts'
import { newTaskRoutes } from './new-task-routes.ts'
import type { DocumentedRoute } from './openapi.ts'
import { resultRoutes } from './result-routes.ts'
import { reviewRoutes } from './review-routes.ts'
import { rowRoutes } from './row-routes.ts'
import { comparisonRoutes } from './comparison-routes.ts'
import { taskRoutes } from './task-routes.ts'
import { tokenRoutes } from './token-routes.ts'
import { usageRoutes } from './usage-routes.ts'
import { waitingApi } from './waiting-routes.ts'
import { workflowRoutes } from './workflow-routes.ts'

const PAGED = z.looseObject({ page: z.number(), page_size: z.number(), total: z.number() })

/**
 * The routes for programs. http/errors.ts answers every fault; every write goes to the audit. What holds for all of them
 * is here, so that no route can forget it: a query that the route does not know is refused, a page links to the others.
 */
export function api(context: AdminContext) {
  const routes = new Elysia({ normalize: false })
    .onTransform(({ request, route }) => {
      refuseUnknown(new URL(request.url).searchParams.keys(), namesOf(request.method, route))
    })
    .onAfterHandle(({ request, responseValue, set }) => {
      const paged = PAGED.safeParse(responseValue)
      if (paged.success) set.headers['link'] = pageLinks(request, paged.data)
    })
    .use(taskRoutes(context))
    .use(actRoutes(context))
    .use(againRoutes(context))
    .use(resultRoutes(context))
    .use(comparisonRoutes(context))
    .use(linkRoutes(context))
    .use(newTaskRoutes(context))
    .use(rowRoutes(context))
    .use(reviewRoutes(context))
    .use(waitingApi(context))
    .use(eventRoutes(context))
    .use(workflowRoutes(context))
    .use(usageRoutes(context))
    .use(tokenRoutes(context))
    .use(dataRoutes(context))
  return routes

  function namesOf(method: string, path: string): string[] {
    const all: readonly DocumentedRoute[] = routes.routes
    return namesIn(all.find((one) => one.method === method && one.path === path)?.hooks.query)
  }
}
