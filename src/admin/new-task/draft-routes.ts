import { Elysia } from 'elysia'
import type { Answer } from '../../wizard/answer.ts'
import { parseClick } from '../../messages/click-ids.ts'
import { tell } from '../../wizard/standard-answers.ts'
import { isSamePerson } from '../../messages/people.ts'
import { askerOf, type Visitor, visiting } from '../http/visitor.ts'
import { attachment } from '../http/download.ts'
import { Fault } from '../http/fault.ts'
import type { Surroundings } from '../options.ts'
import { uploadOf, sentOf } from './sent-file.ts'
import { html, htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { draftView, type Outcome, endedView } from './draft-view.ts'
import { draftPath } from './step-view.ts'
import { toldBox, verbOf } from '../view/prompt.ts'

/** The wizard’s face on the page: a draft’s step, and what its buttons, selects and forms come to. */
export function draftPages(around: Surroundings) {
  const { assets, wizard, fresh } = around
  return new Elysia()
    .use(visiting())
    .get('/batch/new/:draft', ({ visitor, params }) => show(visitor, params.draft))
    .post('/batch/new/:draft', ({ visitor, params, body }) => act(visitor, params.draft, body))

  async function act(visitor: Visitor, draftId: string, body: unknown): Promise<Response> {
    await seen(visitor, draftId)
    const asker = askerOf(visitor)
    const { values, file } = sentOf(body)
    const { click, form, value, ...typed } = values
    const leaves = verbOf(click)
    const isOurs = [click, form].every((id) => id === undefined || isOf(id, draftId))
    if (!isOurs) return come(tell(visitor.words.wizard.private.unknown))
    if (form !== undefined && leaves !== 'cancel') {
      const fetch = file && (() => uploadOf(file))
      const { errors, answer } = await wizard.submit(asker, form, typed, fetch)
      // Who goes back takes along what is right, and is not held up by what is not.
      if (errors && leaves !== 'back') return show(visitor, draftId, mistaken(errors, typed), 422)
      const kept = await answer
      if (kept && (click === undefined || kept.kind !== 'show')) return come(kept)
    }
    if (click === undefined) return seeOther(draftPath(draftId))
    return come(await wizard.click(asker, click, value === undefined ? [] : [value]))

    /** What an answer of the wizard is on a page. */
    async function come(answer: Answer): Promise<Response> {
      switch (answer.kind) {
        case 'show':
          return seeOther(draftPath(answer.draftId))
        case 'tell':
          return show(visitor, draftId, { told: answer.prompt })
        case 'form':
          return show(visitor, draftId, { form: answer.form })
        case 'file': {
          const response = attachment(answer.file.content, answer.file.name)
          await answer.done?.()
          return response
        }
        case 'task':
          fresh.changed()
          return away(answer.taskId)
        case 'nothing': {
          const { draft } = await seen(visitor, draftId)
          return draft.taskId === null ? seeOther(draftPath(draftId)) : away(draft.taskId)
        }
      }
    }

    /** To another page: htmx would show it under the address of this one. */
    function away(taskId: string): Response {
      const to = `/batch/${encodeURIComponent(taskId)}`
      return visitor.isOverPage
        ? new Response(null, { status: 204, headers: { 'hx-redirect': to } })
        : seeOther(to)
    }
  }

  async function show(
    visitor: Visitor,
    draftId: string,
    outcome: Outcome = {},
    status = 200,
  ): Promise<Response> {
    const { draft, sight } = await seen(visitor, draftId)
    if (!sight) {
      const { told } = outcome
      const main = html`${told ? toldBox(told) : ''}${endedView(draft, visitor.words)}`
      const { title } = visitor.words.newTask
      return htmlResponse(page(assets, visitor, { title, tab: 'tasks', isNarrow: true, main }), status)
    }
    const isTheirs = isSamePerson(draft.owner, askerOf(visitor).person)
    const owner = isTheirs ? undefined : draft.owner.name
    const { title, main } = draftView(sight, { ...outcome, owner })
    return htmlResponse(page(assets, visitor, { title, tab: 'tasks', main }), status)
  }

  /** @throws Fault where there is none to be seen on the page: a chat shows its own */
  async function seen(visitor: Visitor, draftId: string) {
    const { newTask } = visitor.words
    if (!visitor.canAct) throw new Fault('read_only', newTask.door.viewer)
    const found = await wizard.see(askerOf(visitor), draftId)
    if (!found || found.draft.place.platform !== 'web')
      throw new Fault('not_found', newTask.notFound, newTask.notFoundHint)
    return found
  }
}

function isOf(id: string, draftId: string): boolean {
  const click = parseClick(id)
  return click?.of === 'draft' && click.id === draftId
}

/** A form that was not right: what was typed stands there again. A file that is missing is only said. */
function mistaken(errors: Record<string, string>, values: Record<string, string>): Outcome {
  const { file, ...byField } = errors
  return {
    ...(file !== undefined && { told: tell(file).prompt }),
    ...(Object.keys(byField).length > 0 && { typed: { values, errors: byField } }),
  }
}
