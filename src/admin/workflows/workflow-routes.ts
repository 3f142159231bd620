import { Elysia } from 'elysia'
import { listAccess } from '../../db/workflows/access.ts'
import { countTasksByWorkflow, listWorkflows } from '../../db/workflows/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import { blobOf } from '../../wizard/templates.ts'
import { writeTemplate } from '../../workbook/workbook.ts'
import { actorOf } from '../tasks/acts.ts'
import { attachment } from '../http/download.ts'
import type { Surroundings } from '../options.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { plainText, plainWorkflow } from '../view/value.ts'
import type { WorkflowFacts } from './card.ts'
import { workflowList, type WorkflowListFacts } from './list-view.ts'
import { type Visitor, visiting } from '../http/visitor.ts'
import { actOnWorkflow, addSampleWorkflows, findOneWorkflow } from './acts.ts'
import { type Told, TOLD_QUERY, toldNote, toldPath } from './notes.ts'

/** Every Dify app that may be run, and what is done with one at once. */
export function workflowPages(around: Surroundings) {
  const { db, apps, assets, clock, loweredLimit } = around
  return new Elysia()
    .use(visiting())
    .get(
      '/workflows',
      async ({ visitor, query }) => {
        const workflows = await factsOfAll()
        const note = toldNote(
          query,
          workflows.map(({ workflow }) => workflow),
          visitor.words,
        )
        return show(visitor, { workflows, note })
      },
      { query: TOLD_QUERY },
    )
    .post('/workflows/samples', async ({ request }) => {
      await addSampleWorkflows(around, actorOf(request))
      return seeOther(toldPath('samples'))
    })
    .post('/workflows/:id/sync', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, id, async () => {
        await actOnWorkflow(around, actorOf(request), id, { act: 'sync' })
        return 'synced'
      }),
    )
    .post('/workflows/:id/check', ({ visitor, params: { id } }) =>
      atOnce(visitor, id, async () => {
        const { changed } = await apps.check(await findOneWorkflow(around, id))
        return changed ? 'changed' : 'checked'
      }),
    )
    .post('/workflows/:id/enable', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, id, async () => {
        await actOnWorkflow(around, actorOf(request), id, { act: 'enable' })
        return 'enable'
      }),
    )
    .post('/workflows/:id/disable', ({ visitor, params: { id }, request }) =>
      atOnce(visitor, id, async () => {
        await actOnWorkflow(around, actorOf(request), id, { act: 'disable' })
        return 'disable'
      }),
    )
    .get('/workflows/:id/template', async ({ params: { id } }) => {
      const workflow = await findOneWorkflow(around, id)
      return attachment(blobOf(await writeTemplate(workflow)), `${plainText(workflow.name)}.template.xlsx`)
    })

  /** What Dify refuses is said beside the workflow that it is about. */
  async function atOnce(visitor: Visitor, id: string, act: () => Promise<Told>): Promise<Response> {
    await findOneWorkflow(around, id)
    try {
      return seeOther(toldPath(await act(), id))
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      const note = { text: fault.message, hint: fault.hint, isFault: true, of: id }
      // The address of an act has no page: what leads back leads to the list.
      return show({ ...visitor, path: '/workflows' }, { workflows: await factsOfAll(), note }, 422)
    }
  }

  function show(visitor: Visitor, facts: Omit<WorkflowListFacts, 'now'>, status = 200): Response {
    const main = workflowList({ ...facts, now: clock.now() }, visitor)
    const { title } = visitor.words.workflowsPage
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
