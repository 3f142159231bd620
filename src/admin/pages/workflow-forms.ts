import { Elysia } from 'elysia'
import { findAccess } from '../../db/access.ts'
import { countTasksByWorkflow } from '../../db/workflows.ts'
import { UserError } from '../../engine/user-error.ts'
import { actorOf } from '../actor.ts'
import type { Surroundings } from '../options.ts'
import { seeOther } from '../view/html.ts'
import { plainWorkflow } from '../view/plain-text.ts'
import type { TypedAccess } from '../view/workflow-form.ts'
import { accessForm, limitForm, removeForm } from '../view/workflow-forms.ts'
import { visiting } from '../visitor.ts'
import { actOnWorkflow, findOneWorkflow } from '../workflow-acts.ts'
import { asking } from './asking.ts'
import { ACCESS_SENT, accessOf, LIMIT_SENT, limitOf } from './workflow-typed.ts'
import { toldPath } from './workflows-told.ts'

/** What is asked before a workflow is changed or removed. What was typed and is not right is shown again. */
export function workflowFormPages(around: Surroundings) {
  const { db } = around
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
        await actOnWorkflow(around, actorOf(request), id, { act: 'limit', limit })
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
        await actOnWorkflow(around, actorOf(request), id, { act: 'access', access: read.access })
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
        await actOnWorkflow(around, actorOf(request), id, { act: 'remove' })
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
