import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { findAccess } from '../../db/workflows/access.ts'
import { countTasksByWorkflow } from '../../db/workflows/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import { limitText } from '../../engine/limits.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { listRecentOutputs } from '../../db/workflows/recent-outputs.ts'
import { addWorkflow, changeKey, removeWorkflow } from '../../app/workflows.ts'
import {
  changeAccess,
  changeConsoleUrl,
  changeLimits,
  changePerTask,
  changeRequiredOutputs,
  REQUIRED_OUTPUTS,
} from '../../app/workflow-settings.ts'
import { actorOf } from '../sign-in/identity.ts'
import type { AdminContext } from '../options.ts'
import { seeOther, htmlResponse } from '../view/html.ts'
import { plainWorkflow } from '../view/value.ts'
import { type TypedAccess, type TypedLimits, type FormFault, workflowForm } from './form.ts'
import {
  accessForm,
  consoleForm,
  limitForm,
  outputsForm,
  removeForm,
  addForm,
  keyForm,
  type FormAsked,
} from './forms.ts'
import { withVisitor, type Visitor } from '../http/visitor.ts'
import { findOneWorkflow } from './workflow-routes.ts'
import {
  ACCESS_SENT,
  CONSOLE_SENT,
  accessOf,
  LIMIT_SENT,
  limitOf,
  limitsOf,
  perTaskOf,
  OUTPUTS_SENT,
  outputsOf,
  ADD_SENT,
  safeAddress,
  KEY_SENT,
} from './sent-fields.ts'
import { FROM_PAGE, isFromPage, noticePath } from './notices.ts'
import { HttpFault } from '../http/fault.ts'
import { page } from '../view/layout.ts'
import { faultParts } from '../../messages/fault-text.ts'
import type { Texts } from '../../messages/texts/texts.ts'

/** The forms before a workflow is changed or removed. An invalid form is shown again with what was typed. */
export function workflowFormPages(context: AdminContext) {
  const { db, bot, cache } = context
  const ask = asking(context)
  return new Elysia()
    .use(withVisitor())
    .get('/workflows/:id/limit', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      return ask(visitor, request, limitForm(workflow, typedLimits(workflow), visitor.texts, undefined))
    })
    .post(
      '/workflows/:id/limit',
      async ({ visitor, params: { id }, request, body }) => {
        const workflow = await find(id)
        const limits = limitsOf(body, visitor.texts)
        if ('fault' in limits)
          return ask(visitor, request, limitForm(workflow, body, visitor.texts, limits.fault))
        const most = perTaskOf(body, visitor.texts)
        if ('fault' in most)
          return ask(visitor, request, limitForm(workflow, body, visitor.texts, most.fault))
        await changeLimits(bot, actorOf(request), await findOneWorkflow(context, id), limits)
        await changePerTask(bot, actorOf(request), await findOneWorkflow(context, id), most.perTask)
        cache.changed()
        return seeOther(noticePath('limit', id, request))
      },
      { body: LIMIT_SENT },
    )
    .get('/workflows/:id/outputs', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      const { requiredOutputs: required = [] } = workflow
      const recent = await listRecentOutputs(db, id)
      return ask(
        visitor,
        request,
        outputsForm(workflow, { recent, required, others: '' }, visitor.texts, undefined),
      )
    })
    .post(
      '/workflows/:id/outputs',
      async ({ visitor, params: { id }, request, body }) => {
        try {
          await changeRequiredOutputs(
            bot,
            actorOf(request),
            await findOneWorkflow(context, id),
            outputsOf(body),
          )
        } catch (fault) {
          if (!(fault instanceof UserError)) throw fault
          const { most, chars } = REQUIRED_OUTPUTS
          const message = visitor.texts.workflowsPage.forms.outputsFault(most, chars)
          const chosen = { ...body, recent: await listRecentOutputs(db, id) }
          return ask(
            visitor,
            request,
            outputsForm(await find(id), chosen, visitor.texts, { field: 'others', message }),
          )
        }
        cache.changed()
        return seeOther(noticePath('outputs', id, request))
      },
      { body: OUTPUTS_SENT },
    )
    .get('/workflows/:id/console', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      return ask(visitor, request, consoleForm(workflow, workflow.consoleUrl ?? '', visitor.texts, undefined))
    })
    .post(
      '/workflows/:id/console',
      async ({ visitor, params: { id }, request, body: { consoleUrl } }) => {
        const { texts } = visitor
        const workflow = await find(id)
        const again = (fault: FormFault) =>
          ask(visitor, request, consoleForm(workflow, consoleUrl, texts, { ...fault, field: 'consoleUrl' }))
        return tried(again, texts, async () => {
          const stored = await findOneWorkflow(context, id)
          await changeConsoleUrl(bot, actorOf(request), stored, consoleUrl.trim() || null)
          cache.changed()
          return noticePath('console', id, request)
        })
      },
      { body: CONSOLE_SENT },
    )
    .get('/workflows/:id/access', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      return ask(visitor, request, accessForm(workflow, await currentAccess(id), visitor.texts, undefined))
    })
    .post(
      '/workflows/:id/access',
      async ({ visitor, params: { id }, request, body }) => {
        const workflow = await find(id)
        const read = accessOf(body, await findAccess(db, id), visitor.texts)
        if ('fault' in read)
          return ask(visitor, request, accessForm(workflow, body, visitor.texts, read.fault))
        await changeAccess(bot, actorOf(request), await findOneWorkflow(context, id), read.access)
        cache.changed()
        return seeOther(noticePath('access', id, request))
      },
      { body: ACCESS_SENT },
    )
    .get('/workflows/:id/remove', async ({ visitor, params: { id }, request }) =>
      ask(visitor, request, removeForm(await find(id), await tasksOf(id), visitor.texts)),
    )
    .post('/workflows/:id/remove', async ({ visitor, params: { id }, request }) => {
      const workflow = await find(id)
      try {
        await removeWorkflow(bot, actorOf(request), await findOneWorkflow(context, id))
        cache.changed()
        return leftFor(noticePath('removed'), request)
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        // A task was started since the form was shown.
        return ask(visitor, request, removeForm(workflow, await tasksOf(id), visitor.texts))
      }
    })

  async function find(id: string) {
    return plainWorkflow(await findOneWorkflow(context, id))
  }

  async function tasksOf(id: string): Promise<number> {
    return (await countTasksByWorkflow(db)).get(id) ?? 0
  }

  async function currentAccess(id: string): Promise<TypedAccess> {
    const access = await findAccess(db, id)
    return {
      who: access ? 'only' : 'everyone',
      users: access?.users.join(', ') ?? '',
      channels: access?.channels.join(', ') ?? '',
      roles: access?.roles.join(', ') ?? '',
    }
  }
}

