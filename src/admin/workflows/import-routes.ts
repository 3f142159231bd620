import { Elysia } from 'elysia'
import { z } from 'zod'
import { importApps, listImportable, type DifyWorkspace } from '../../app/import-workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import { faultParts } from '../../messages/fault-text.ts'
import { withVisitor, type Visitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { actorOf } from '../sign-in/identity.ts'
import { htmlResponse, type Html } from '../view/html.ts'
import { page } from '../view/layout.ts'
import type { FormFault } from './form.ts'
import { asking } from './form-routes.ts'
import { importChoice, importForm, importResult } from './import-view.ts'
import { openWorkspace, sealWorkspace } from './sealed-workspace.ts'

const text = z.string().max(500).default('')
const SERVER_SENT = z.object({ url: text, adminKey: text, workspace: text })
const CHOICE_SENT = z.object({
  sealed: z.string().max(8_000).default(''),
  app: z.union([text, z.array(text)]).transform((sent) => [sent].flat().filter((id) => id !== '')),
  all: text,
})

/** Apps of a Dify server: where it is, which of its apps, what came of each. */
export function workflowImportPages(context: AdminContext) {
  const { bot, assets, cache, clock } = context
  const difyUrl = isDifyCloud(context.difyUrl) ? '' : context.difyUrl
  const ask = asking(context)
  return new Elysia()
    .use(withVisitor())
    .get('/workflows/import', ({ visitor, request }) =>
      ask(visitor, request, importForm({ url: difyUrl, workspace: '' }, visitor.texts, undefined)),
    )
    .post(
      '/workflows/import',
      async ({ visitor, request, body: typed }) => {
        const server = { baseUrl: typed.url, adminKey: typed.adminKey, workspaceId: typed.workspace }
        const { texts } = visitor
        const again = (fault: FormFault) =>
          ask(visitor, request, importForm(typedAgain(typed, difyUrl), texts, fault))
        const missing = (['url', 'adminKey', 'workspace'] as const).find((name) => typed[name].trim() === '')
        if (missing !== undefined)
          return again({ field: missing, message: texts.workflowImport.fieldMissing })
        try {
          return await choose(visitor, request, server, undefined)
        } catch (fault) {
          if (!(fault instanceof UserError)) throw fault
          return again(faultParts(fault, texts))
        }
      },
      { body: SERVER_SENT },
    )
    .post(
      '/workflows/import/add',
      async ({ visitor, request, body: { sealed, app: chosen, all } }) => {
        const { texts } = visitor
        const server = openWorkspace(bot.box, sealed, clock.now())
        const again = (fault: FormFault, url = difyUrl, workspace = '') =>
          ask(visitor, request, importForm({ url, workspace }, texts, fault))
        if (!server) return again({ field: 'adminKey', message: texts.workflowImport.expired })
        try {
          if (all === '' && chosen.length === 0)
            return await choose(visitor, request, server, texts.workflowImport.nothingChosen)
          const imported = await importApps(bot, actorOf(request), server, all === '' ? chosen : 'all')
          cache.changed()
          return show(visitor, texts.workflowImport.resultTitle, importResult(imported, { sealed }, texts))
        } catch (fault) {
          if (!(fault instanceof UserError)) throw fault
          return again(faultParts(fault, texts), server.baseUrl, server.workspaceId)
        }
      },
      { body: CHOICE_SENT },
    )

  async function choose(
    visitor: Visitor,
    request: Request,
    server: DifyWorkspace,
    fault: string | undefined,
  ): Promise<Response> {
    const found = await listImportable(bot, actorOf(request), server)
    const sealed = sealWorkspace(bot.box, { ...server, baseUrl: found.baseUrl }, clock.now())
    const main = importChoice(found, { sealed, fault }, visitor.texts)
    return show(visitor, visitor.texts.workflowImport.title, main, fault === undefined ? 200 : 422)
  }

  /** Its address has no GET page that shows the same, so links back lead to the form. */
  function show(visitor: Visitor, title: string, main: Html, status = 200): Response {
    const at = { ...visitor, path: '/workflows/import' }
    return htmlResponse(page(assets, at, { title, tab: 'workflows', main }), status)
  }
}

/** It has no admin API key. */
function isDifyCloud(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname === 'api.dify.ai'
}

/** What is safe to show again: the key may have been pasted into a field beside its own. */
function typedAgain({ url, adminKey, workspace }: z.output<typeof SERVER_SENT>, difyUrl: string) {
  const key = adminKey.trim()
  const isSafe = (value: string) => key === '' || !value.includes(key)
  const isAddress = /^https?:\/\/[^@\s]+$/.test(url.trim())
  return {
    url: isAddress && isSafe(url) ? url : difyUrl,
    workspace: /^[\da-f-]{36}$/i.test(workspace.trim()) && isSafe(workspace) ? workspace : '',
  }
}
