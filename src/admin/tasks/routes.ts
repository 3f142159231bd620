import { Elysia } from 'elysia'
import type { AdminContext } from '../options.ts'
import { taskWrites } from './act-routes.ts'
import { editInputsWrites } from './edit-inputs-routes.ts'
import { taskListPages } from './list-routes.ts'
import { reviewWrites } from './review-routes.ts'
import { taskPages } from './task-routes.ts'
import { waitingRoutes } from './waiting-routes.ts'

/** All pages about tasks, in one: of a longer chain of routes the compiler gives up. */
export function allTaskPages(context: AdminContext) {
  return new Elysia()
    .use(taskListPages(context))
    .use(taskPages(context))
    .use(taskWrites(context))
    .use(waitingRoutes(context))
    .use(reviewWrites(context))
    .use(editInputsWrites(context))
}
