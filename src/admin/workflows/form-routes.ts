import { Elysia } from 'elysia'
import { findAccess } from '../../db/workflows/access.ts'
import { countTasksByWorkflow } from '../../db/workflows/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import { addWorkflow, changeAccess, changeLimit, giveNewKey, removeWorkflow } from '../../app/workflows.ts'
import { actorOf } from '../sign-in/identity.ts'
import type { Surroundings } from '../options.ts'
import { seeOther, htmlResponse } from '../view/html.ts'
import { plainWorkflow } from '../view/value.ts'
import { type TypedAccess, type FormFault, workflowForm } from './form.ts'
import { accessForm, limitForm, removeForm, addForm, keyForm, type FormAsked } from './forms.ts'
import { visiting, type Visitor } from '../http/visitor.ts'
import { findOneWorkflow } from './workflow-routes.ts'
import { ACCESS_SENT, accessOf, LIMIT_SENT, limitOf, ADD_SENT, keptAddress, KEY_SENT } from './sent-fields.ts'
import { toldPath } from './notes.ts'
import { Fault } from '../http/fault.ts'
import { page } from '../view/layout.ts'

/** What is asked before a workflow is changed or removed. What was typed and is not right is shown again. */
export function workflowFormPages(around: Surroundings) {
  const { db, bot, fresh } = around
  const ask = asking(around)
  return new Elysia()
    .use(visiting())
    .get('/workflows/:id/limit', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      return ask(visitor, request, limitForm(workflow, String(workflow.limit), visitor.words, undefined))
    })
    .post(
      '/workflows/:id/limit',
      async ({ visitor, params: { id }, request, body }) => {
        const workflow = await find(id)
        const limit = limitOf(body.limit, visitor.words)
        if (typeof limit === 'object')
          return ask(visitor, request, limitForm(workflow, body.limit, visitor.words, limit))
        await changeLimit(bot, actorOf(request), await findOneWorkflow(around, id), limit)
        fresh.changed()
        return seeOther(toldPath('limit', id))
      },
      { body: LIMIT_SENT },
    )
    .get('/workflows/:id/access', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      return ask(visitor, request, accessForm(workflow, await knownAccess(id), visitor.words, undefined))
    })
    .post(
      '/workflows/:id/access',
      async ({ visitor, params: { id }, request, body }) => {
        const workflow = await find(id)
        const read = accessOf(body, await findAccess(db, id), visitor.words)
        if ('fault' in read)
          return ask(visitor, request, accessForm(workflow, body, visitor.words, read.fault))
        await changeAccess(bot, actorOf(request), await findOneWorkflow(around, id), read.access)
        fresh.changed()
        return seeOther(toldPath('access', id))
      },
      { body: ACCESS_SENT },
    )
    .get('/workflows/:id/remove', async ({ visitor, params: { id }, request }) =>
      ask(visitor, request, removeForm(await find(id), await tasksOf(id), visitor.words)),
    )
    .post('/workflows/:id/remove', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      try {
        await removeWorkflow(bot, actorOf(request), await findOneWorkflow(around, id))
        fresh.changed()
        return seeOther(toldPath('removed'))
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        // A task was begun since it was asked.
        return ask(visitor, request, removeForm(workflow, await tasksOf(id), visitor.words))
      }
    })

  async function find(id: string) {
    return plainWorkflow(await findOneWorkflow(around, id))
  }

  async function tasksOf(id: string): Promise<number> {
    return (await countTasksByWorkflow(db)).get(id) ?? 0
  }

  async function knownAccess(id: string): Promise<TypedAccess> {
    const access = await findAccess(db, id)
    return {
      who: access ? 'only' : 'everyone',
      users: access?.users.join(', ') ?? '',
      channels: access?.channels.join(', ') ?? '',
      roles: access?.roles.join(', ') ?? '',
    }
  }
}

/** Where a key is pasted: it goes to Dify and into the database, and into nothing that anybody is sent. */
export function workflowKeyPages(around: Surroundings) {
  const { difyUrl, bot, fresh } = around
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
          const { workflow, isNew } = await addWorkflow(bot, actorOf(request), {
            baseUrl: url.trim() || difyUrl,
            apiKey,
            ...(wanted !== undefined && { limit: wanted }),
          })
          fresh.changed()
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
          await giveNewKey(bot, actorOf(request), await findOneWorkflow(around, id), apiKey)
          fresh.changed()
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

/** Where a form that is not right is shown again, whatever the form itself asked for. */
const IN_DIALOG = { 'hx-retarget': '#dialog', 'hx-reselect': '#question', 'hx-reswap': 'innerHTML' }

/** Shows a form, or shows it again: as a page of its own, or for the dialog where script asks. */
export function asking({ assets }: Pick<Surroundings, 'assets'>) {
  return (visitor: Visitor, request: Request, asked: FormAsked): Response => {
    if (!visitor.canAct)
      throw new Fault('read_only', 'You may look, but not change anything.', 'Sign in with the admin token.')
    const inDialog = request.headers.get('hx-request') === 'true'
    const isAgain = request.method === 'POST'
    return htmlResponse(
      page(assets, visitor, {
        title: asked.title,
        tab: 'workflows',
        isNarrow: true,
        main: workflowForm({ ...asked, inDialog }, visitor.words),
      }),
      isAgain ? 422 : 200,
      inDialog && isAgain ? IN_DIALOG : {},
    )
  }
}
