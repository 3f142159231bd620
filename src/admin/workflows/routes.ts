import { Elysia } from 'elysia'
import type { AdminContext } from '../options.ts'
import { workflowFormPages, workflowKeyPages } from './form-routes.ts'
import { workflowImportPages } from './import-routes.ts'
import { oneWorkflowPages } from './page-routes.ts'
import { workflowListPages } from './workflow-routes.ts'

/** All pages about workflows, in one: of a longer chain of routes the compiler gives up. */
export function workflowPages(context: AdminContext) {
  return new Elysia()
    .use(workflowListPages(context))
    .use(oneWorkflowPages(context))
    .use(workflowKeyPages(context))
    .use(workflowImportPages(context))
    .use(workflowFormPages(context))
}
