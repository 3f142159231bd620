import { Elysia } from 'elysia'
import { listAudit } from '../../db/tasks/audit.ts'
import { listWorkflows } from '../../db/workflows/workflows.ts'
import type { AdminContext } from '../options.ts'
import { auditList } from './audit-list.ts'
import { dataPages } from '../data/data-routes.ts'
import { htmlResponse } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { withVisitor } from '../http/visitor.ts'
import { AUDIT_A_PAGE, AUDIT_QUERY } from './audit-query.ts'

/** Who did what, from every face. */
export function auditPages(context: AdminContext) {
  const { db, assets, clock } = context
  return new Elysia()
    .use(dataPages(context))
    .use(withVisitor())
    .get(
      '/audit',
      async ({ visitor, query: asked }) => {
        const { page: number = 1, ...filter } = asked
        const { total } = await listAudit(db, { ...filter, limit: 0 })
        const last = Math.max(1, Math.ceil(total / AUDIT_A_PAGE))
        // A page number past the end shows the last page.
        const query = { ...asked, page: Math.min(number, last) }
        const offset = (query.page - 1) * AUDIT_A_PAGE
        const { entries } = await listAudit(db, { ...filter, limit: AUDIT_A_PAGE, offset })
        const workflows = new Set((await listWorkflows(db)).map(({ id }) => id))
        const main = auditList({ query, entries, total, workflows, now: clock.now() }, visitor)
        return htmlResponse(
          page(assets, visitor, { title: visitor.texts.auditPage.title, tab: 'audit', main }),
        )
      },
      { query: AUDIT_QUERY },
    )
}
