import { say } from '../../engine/sentence.ts'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { listErrorGroups } from '../../db/rows/error-groups.ts'
import { versionOfRows } from '../../db/rows/row-states.ts'
import { countInFlight } from '../../db/stats/task-facts.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Actor } from '../../app/actor.ts'
import {
  deleteTask,
  fetchTaskFiles,
  pauseTask,
  resumeTask,
  retryTask,
  runAgain,
  stopTask,
  type RetryOf,
  type TaskApp,
} from '../../app/tasks.ts'
import { endLink } from '../../app/result-links.ts'
import { actorOf } from '../sign-in/identity.ts'
import { findComparison, otherOf } from '../../db/tasks/comparisons.ts'
import { requireCompared } from '../../app/comparison.ts'
import { comparisonResponse, DOWNLOAD_FORMAT, resultResponse } from '../http/download.ts'
import { HttpFault } from '../http/fault.ts'
import { findTaskFacts, flaggedOf } from './facts.ts'
import { localPath } from '../http/guard.ts'
import type { AdminContext } from '../options.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { type Question, question } from '../view/question.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { requesterOf, type Visitor, withVisitor } from '../http/visitor.ts'
import { ROW_PARAMS } from './row-page.ts'
import { groupKey } from './task-query.ts'
import { raiseLimit } from '../../app/change-limit.ts'

const BACK = z.object({ back: z.string().default('') })
const SEEN_ROWS = BACK.extend({ version: z.string().max(64).optional() })
const ABOUT = BACK.extend({ error: z.string().max(40).optional() })
/** `ended`: when the task had ended, as it was asked about. */
const RETRY = ABOUT.extend({ ended: z.coerce.number().int().optional() })
const CHOSEN_AT_MOST = 100_000
/** Row numbers: a field for each, or several in one. */
const CHOSEN = z.object({
  back: z.string().default(''),
  version: z.string().max(64).optional(),
  row: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((sent) =>
      [sent ?? []]
        .flat()
        .flatMap((text) => text.split(','))
        .filter(Boolean)
        .map(Number),
    )
    .pipe(z.array(z.number().int().positive()).max(CHOSEN_AT_MOST)),
})
const FORMAT = z.object({ format: DOWNLOAD_FORMAT })
const MAX_GROUPS = 500

