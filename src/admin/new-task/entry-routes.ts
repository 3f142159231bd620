import { Elysia } from 'elysia'
import QuickLRU from 'quick-lru'
import type { AdminContext } from '../options.ts'
import { draftPages } from './draft-routes.ts'
import { z } from 'zod'
import { requesterOf, type Visitor, withVisitor } from '../http/visitor.ts'
import { attachment } from '../http/download.ts'
import { HttpFault } from '../http/fault.ts'
import { uploadOf, sentFormOf } from './sent-form.ts'
import { html, htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { dropArea, templateList } from './drop-area.ts'
import { stepPath } from './step-view.ts'
import { textOfLines } from '../../messages/rich-text.ts'
import type { Requester } from '../../messages/people.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import { sentenceOf } from '../../wizard/standard-answers.ts'
import { UserError } from '../../engine/user-error.ts'
import type { UploadFile } from '../../workbook/types.ts'

/** A new task: the upload, then the four steps. */
export function newTaskPages(context: AdminContext) {
  return new Elysia().use(entryPages(context)).use(draftPages(context))
}

const ASKED = z.object({ workflow: z.string().optional() })

/** Where a file is uploaded, with the templates. */
export function entryPages(context: AdminContext) {
  const { assets, wizard, limits, log } = context
  const entry = new FileEntry(wizard, (err) => log.warn({ err }, 'a draft could not be kept'))
  return new Elysia()
    .use(withVisitor())
    .get(
      '/batch/new',
      async ({ visitor, query }) =>
        htmlResponse(await view(visitor, { chosen: query.workflow }), visitor.canAct ? 200 : 403),
      { query: ASKED },
    )
    .post('/batch/new', ({ visitor, body }) => begin(visitor, body))
    .get('/batch/template/:workflowId', ({ visitor, params }) => template(visitor, params.workflowId))

  async function begin(visitor: Visitor, body: unknown): Promise<Response> {
    const { texts } = visitor
    const { values, files } = sentFormOf(body)
    const chosen = values['workflow'] || undefined
    if (files.length === 0) return refused(visitor, texts.wizard.forms.fileMissing, chosen)
    const file = await uploadOf(files, context, texts.locale).catch(userError)
    if (file instanceof UserError) return refused(visitor, sentenceOf(file, texts), chosen)
    const upload = { file, source: values['source'], workflowId: chosen }
    const result = await entry.begin(requesterOf(visitor), upload)
    if (result?.draftId === undefined)
      return refused(visitor, result?.sentence ?? texts.newTask.entry.sentBefore, chosen)
    const seen = await wizard.see(requesterOf(visitor), result.draftId)
    return seeOther(stepPath(result.draftId, seen?.context))
  }

  async function refused(visitor: Visitor, fault: string, chosen: string | undefined): Promise<Response> {
    return htmlResponse(await view(visitor, { fault, chosen }), 422)
  }

  async function template(visitor: Visitor, id: string): Promise<Response> {
    const requester = requesterOf(visitor)
    const workflow = (await wizard.offered.all(requester)).find((one) => one.id === id)
    const { private: said } = visitor.texts.wizard
    if (!workflow) throw new HttpFault('not_found', said.workflowGone)
    const answer = await wizard.template(workflow, requester)
    if (answer.kind !== 'file') throw new Error(`a template came as ${answer.kind}`)
    return attachment(answer.file.content, answer.file.name)
  }

  async function view(visitor: Visitor, { fault, chosen }: { fault?: string; chosen: string | undefined }) {
    const { newTask } = visitor.texts
    const workflows = await wizard.offered.all(requesterOf(visitor))
    return page(assets, visitor, {
      title: newTask.title,
      tab: 'tasks',
      isNarrow: true,
      main: html`<div class="new">
        <div class="head"><h1>${newTask.title}</h1></div>
        ${fault === undefined ? '' : html`<p class="fault" role="alert">${fault}</p>`}
        <p>${newTask.entry.lead}</p>
        ${dropArea(visitor, { workflows, limits, chosen })} ${templateList(workflows, visitor)}
      </div>`,
    })
  }
}

function userError(fault: unknown): UserError {
  if (fault instanceof UserError) return fault
  throw fault
}

/** Equal for the same sheet with the same files. */
function hashOf({ bytes, files = [] }: UploadFile): string {
  const names = JSON.stringify(files.map(({ name, sha256 }) => [name, sha256]))
  return Bun.hash(names, Bun.hash(bytes)).toString(36)
}

export interface FormUpload {
  file: UploadFile
  /** identifies the form: the same one sent twice is one upload */
  source: string | undefined
  workflowId: string | undefined
}

/** The draft made from a file, or why the file could not be read. */
export type EntryResult =
  | { draftId: string; sentence?: undefined }
  | { sentence: string; draftId?: undefined }

/** Enough to recognize double clicks, which are seconds apart. */
const MAX_UPLOADS = 200
const SOURCE = z.uuid()

/** Receives uploads. Two clicks on “send” make one draft, and both are answered with it. */
export class FileEntry {
  readonly #uploads = new QuickLRU<string, Promise<EntryResult | undefined>>({ maxSize: MAX_UPLOADS })

  constructor(
    private readonly wizard: Wizard,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  /** Undefined: it was sent before, and its result is no longer in memory. */
  begin(requester: Requester, { file, source, workflowId }: FormUpload): Promise<EntryResult | undefined> {
    const form = SOURCE.safeParse(source).data ?? crypto.randomUUID()
    // Going back in the browser shows the same form again: another file in it is another upload.
    const key = `web:${form}:${hashOf(file)}:${workflowId ?? ''}`
    const earlier = this.#uploads.get(key)
    if (earlier) return earlier
    const result = this.wizard.inTurn(key, () => this.#begin(requester, { file, source: key, workflowId }))
    this.#uploads.set(key, result)
    return result
  }

  async #begin(requester: Requester, { file, source, workflowId }: FormUpload & { source: string }) {
    const { wizard } = this
    const result = await wizard.begin(requester, {
      name: file.name,
      source,
      ...(workflowId !== undefined && { workflow: workflowId }),
    })
    if (!result) {
      const before = await wizard.openFrom(source) // another machine has it from the other click
      return before && { draftId: before.id }
    }
    const { draftId } = result
    const stop = wizard.keepReading(draftId, this.onFault)
    try {
      const answer = await wizard.fill(draftId, file)
      const seen = await wizard.see(requester, draftId)
      if (seen?.context || answer.kind !== 'show') return { draftId }
      return { sentence: textOfLines(answer.prompt.lines) }
    } catch (fault) {
      this.#uploads.delete(source)
      await wizard.fail(draftId, '') // nobody reads this text: the fault has a page of its own
      throw fault
    } finally {
      stop()
    }
  }
}
