import { Elysia } from 'elysia'
import QuickLRU from 'quick-lru'
import type { Surroundings } from '../options.ts'
import { draftPages } from './draft-routes.ts'
import { z } from 'zod'
import { askerOf, type Visitor, visiting } from '../http/visitor.ts'
import { attachment } from '../http/download.ts'
import { Fault } from '../http/fault.ts'
import { uploadOf, sentOf } from './sent-file.ts'
import { html, htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { dropArea, templateList } from './drop-area.ts'
import { draftPath } from './step-view.ts'
import { textOfLines } from '../../messages/rich-text.ts'
import type { Asker } from '../../messages/people.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import type { UploadFile } from '../../workbook/types.ts'

/** A new task: where a file comes in, then the four steps. */
export function newTaskPages(surroundings: Surroundings) {
  return new Elysia().use(doorPages(surroundings)).use(draftPages(surroundings))
}

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

export interface Sending {
  file: UploadFile
  /** of the form that it was sent with: sent twice, it is the same sending */
  source: string | undefined
  workflowId: string | undefined
}

/** The draft that a file has become, or why it could not be read. */
export type Begun = { draftId: string; sentence?: undefined } | { sentence: string; draftId?: undefined }

/** So many sendings are known again; a double click is seconds apart. */
const KEPT = 200
const SOURCE = z.uuid()

/** Files that come in at the door: two clicks on “send” are one draft, and both are answered with it. */
export class Door {
  readonly #sendings = new QuickLRU<string, Promise<Begun | undefined>>({ maxSize: KEPT })

  constructor(private readonly wizard: Wizard) {}

  /** Undefined: it was sent before, and what became of it is not known here. */
  begin(asker: Asker, { file, source, workflowId }: Sending): Promise<Begun | undefined> {
    const form = SOURCE.safeParse(source).data ?? crypto.randomUUID()
    // A page that is gone back to keeps its form: another file is another sending.
    const key = `web:${form}:${Bun.hash(file.bytes).toString(36)}:${workflowId ?? ''}`
    const known = this.#sendings.get(key)
    if (known) return known
    const begun = this.#begin(asker, { file, source: key, workflowId })
    this.#sendings.set(key, begun)
    return begun
  }

  async #begin(asker: Asker, { file, source, workflowId }: Sending & { source: string }) {
    const { wizard } = this
    const begun = await wizard.begin(asker, {
      name: file.name,
      source,
      ...(workflowId !== undefined && { workflowId }),
    })
    if (!begun) return undefined
    const { draftId } = begun
    try {
      const answer = await wizard.fill(draftId, file)
      const seen = await wizard.see(asker, draftId)
      if (seen?.sight || answer.kind !== 'show') return { draftId }
      return { sentence: textOfLines(answer.prompt.lines) }
    } catch (fault) {
      this.#sendings.delete(source)
      await wizard.fail(draftId, '') // nobody reads it: the fault has a page of its own
      throw fault
    }
  }
}