function typedLimits({ limit, perMinute, tokensPerMinute, perTask }: Workflow): TypedLimits {
  return {
    limit: String(limit),
    perMinute: String(perMinute ?? ''),
    tokensPerMinute: String(tokensPerMinute ?? ''),
    perTask: perTask ? limitText(perTask) : '',
  }
}

/** Where a key is pasted: it goes to Dify and into the database, and into nothing that anybody is sent. */
export function workflowKeyPages(context: AdminContext) {
  const { difyUrl, bot, cache } = context
  const ask = asking(context)
  return new Elysia()
    .use(withVisitor())
    .get('/workflows/add', ({ visitor, request }) =>
      ask(visitor, request, addForm({ url: difyUrl, limit: '' }, visitor.texts, undefined)),
    )
    .post(
      '/workflows/add',
      async ({ visitor, request, body: { apiKey, url, limit } }) => {
        const { texts } = visitor
        const again = (fault: FormFault) =>
          ask(visitor, request, addForm({ url: safeAddress(url, difyUrl), limit }, texts, fault))
        if (apiKey.trim() === '')
          return again({ field: 'apiKey', message: texts.workflowsPage.forms.keyMissing })
        const wanted = limit.trim() === '' ? undefined : limitOf(limit, texts)
        if (typeof wanted === 'object') return again(wanted)
        return tried(again, texts, async () => {
          const { workflow, isNew } = await addWorkflow(bot, actorOf(request), {
            baseUrl: url.trim() || difyUrl,
            apiKey,
            ...(wanted !== undefined && { limit: wanted }),
          })
          cache.changed()
          return noticePath(isNew ? 'added' : 'existing', workflow.id)
        })
      },
      { body: ADD_SENT },
    )
    .get('/workflows/:id/key', async ({ visitor, params: { id }, request }) =>
      ask(visitor, request, keyForm(await find(id), visitor.texts, undefined)),
    )
    .post(
      '/workflows/:id/key',
      async ({ visitor, params: { id }, request, body: { apiKey } }) => {
        const { texts } = visitor
        const workflow = await find(id)
        const again = (fault: FormFault) => ask(visitor, request, keyForm(workflow, texts, fault))
        if (apiKey.trim() === '')
          return again({ field: 'apiKey', message: texts.workflowsPage.forms.keyMissing })
        return tried(again, texts, async () => {
          await changeKey(bot, actorOf(request), await findOneWorkflow(context, id), apiKey)
          cache.changed()
          return noticePath('key', id, request)
        })
      },
      { body: KEY_SENT },
    )

  async function find(id: string) {
    return plainWorkflow(await findOneWorkflow(context, id))
  }
}

/** Shows Dify’s refusal at the form. */
async function tried(
  again: (fault: FormFault) => Response,
  texts: Texts,
  act: () => Promise<string>,
): Promise<Response> {
  try {
    return seeOther(await act())
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault
    return again(faultParts(fault, texts))
  }
}

/** To another page: htmx would show it under the address of this one, which is there no more. */
function leftFor(path: string, request: Request): Response {
  if (!isFromPage(request) || request.headers.get('hx-request') !== 'true') return seeOther(path)
  return new Response(null, { status: 204, headers: { 'hx-redirect': path } })
}

/** Makes htmx show an invalid form again in the dialog, whatever target the form had. */
const IN_DIALOG = { 'hx-retarget': '#dialog', 'hx-reselect': '#question', 'hx-reswap': 'innerHTML' }

/** Shows a form: as a page of its own, or in the dialog if script asks. */
export function asking({ assets }: Pick<AdminContext, 'assets'>) {
  return (visitor: Visitor, request: Request, asked: FormAsked): Response => {
    if (!visitor.canManage) throw new HttpFault('read_only', say('only-look'), say('do-sign-in-as-admin'))
    const inDialog = request.headers.get('hx-request') === 'true'
    const fromPage = isFromPage(request)
    const { action } = asked
    const back = fromPage ? action.slice(0, action.lastIndexOf('/')) : asked.back
    const isAgain = request.method === 'POST'
    return htmlResponse(
      page(assets, visitor, {
        title: asked.title,
        tab: 'workflows',
        isNarrow: true,
        main: workflowForm(
          {
            ...asked,
            action: fromPage ? action + FROM_PAGE : action,
            ...(back !== undefined && { back }),
            inDialog,
          },
          visitor.texts,
        ),
      }),
      isAgain ? 422 : 200,
      inDialog && isAgain ? IN_DIALOG : {},
    )
  }
}
