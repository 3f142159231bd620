import { Elysia } from 'elysia'
import { listAccess } from '../../db/workflows/access.ts'
import { countTasksByWorkflow, findWorkflow, listWorkflows } from '../../db/workflows/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import { blobOf } from '../../wizard/templates.ts'
import { writeTemplate } from '../../workbook/workbook.ts'
import { addSandboxWorkflows, checkWorkflow, switchWorkflow, syncWorkflow } from '../../app/workflows.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { actorOf } from '../sign-in/identity.ts'
import { HttpFault } from '../http/fault.ts'
import { attachment } from '../http/download.ts'
import type { AdminContext } from '../options.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { plainText, plainWorkflow } from '../view/value.ts'
import type { WorkflowFacts } from './card.ts'
import { workflowList, type WorkflowListFacts } from './list-view.ts'
import { type Visitor, withVisitor } from '../http/visitor.ts'
import { type Notice, NOTICE_QUERY, noticeOf, noticePath } from './notices.ts'

/** Every Dify app that may be run, and what is done with one at once. */
export function workflowPages(context: AdminContext) {
  const { db, bot, assets, clock, cache, loweredLimit } = context
  return new Elysia()
    .use(withVisitor())
    .get(
      '/workflows',
      async ({ visitor, query }) => {
        const workflows = await factsOfAll()
        const note = noticeOf(
          query,
          workflows.map(({ workflow }) => workflow),
          visitor.texts,
        )
        return show(visitor, { workflows, note })
      },
      { query: NOTICE_QUERY },
    )
    .post('/workflows/samples', async ({ request }) => {
      await addSandboxWorkflows(bot, actorOf(request))
      cache.changed()
      return seeOther(noticePath('samples'))
    })
    .post('/workflows/:id/sync', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, id, async (workflow) => {
        await syncWorkflow(bot, actorOf(request), workflow)
        return 'synced'
      }),
    )
    .post('/workflows/:id/check', ({ visitor, params: { id } }) =>
      atOnce(visitor, id, async (workflow) => {
        const { changed } = await checkWorkflow(bot, workflow)
        return changed ? 'changed' : 'checked'
      }),
    )
    .post('/workflows/:id/enable', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, id, async (workflow) => {
        await switchWorkflow(bot, actorOf(request), workflow, 'on')
        return 'enable'
      }),
    )
    .post('/workflows/:id/disable', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, id, async (workflow) => {
        await switchWorkflow(bot, actorOf(request), workflow, 'off')
        return 'disable'
      }),
    )
    .get('/workflows/:id/template', async ({ params: { id } }) => {
      const workflow = await findOneWorkflow(context, id)
      return attachment(blobOf(await writeTemplate(workflow)), `${plainText(workflow.name)}.template.xlsx`)
    })

  /** What Dify refuses is said beside the workflow that it is about. */
  async function atOnce(
    visitor: Visitor,
    id: string,
    act: (workflow: Workflow) => Promise<Notice>,
  ): Promise<Response> {
    const workflow = await findOneWorkflow(context, id)
    try {
      const notice = await act(workflow)
      cache.changed()
      return seeOther(noticePath(notice, id))
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      const note = { text: fault.message, hint: fault.hint, isFault: true, of: id }
      // The address of an act has no page: what leads back leads to the list.
      return show({ ...visitor, path: '/workflows' }, { workflows: await factsOfAll(), note }, 422)
    }
  }

  function show(visitor: Visitor, facts: Omit<WorkflowListFacts, 'now'>, status = 200): Response {
    const main = workflowList({ ...facts, now: clock.now() }, visitor)
    const { title } = visitor.texts.workflowsPage
    return htmlResponse(page(assets, visitor, { title, tab: 'workflows', main }), status)
  }

  async function factsOfAll(): Promise<WorkflowFacts[]> {
    const [workflows, tasks, access] = await Promise.all([
      listWorkflows(db),
      countTasksByWorkflow(db),
      listAccess(db),
    ])
    return workflows.map((workflow) => ({
      workflow: plainWorkflow(workflow),
      tasks: tasks.get(workflow.id) ?? 0,
      loweredTo: loweredLimit(workflow.id),
      access: access.get(workflow.id),
    }))
  }
}

/** @throws Fault not_found */
export async function findOneWorkflow({ db }: Pick<AdminContext, 'db'>, id: string): Promise<Workflow> {
  const workflow = await findWorkflow(db, id)
  if (workflow) return workflow
  throw new HttpFault(
    'not_found',
    'This workflow is not here.',
    'It may have been removed. The list has every one.',
  )
}
