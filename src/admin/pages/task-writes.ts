import { Elysia } from 'elysia'
import { z } from 'zod'
import { listErrorGroups } from '../../db/error-groups.ts'
import { countInFlight } from '../../db/task-facts.ts'
import type { ListedTask } from '../../db/task-list.ts'
import { identityOf } from '../auth/identity.ts'
import { resultResponse } from '../download.ts'
import { Fault } from '../fault.ts'
import { findTaskFacts } from '../live/task-page-facts.ts'
import { localPath } from '../local-path.ts'
import type { Surroundings } from '../options.ts'
import { actOn, type TaskAct } from '../task-acts.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { type Question, question } from '../view/question.ts'
import { type Visitor, visiting } from '../visitor.ts'
import { ROW_PARAMS } from './task.ts'
import { groupKey } from './task-query.ts'

const BACK = z.object({ back: z.string().default('') })
const GROUP = z.object({ error: z.string().max(40).optional() })
const FORMAT = z.object({ format: z.enum(['xlsx', 'csv']).default('xlsx') })
const GROUPS_KNOWN = 500

/** What a person does with a task: questions first where it cannot simply be undone, then the act, then the page again. */
export function taskWrites(around: Surroundings) {
  const { db, assets, tasks } = around
  return new Elysia()
    .use(visiting())
    .get('/batch/:id/stop', async ({ visitor, params: { id } }) =>
      ask(visitor, await stopQuestion(visitor, await find(id))),
    )
    .get('/batch/:id/delete', async ({ visitor, params: { id } }) =>
      ask(visitor, deleteQuestion(visitor, await find(id))),
    )
    .get(
      '/batch/:id/retry',
      async ({ visitor, params: { id }, query }) =>
        ask(visitor, await retryQuestion(visitor, await find(id), query.error)),
      { query: GROUP },
    )
    .post(
      '/batch/:id/pause',
      ({ params, body, request }) => act(request, params.id, { act: 'pause' }, body.back),
      {
        body: BACK,
      },
    )
    .post(
      '/batch/:id/resume',
      ({ params, body, request }) => act(request, params.id, { act: 'resume' }, body.back),
      {
        body: BACK,
      },
    )
    .post('/batch/:id/stop', ({ params, request }) => act(request, params.id, { act: 'stop' }))
    .post('/batch/:id/delete', ({ params, request }) => act(request, params.id, { act: 'delete' }, '/batch'))
    .post(
      '/batch/:id/retry',
      async ({ params: { id }, body, request }) => {
        const error = body.error ? (await groupOf(id, body.error)).message : undefined
        return act(request, id, { act: 'retry', ...(error !== undefined && { error }) })
      },
      { body: GROUP },
    )
    .post(
      '/batch/:id/rows/:row/retry',
      ({ params: { id, row }, request }) => act(request, id, { act: 'retry', rows: [row] }),
      { params: ROW_PARAMS },
    )
    .get(
      '/batch/:id/download',
      async ({ params: { id }, query: { format } }) => resultResponse(await find(id), format, tasks),
      {
        query: FORMAT,
      },
    )

  function find(id: string): Promise<ListedTask> {
    return findTaskFacts(id, around)
  }

  async function act(request: Request, id: string, asked: TaskAct, back = ''): Promise<Response> {
    const identity = identityOf(request)
    if (!identity) throw new Error('the guard has let in somebody unknown')
    await actOn(around, { identity, face: 'page' }, id, asked)
    return seeOther(localPath(back) ?? `/batch/${id}`)
  }

  function ask(visitor: Visitor, asked: Question): Response {
    const { words } = visitor
    return htmlResponse(
      page(assets, visitor, {
        title: asked.title,
        tab: 'tasks',
        isNarrow: true,
        main: question(asked, words),
      }),
    )
  }

  async function stopQuestion({ words }: Visitor, task: ListedTask): Promise<Question> {
    const { confirm } = words.page
    const inFlight = await countInFlight(db, task.id)
    return {
      title: confirm.stopTitle(task.name),
      text: confirm.stop(inFlight, Math.max(0, task.counts.left - inFlight), task.counts.succeeded),
      action: `/batch/${task.id}/stop`,
      yes: confirm.yesStop,
      isDanger: true,
      back: `/batch/${task.id}`,
    }
  }

  async function retryQuestion(
    { words }: Visitor,
    task: ListedTask,
    key: string | undefined,
  ): Promise<Question> {
    const { confirm } = words.page
    const count = key === undefined ? task.counts.failed : (await groupOf(task.id, key)).count
    return {
      title: confirm.retryTitle(task.name),
      text: confirm.retry(count),
      action: `/batch/${task.id}/retry`,
      ...(key !== undefined && { hidden: { error: key } }),
      yes: confirm.yesRetry,
      isDanger: false,
      back: `/batch/${task.id}`,
    }
  }

  function deleteQuestion({ words }: Visitor, task: ListedTask): Question {
    const { confirm } = words.page
    return {
      title: confirm.deleteTitle(task.name),
      text: confirm.delete(task.counts.total, task.counts.succeeded),
      action: `/batch/${task.id}/delete`,
      yes: confirm.yesDelete,
      isDanger: true,
      back: `/batch/${task.id}`,
    }
  }

  async function groupOf(id: string, key: string) {
    const group = (await listErrorGroups(db, id, GROUPS_KNOWN)).find(
      ({ message }) => groupKey(message) === key,
    )
    if (group) return group
    throw new Fault('conflict', 'No row fails with this error any more.', 'Look at the task again.')
  }
}
