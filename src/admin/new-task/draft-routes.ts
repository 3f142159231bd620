import { Elysia } from 'elysia'
import { z } from 'zod'
import { countUploadFiles } from '../../db/drafts/uploads.ts'
import type { Answer } from '../../wizard/answer.ts'
import { draftClick, parseClick } from '../../messages/click-ids.ts'
import type { StepName } from '../../wizard/draft.ts'
import { stepOf } from '../../wizard/steps/steps.ts'
import { tell } from '../../wizard/standard-answers.ts'
import { isSamePerson } from '../../messages/people.ts'
import { requesterOf, type Visitor, withVisitor } from '../http/visitor.ts'
import { attachment } from '../http/download.ts'
import { HttpFault } from '../http/fault.ts'
import type { AdminContext } from '../options.ts'
import { filesByField, uploadOf, sentFormOf } from './sent-form.ts'
import { html, htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { draftView, type StepResult, endedView } from './draft-view.ts'
import { stepPath } from './step-view.ts'
import { SEARCH_QUERY, searchTyped } from '../view/search-field.ts'
import { noticeBox, verbOf } from '../view/prompt.ts'

/** How far each step is on the way; those beside the check are left towards it. */
const PLACES: Record<StepName, number> = {
  workbook: 0,
  workflow: 1,
  check: 2,
  reading: 3,
  columns: 3,
  parameters: 4,
  confirm: 5,
}
// `as`: the keys of a record by step are steps.
const STEP_NAMES = Object.keys(PLACES) as StepName[]
const ASKED = SEARCH_QUERY.extend({ step: z.enum(STEP_NAMES).optional().catch(undefined) })

/** The wizard on the page: shows a draft’s step, and passes buttons, selects and forms to the wizard. */
export function draftPages(context: AdminContext) {
  const { assets, wizard, cache } = context
  return new Elysia()
    .use(withVisitor())
    .get(
      '/batch/new/:draft',
      async ({ visitor, params, query }) => {
        if (query.step !== undefined) await goBackTo(visitor, params.draft, query.step)
        return show(visitor, params.draft, { search: searchTyped(query.q) })
      },
      { query: ASKED },
    )
    .post('/batch/new/:draft', ({ visitor, params, body }) => act(visitor, params.draft, body))

  async function act(visitor: Visitor, draftId: string, body: unknown): Promise<Response> {
    await findDraft(visitor, draftId)
    const requester = requesterOf(visitor)
    const { values, files, byField } = sentFormOf(body)
    const { click, form, value, q, ...typed } = values
    const leaves = verbOf(click)
    const isOurs = [click, form].every((id) => id === undefined || isOf(id, draftId))
    if (!isOurs) return respond(tell(visitor.texts.wizard.private.unknown))
    if (form !== undefined && leaves !== 'cancel') {
      const { locale } = visitor.texts
      const sent =
        files.length === 0 && byField.size === 0
          ? undefined
          : {
              upload: () => uploadOf(files, context, locale),
              files: () => filesByField(byField, context, locale),
            }
      const { errors, answer } = await wizard.submit(requester, form, typed, sent)
      // Going back saves the valid fields, and invalid ones do not block it.
      if (errors && leaves !== 'back') return show(visitor, draftId, withErrors(errors, typed), 422)
      const saved = await answer
      if (saved?.kind === 'tell' && saved.errors)
        return show(visitor, draftId, withErrors(saved.errors, typed), 422)
      if (saved && (click === undefined || saved.kind !== 'show')) return respond(saved)
    }
    if (click === undefined) return seeOther(await pathOf(draftId))
    return respond(await wizard.click(requester, click, value === undefined ? [] : [value]))

    /** Turns the wizard’s answer into a page. */
    async function respond(answer: Answer): Promise<Response> {
      switch (answer.kind) {
        case 'show':
          return seeOther(await pathOf(answer.draftId))
        case 'tell':
          return show(visitor, draftId, { notice: answer.prompt })
        case 'form':
          return show(visitor, draftId, { form: answer.form })
        case 'file': {
          const response = attachment(answer.file.content, answer.file.name)
          await answer.done?.()
          return response
        }
        case 'task':
          cache.changed()
          return redirectTo(answer.taskId)
        case 'nothing': {
          const { draft } = await findDraft(visitor, draftId)
          return draft.taskId === null ? seeOther(await pathOf(draftId)) : redirectTo(draft.taskId)
        }
      }
    }

    /** The search stays while one of what it found is chosen. */
    async function pathOf(id: string): Promise<string> {
      const { context: step } = await findDraft(visitor, id)
      const isSearched = q !== undefined && q !== '' && verbOf(click) === 'workflow'
      return stepPath(id, step, isSearched ? { q } : {})
    }

    /** A full redirect: htmx would show the other page under this one’s URL. */
    function redirectTo(taskId: string): Response {
      const to = `/batch/${encodeURIComponent(taskId)}`
      return visitor.isOverPage
        ? new Response(null, { status: 204, headers: { 'hx-redirect': to } })
        : seeOther(to)
    }
  }

  /**
   * The address of an earlier step is asked for when somebody goes back in the browser: goes there as the Back buttons
   * do. A later step is not skipped to.
   */
  async function goBackTo(visitor: Visitor, draftId: string, step: StepName): Promise<void> {
    for (;;) {
      const { draft, context: now } = await findDraft(visitor, draftId)
      if (!now || PLACES[stepOf(now)] <= PLACES[step]) return
      const answer = await wizard.click(requesterOf(visitor), draftClick(draft, 'back'), [])
      if (answer.kind !== 'show') return
    }
  }

  async function show(
    visitor: Visitor,
    draftId: string,
    result: StepResult = {},
    status = 200,
  ): Promise<Response> {
    const { draft, context: step } = await findDraft(visitor, draftId)
    if (!step) {
      const { notice } = result
      const main = html`${notice ? noticeBox(notice) : ''}${endedView(draft, visitor.texts)}`
      const { title } = visitor.texts.newTask
      return htmlResponse(page(assets, visitor, { title, tab: 'tasks', isNarrow: true, main }), status)
    }
    const isTheirs = isSamePerson(draft.owner, requesterOf(visitor).person)
    const owner = isTheirs ? undefined : draft.owner.name
    const came = await countUploadFiles(context.db, draft.uploadId ?? '')
    const { title, main } = draftView(step, context.limits, { ...result, owner, came })
    return htmlResponse(page(assets, visitor, { title, tab: 'tasks', main }), status)
  }

  /** @throws Fault if the page cannot show this draft: a chat shows its own */
  async function findDraft(visitor: Visitor, draftId: string) {
    const { newTask } = visitor.texts
    if (!visitor.canAct) throw new HttpFault('read_only', newTask.entry.viewer)
    const found = await wizard.see(requesterOf(visitor), draftId)
    if (!found || found.draft.place.platform !== 'web')
      throw new HttpFault('not_found', newTask.notFound, newTask.notFoundHint)
    return found
  }
}

function isOf(id: string, draftId: string): boolean {
  const click = parseClick(id)
  return click?.of === 'draft' && click.id === draftId
}

/** An invalid form, with what was typed. A missing file is only reported: a browser cannot fill it in again. */
function withErrors(errors: Record<string, string>, values: Record<string, string>): StepResult {
  const { file, ...byField } = errors
  return {
    ...(file !== undefined && { notice: tell(file).prompt }),
    ...(Object.keys(byField).length > 0 && { typed: { values, errors: byField } }),
  }
}
