import { Elysia } from 'elysia'
import { z } from 'zod'
import { editOutputs, keepRow, NotEditable, resetRow, type SeenRow } from '../../app/reviews.ts'
import { WrongKind } from '../../engine/review.ts'
import { withVisitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { actorOf } from '../sign-in/identity.ts'
import { seeOther } from '../view/html.ts'
import { OUTPUT_FIELD } from './review-view.ts'
import { ROW_PARAMS, rowPage } from './row-page.ts'
import { besideOf, TASK_QUERY, taskPath, type TaskQuery } from './task-query.ts'

const REVIEW = z.object({ version: z.string().max(64) })

/** What a person says of a row’s answer on its page, which is shown again. */
export function reviewWrites(context: AdminContext) {
  const { bot, cache } = context
  return new Elysia()
    .use(withVisitor())
    .post(
      '/batch/:id/rows/:row/keep',
      async ({ params, query, body, request }) => {
        const seen = seenRow(params, body)
        await keepRow(bot, actorOf(request), seen)
        return done(seen, query)
      },
      { params: ROW_PARAMS, query: TASK_QUERY, body: REVIEW },
    )
    .post(
      '/batch/:id/rows/:row/reset',
      async ({ params, query, body, request }) => {
        const seen = seenRow(params, body)
        await resetRow(bot, actorOf(request), seen)
        return done(seen, query)
      },
      { params: ROW_PARAMS, query: TASK_QUERY, body: REVIEW },
    )
    .post(
      '/batch/:id/rows/:row/edit',
      async ({ visitor, params, query, body, request }) => {
        const seen = seenRow(params, body)
        const texts = textsIn(body)
        try {
          await editOutputs(bot, actorOf(request), seen, texts)
        } catch (fault) {
          if (!(fault instanceof WrongKind || fault instanceof NotEditable)) throw fault
          const { page, review } = visitor.texts
          const error =
            fault instanceof WrongKind
              ? `${fault.output}${page.marks.colon}${review.mustBe[fault.kind]}`
              : review.private.notEditable
          // With what was typed, so that it is not lost.
          return rowPage(context, visitor, { ...params, query: besideOf(query), typed: { texts, error } })
        }
        return done(seen, query)
      },
      { params: ROW_PARAMS, query: TASK_QUERY, body: REVIEW.catchall(z.unknown()) },
    )

  function done({ taskId, row }: SeenRow, query: TaskQuery): Response {
    cache.changed(taskId)
    return seeOther(taskPath(taskId, besideOf(query), {}, `/rows/${row}`))
  }
}

function seenRow({ id, row }: z.output<typeof ROW_PARAMS>, { version }: z.output<typeof REVIEW>): SeenRow {
  return { taskId: id, row, version }
}

function textsIn(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(body).flatMap(([field, value]): [string, string][] =>
      field.startsWith(OUTPUT_FIELD) && typeof value === 'string'
        ? [[field.slice(OUTPUT_FIELD.length), value.replaceAll('\r\n', '\n')]]
        : [],
    ),
  )
}