/** What a person does with a task: a question first if it cannot be undone, then the act, then the page again. */
export function taskWrites(context: AdminContext) {
  const { db, assets, bot, cache, wizard } = context
  return new Elysia()
    .use(withVisitor())
    .get('/batch/:id/stop', ({ visitor, params, query }) => ask(visitor, params.id, query, stopQuestion), {
      query: BACK,
    })
    .get(
      '/batch/:id/delete',
      ({ visitor, params, query }) => ask(visitor, params.id, query, deleteQuestion),
      {
        query: BACK,
      },
    )
    .get('/batch/:id/retry', ({ visitor, params, query }) => ask(visitor, params.id, query, retryQuestion), {
      query: ABOUT,
    })
    .get('/batch/:id/again', ({ visitor, params, query }) => ask(visitor, params.id, query, againQuestion), {
      query: BACK,
    })
    .post(
      '/batch/:id/again',
      ({ params, body, request }) =>
        act(
          request,
          params.id,
          (app, actor, id) => runAgain(app, actor, id, undefined, { version: body.version }),
          body,
        ),
      { body: SEEN_ROWS },
    )
    .get(
      '/batch/:id/rows/again',
      async ({ visitor, params, query }) => {
        if (query.row.length > 0) return ask(visitor, params.id, query, chosenQuestion)
        // The button needs a choice; without script it is there all the same.
        const { id } = await findTaskFacts(params.id, context)
        return seeOther(`/batch/${id}#rows`)
      },
      { query: CHOSEN },
    )
    .post(
      '/batch/:id/rows/again',
      ({ params, body, request }) =>
        act(
          request,
          params.id,
          (app, actor, id) => runAgain(app, actor, id, body.row, { version: body.version }),
          body,
        ),
      { body: CHOSEN },
    )
    .post(
      '/batch/:id/rows/:row/again',
      ({ params: { id, row }, body, request }) =>
        act(request, id, (app, actor) => runAgain(app, actor, id, [row], { version: body.version }), body),
      { params: ROW_PARAMS, body: SEEN_ROWS },
    )
    .post('/batch/:id/settings', async ({ visitor, params: { id } }) => {
      if (!visitor.canAct) throw new HttpFault('read_only', visitor.texts.newTask.entry.viewer)
      const answer = await wizard.again(requesterOf(visitor), id)
      if (answer.kind === 'show') return seeOther(`/batch/new/${answer.draftId}?step=parameters`)
      throw new HttpFault('conflict', visitor.texts.trial.choicesGone)
    })
    .post('/batch/:id/pause', ({ params, body, request }) => act(request, params.id, pauseTask, body), {
      body: BACK,
    })
    .post('/batch/:id/resume', ({ params, body, request }) => act(request, params.id, resumeTask, body), {
      body: BACK,
    })
    .post('/batch/:id/raise', ({ params, body, request }) => act(request, params.id, raiseLimit, body), {
      body: BACK,
    })
    .post('/batch/:id/stop', ({ params, body, request }) => act(request, params.id, stopTask, body), {
      body: BACK,
    })
    .post(
      '/batch/:id/delete',
      ({ params, body, request }) => act(request, params.id, deleteTask, body, '/batch'),
      {
        body: BACK,
      },
    )
    .post(
      '/batch/:id/retry',
      async ({ params: { id }, body, request }) => {
        const error = body.error ? (await groupOf(id, body.error)).message : undefined
        return act(request, id, retrying({ error, endedAt: body.ended }), body)
      },
      { body: RETRY },
    )
    .post(
      '/batch/:id/rows/:row/retry',
      ({ params: { id, row }, body, request }) =>
        act(request, id, retrying({ rows: [row], version: body.version }), body),
      { params: ROW_PARAMS, body: SEEN_ROWS },
    )
    .post('/batch/:id/fetch', ({ params, body, request }) => act(request, params.id, fetchTaskFiles, body), {
      body: BACK,
    })
    .post(
      '/batch/:id/rows/:row/fetch',
      ({ params: { id, row }, body, request }) =>
        act(request, id, (app, actor) => fetchTaskFiles(app, actor, id, { rows: [row] }), body),
      { params: ROW_PARAMS, body: BACK },
    )
    .post(
      '/batch/:id/links/:link/end',
      ({ params: { id, link }, body, request }) =>
        act(request, id, (app, actor) => endLink(app, actor, id, link), body),
      { body: BACK },
    )
    .get(
      '/batch/:id/download',
      async ({ params: { id }, query: { format } }) =>
        resultResponse(await findTaskFacts(id, context), format, context),
      { query: FORMAT },
    )
    .get('/batch/:id/comparison', async ({ params: { id } }) => {
      await findTaskFacts(id, context)
      return comparisonResponse(await requireCompared(context.db, id), 'xlsx', context)
    })

  async function act(
    request: Request,
    id: string,
    does: (bot: AdminContext['bot'], actor: Actor, id: string) => Promise<unknown>,
    { back }: { back: string },
    next = `/batch/${id}`,
  ): Promise<Response> {
    const pair = await findComparison(context.db, id) // before it may be deleted
    await does(bot, actorOf(request), id)
    cache.changed(id)
    if (pair) cache.changed(otherOf(pair, id))
    return seeOther(localPath(back) ?? next)
  }

  async function ask(visitor: Visitor, id: string, query: About, askAbout: AskAbout): Promise<Response> {
    const task = await findTaskFacts(id, context)
    const asked = {
      isOverPage: visitor.isOverPage,
      back: localPath(query.back) ?? `/batch/${id}`,
      ...(await askAbout(visitor.texts, task, query)),
    }
    return htmlResponse(
      page(assets, visitor, {
        title: asked.title,
        tab: 'tasks',
        isNarrow: true,
        main: question(asked, visitor.texts),
      }),
    )
  }

  async function stopQuestion({ page: { confirm } }: Texts, task: ListedTask): Promise<Asked> {
    const inFlight = await countInFlight(db, task.id)
    return {
      title: confirm.stopTitle(task.name),
      text: confirm.stop(inFlight, Math.max(0, task.counts.left - inFlight), task.counts.succeeded),
      action: `/batch/${task.id}/stop`,
      yes: confirm.yesStop,
      isDanger: true,
    }
  }

  async function retryQuestion(
    { page: { confirm } }: Texts,
    task: ListedTask,
    { error }: About,
  ): Promise<Asked> {
    const count = error === undefined ? task.counts.failed : (await groupOf(task.id, error)).count
    return {
      title: confirm.retryTitle(task.name),
      text: confirm.retry(count),
      action: `/batch/${task.id}/retry`,
      hidden: {
        ...(error !== undefined && { error }),
        ...(task.finishedAt !== null && { ended: String(task.finishedAt) }),
      },
      yes: confirm.yesRetry,
      isDanger: false,
    }
  }

  async function againQuestion({ page: { confirm } }: Texts, task: ListedTask): Promise<Asked> {
    const { rows } = await flaggedOf(task, context)
    return {
      title: confirm.againTitle(task.name),
      text: confirm.retry(rows.length),
      action: `/batch/${task.id}/again`,
      hidden: { version: await versionOfRows(db, task.id, rows) },
      yes: confirm.yesRetry,
      isDanger: false,
    }
  }

  async function chosenQuestion(
    { page: { confirm } }: Texts,
    task: ListedTask,
    { row = [] }: About,
  ): Promise<Asked> {
    // With it, a second click runs nothing, even if the rows have run by then.
    const version = await versionOfRows(db, task.id, row)
    return {
      title: confirm.againTitle(task.name),
      text: confirm.retry(row.length),
      action: `/batch/${task.id}/rows/again`,
      hidden: { row: row.join(','), version },
      yes: confirm.yesRetry,
      isDanger: false,
    }
  }

  function deleteQuestion({ page: { confirm } }: Texts, task: ListedTask, { back }: About): Promise<Asked> {
    return Promise.resolve({
      title: confirm.deleteTitle(task.name),
      text: confirm.delete(task.counts.total, task.counts.succeeded),
      action: `/batch/${task.id}/delete`,
      yes: confirm.yesDelete,
      isDanger: true,
      // The task’s own page no longer exists: back to the list.
      ...((back === '' || back.startsWith('/batch/')) && { back: '/batch', isOverPage: false }),
    })
  }

  async function groupOf(id: string, key: string) {
    const group = (await listErrorGroups(db, id, MAX_GROUPS)).find(({ message }) => groupKey(message) === key)
    if (group) return group
    throw new HttpFault('conflict', say('no-row-with-error'), say('do-look-at-task-again'))
  }
}

function retrying(of: RetryOf) {
  return (bot: TaskApp, actor: Actor, id: string) => retryTask(bot, actor, id, of)
}

type About = z.output<typeof ABOUT> & { row?: number[] }
type Asked = Omit<Question, 'back' | 'isOverPage'> & Partial<Pick<Question, 'back' | 'isOverPage'>>
type AskAbout = (texts: Texts, task: ListedTask, about: About) => Promise<Asked>
