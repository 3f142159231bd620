import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { answerForm } from '../../app/answer-form.ts'
import { listWaitingForms } from '../../app/waiting-rows.ts'
import { countOpenForms, findForm } from '../../db/rows/forms.ts'
import { findTask } from '../../db/tasks/tasks.ts'
import { HttpFault } from '../http/fault.ts'
import { localPath } from '../http/guard.ts'
import { withVisitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { actorOf } from '../sign-in/identity.ts'
import { seeOther } from '../view/html.ts'
import { livePartResponse } from '../view/live-part.ts'
import { findTaskFacts } from './facts.ts'
import { FIELD_PREFIX, type WaitingFacts, waitingPart } from './waiting-view.ts'

/** Each has a form and a text of its own: more would hide the rows below. */
const SHOWN = 3

const ANSWER = z
  .object({ action: z.string(), all: z.string().optional(), back: z.string().default('') })
  .catchall(z.unknown())

/** What the page shows of rows that wait for a person. */
export async function waitingFacts(id: string, context: AdminContext): Promise<WaitingFacts> {
  const { db } = context
  const task = await findTaskFacts(id, context)
  // The facts are a moment old, and whoever has just answered must not see the question again.
  const waits = ((await findTask(db, id))?.waiting ?? 0) > 0
  return {
    task,
    forms: waits ? await listWaitingForms({ db }, id, { limit: SHOWN }) : [],
    total: waits ? await countOpenForms(db, id) : 0,
  }
}

/** Rows that wait for a person, on the page of their task. */
export function waitingRoutes(context: AdminContext) {
  const { db, bot, cache } = context
  return new Elysia()
    .use(withVisitor())
    .get('/batch/:id/waiting', async ({ visitor, params: { id }, request }) =>
      livePartResponse(request, waitingPart(await waitingFacts(id, context), visitor)),
    )
    .post(
      '/batch/:id/forms/:form',
      async ({ params: { id, form: formId }, body, request }) => {
        const form = await findForm(db, formId)
        if (form?.taskId !== id)
          throw new HttpFault('not_found', say('question-not-there'), say('do-look-at-task-again'))
        const inputs: Record<string, string> = {}
        for (const [index, { name }] of form.fields.entries()) {
          const value = body[`${FIELD_PREFIX}${index}`]
          // A browser sends the line breaks of a form as CR LF.
          if (typeof value === 'string') inputs[name] = value.replaceAll('\r\n', '\n')
        }
        const forAllAlike = body.all === 'yes'
        await answerForm(bot, actorOf(request), { formId, action: body.action, inputs, forAllAlike })
        cache.changed(id)
        return seeOther(localPath(body.back) ?? `/batch/${id}`)
      },
      { body: ANSWER },
    )
}
