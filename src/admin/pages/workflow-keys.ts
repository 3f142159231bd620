import { Elysia } from 'elysia'
import { UserError } from '../../engine/user-error.ts'
import { actorOf } from '../actor.ts'
import type { Surroundings } from '../options.ts'
import { seeOther } from '../view/html.ts'
import { plainWorkflow } from '../view/plain-text.ts'
import type { FormFault } from '../view/workflow-form.ts'
import { addForm, keyForm } from '../view/workflow-forms.ts'
import { visiting } from '../visitor.ts'
import { actOnWorkflow, addWorkflowByKey, findOneWorkflow } from '../workflow-acts.ts'
import { asking } from './asking.ts'
import { ADD_SENT, keptAddress, KEY_SENT, limitOf } from './workflow-typed.ts'
import { toldPath } from './workflows-told.ts'

/** Where a key is pasted: it goes to Dify and into the database, and into nothing that anybody is sent. */
export function workflowKeyPages(around: Surroundings) {
  const { difyUrl } = around
  const ask = asking(around)
  return new Elysia()
    .use(visiting())
    .get('/workflows/add', ({ visitor, request }) =>
      ask(visitor, request, addForm({ url: difyUrl, limit: '' }, visitor.words, undefined)),
    )
    .post(
      '/workflows/add',
      async ({ visitor, request, body: { apiKey, url, limit } }) => {
        const { words } = visitor
        const again = (fault: FormFault) =>
          ask(visitor, request, addForm({ url: keptAddress(url, difyUrl), limit }, words, fault))
        if (apiKey.trim() === '')
          return again({ field: 'apiKey', message: words.workflowsPage.forms.keyMissing })
        const wanted = limit.trim() === '' ? undefined : limitOf(limit, words)
        if (typeof wanted === 'object') return again(wanted)
        return tried(again, async () => {
          const { workflow, isNew } = await addWorkflowByKey(around, actorOf(request), {
            baseUrl: url.trim() || difyUrl,
            apiKey,
            ...(wanted !== undefined && { limit: wanted }),
          })
          return toldPath(isNew ? 'added' : 'known', workflow.id)
        })
      },
      { body: ADD_SENT },
    )
    .get('/workflows/:id/key', async ({ visitor, params: { id }, request }) =>
      ask(visitor, request, keyForm(await find(id), visitor.words, undefined)),
    )
    .post(
      '/workflows/:id/key',
      async ({ visitor, params: { id }, request, body: { apiKey } }) => {
        const { words } = visitor
        const workflow = await find(id)
        const again = (fault: FormFault) => ask(visitor, request, keyForm(workflow, words, fault))
        if (apiKey.trim() === '')
          return again({ field: 'apiKey', message: words.workflowsPage.forms.keyMissing })
        return tried(again, async () => {
          await actOnWorkflow(around, actorOf(request), id, { act: 'key', apiKey })
          return toldPath('key', id)
        })
      },
      { body: KEY_SENT },
    )

  async function find(id: string) {
    return plainWorkflow(await findOneWorkflow(around, id))
  }
}

/** What Dify says against it is said at the form. */
async function tried(again: (fault: FormFault) => Response, act: () => Promise<string>): Promise<Response> {
  try {
    return seeOther(await act())
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault
    return again({ message: fault.message, hint: fault.hint })
  }
}
