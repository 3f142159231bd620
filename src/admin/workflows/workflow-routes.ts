import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { listAccess } from '../../db/workflows/access.ts'
import { countTasksByWorkflow, findWorkflow, listWorkflows } from '../../db/workflows/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import { blobOf } from '../../wizard/templates.ts'
import { writeTemplate } from '../../workbook/workbook.ts'
import { addSandboxWorkflows, checkWorkflow, changesSeen, syncWorkflow } from '../../app/workflows.ts'
import { switchWorkflow } from '../../app/workflow-settings.ts'
import { type AppCheck, listAppChecks } from '../../db/workflows/app-checks.ts'
import { labelsOf } from '../../app/workflow-labels.ts'
import { foundWorkflows } from '../../app/workflow-search.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { actorOf } from '../sign-in/identity.ts'
import { HttpFault } from '../http/fault.ts'
import { attachment } from '../http/download.ts'
import type { AdminContext } from '../options.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { plainText, plainWorkflow } from '../view/value.ts'
import { RECORD_DAYS, type WorkflowFacts, workflowPath } from './card.ts'
import { OneWorkflowPage } from './page.ts'
import { listWorkflowRecords } from '../../db/stats/workflow-record.ts'
import { SEARCH_QUERY, searchTyped } from '../view/search-field.ts'
import { workflowList, type WorkflowListFacts } from './list-view.ts'
import { type Visitor, withVisitor } from '../http/visitor.ts'
import { isFromPage, type Notice, NOTICE_QUERY, noticeOf, noticePath } from './notices.ts'
import { faultParts } from '../../messages/fault-text.ts'

const DAY_MS = 86_400_000
/** Nobody needs to see the last row of the last minute in it. */
const RECORDS_FRESH_MS = 30_000

/** The list of workflows, and the acts that need no form. */
export function workflowListPages(context: AdminContext) {
  const { db, bot, assets, clock, cache, loweredLimit } = context
  const onePage = new OneWorkflowPage(context)
  return new Elysia()
    .use(withVisitor())
    .get(
      '/workflows',
      async ({ visitor, query }) => {
        const listed = await factsOfAll(visitor, searchTyped(query.q))
        const note = noticeOf(query, listed.all, visitor.texts)
        return show(visitor, { ...listed, note })
      },
      { query: NOTICE_QUERY.extend(SEARCH_QUERY.shape) },
    )
    .post('/workflows/samples', async ({ request }) => {
      await addSandboxWorkflows(bot, actorOf(request))
      cache.changed()
      return seeOther(noticePath('samples'))
    })
    .post('/workflows/:id/sync', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, request, id, async (workflow) => {
        await syncWorkflow(bot, actorOf(request), workflow)
        return 'synced'
      }),
    )
    .post('/workflows/:id/check', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, request, id, async (workflow) => {
        const { changes } = await checkWorkflow(bot, actorOf(request), workflow)
        return changes.length > 0 ? 'changed' : 'checked'
      }),
    )
    .post('/workflows/:id/enable', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, request, id, async (workflow) => {
        await switchWorkflow(bot, actorOf(request), workflow, 'on')
        return 'enable'
      }),
    )
    .post('/workflows/:id/disable', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, request, id, async (workflow) => {
        await switchWorkflow(bot, actorOf(request), workflow, 'off')
        return 'disable'
      }),
    )
    .get('/workflows/:id/template', async ({ params: { id } }) => {
      const workflow = await findOneWorkflow(context, id)
      return attachment(blobOf(await writeTemplate(workflow)), `${plainText(workflow.name)}.template.xlsx`)
    })

  /** Shows Dify’s refusal beside the workflow that it is about. */
  async function atOnce(
    visitor: Visitor,
    request: Request,
    id: string,
    act: (workflow: Workflow) => Promise<Notice>,
  ): Promise<Response> {
    const workflow = await findOneWorkflow(context, id)
    try {
      const notice = await act(workflow)
      cache.changed()
      return seeOther(noticePath(notice, id, request))
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      const { message: text, hint } = faultParts(fault, visitor.texts)
      const note = { text, hint, isFault: true, of: id }
      if (isFromPage(request)) return onePage.show({ ...visitor, path: workflowPath(id) }, id, { note }, 422)
      // This URL has no GET page of its own, so links back lead to the list.
      return show({ ...visitor, path: '/workflows' }, { ...(await factsOfAll(visitor, '')), note }, 422)
    }
  }

  function show(
    visitor: Visitor,
    facts: Omit<WorkflowListFacts, 'now' | 'count'> & { all: Workflow[] },
    status = 200,
  ): Response {
    const main = workflowList({ ...facts, count: facts.all.length, now: clock.now() }, visitor)
    const { title } = visitor.texts.workflowsPage
    return htmlResponse(page(assets, visitor, { title, tab: 'workflows', main }), status)
  }

  /** Those that match what was searched for; all, by name, if nothing was. */
  async function factsOfAll({ texts }: Visitor, search: string) {
    const since = clock.now() - RECORD_DAYS * DAY_MS
    const [stored, tasks, access, records, checks] = await Promise.all([
      listWorkflows(db),
      countTasksByWorkflow(db),
      listAccess(db),
      cache.get('workflow-records', RECORDS_FRESH_MS, () => listWorkflowRecords(db, since)),
      listAppChecks(db),
    ])
    const changes = new Map(stored.map((one) => [one.id, changesSeen(one, checks.get(one.id)).changes]))
    const all = stored.map(plainWorkflow)
    const labels = labelsOf(all, texts)
    const found = foundWorkflows(all, search, { labels, texts })
    const shown = search === '' ? all : found.map(({ workflow }) => workflow)
    const workflows = shown.map((workflow): WorkflowFacts => ({
      workflow,
      tasks: tasks.get(workflow.id) ?? 0,
      loweredTo: loweredLimit(workflow.id),
      record: records.get(workflow.id),
      access: access.get(workflow.id),
      changes: changes.get(workflow.id) ?? [],
      unanswered: unansweredIn(checks.get(workflow.id)),
    }))
    return { all, workflows, labels, search }
  }
}

function unansweredIn(check: AppCheck | undefined): WorkflowFacts['unanswered'] {
  if (check?.error === undefined || check.checkedAt === null) return undefined
  return { at: check.checkedAt, error: check.error }
}

/** @throws Fault not_found */
export async function findOneWorkflow({ db }: Pick<AdminContext, 'db'>, id: string): Promise<Workflow> {
  const workflow = await findWorkflow(db, id)
  if (workflow) return workflow
  throw new HttpFault('not_found', say('workflow-not-there'), say('do-see-workflows'))
}
