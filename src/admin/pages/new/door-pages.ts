import { Elysia } from 'elysia'
import { z } from 'zod'
import { askerOf } from '../../asker.ts'
import { attachment } from '../../attachment.ts'
import { Fault } from '../../fault.ts'
import type { Surroundings } from '../../options.ts'
import { uploadOf } from '../../sent-file.ts'
import { html, htmlResponse, seeOther } from '../../view/html.ts'
import { page } from '../../view/layout.ts'
import { dropArea, templateList } from '../../view/new/drop-area.ts'
import { draftPath } from '../../view/new/step-view.ts'
import { type Visitor, visiting } from '../../visitor.ts'
import { Door } from './begin.ts'
import { sentOf } from './sent.ts'

const ASKED = z.object({ workflow: z.string().optional() })

/** Where a file comes in, and the workbooks to fill in. */
export function doorPages({ assets, wizard, limits }: Surroundings) {
  const door = new Door(wizard)
  return new Elysia()
    .use(visiting())
    .get(
      '/batch/new',
      async ({ visitor, query }) =>
        htmlResponse(await view(visitor, { chosen: query.workflow }), visitor.canAct ? 200 : 403),
      { query: ASKED },
    )
    .post('/batch/new', ({ visitor, body }) => begin(visitor, body))
    .get('/batch/template/:workflowId', ({ visitor, params }) => template(visitor, params.workflowId))

  async function begin(visitor: Visitor, body: unknown): Promise<Response> {
    const { words } = visitor
    const { values, file } = sentOf(body)
    const chosen = values['workflow'] || undefined
    if (!file) return refused(visitor, words.wizard.forms.fileMissing, chosen)
    const sending = { file: await uploadOf(file), source: values['source'], workflowId: chosen }
    const begun = await door.begin(askerOf(visitor), sending)
    if (begun?.draftId === undefined)
      return refused(visitor, begun?.sentence ?? words.newTask.door.known, chosen)
    return seeOther(draftPath(begun.draftId))
  }

  async function refused(visitor: Visitor, fault: string, chosen: string | undefined): Promise<Response> {
    return htmlResponse(await view(visitor, { fault, chosen }), 422)
  }

  async function template(visitor: Visitor, id: string): Promise<Response> {
    const asker = askerOf(visitor)
    const workflow = (await wizard.workflows(asker)).find((one) => one.id === id)
    const { private: said } = visitor.words.wizard
    if (!workflow) throw new Fault('not_found', said.workflowGone)
    const answer = await wizard.template(workflow, asker)
    if (answer.kind !== 'file') throw new Error(`a template came as ${answer.kind}`)
    return attachment(answer.file.content, answer.file.name)
  }

  async function view(visitor: Visitor, { fault, chosen }: { fault?: string; chosen: string | undefined }) {
    const { newTask } = visitor.words
    const workflows = await wizard.workflows(askerOf(visitor))
    return page(assets, visitor, {
      title: newTask.title,
      tab: 'tasks',
      isNarrow: true,
      main: html`<div class="new">
        <div class="head"><h1>${newTask.title}</h1></div>
        ${fault === undefined ? '' : html`<p class="fault" role="alert">${fault}</p>`}
        <p>${newTask.door.lead}</p>
        ${dropArea(visitor, { workflows, limits, chosen })} ${templateList(workflows, visitor)}
      </div>`,
    })
  }
}
