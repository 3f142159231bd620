import { Elysia } from 'elysia'
import { z } from 'zod'
import { changeMonthLimit, usageOf } from '../../app/usage.ts'
import { usageCsv } from '../../app/usage-csv.ts'
import { type LimitSubject, listMonthLimits } from '../../db/usage/month-limits.ts'
import { listSpenders } from '../../db/usage/usage-report.ts'
import { findWorkflow, listWorkflows } from '../../db/workflows/workflows.ts'
import { MONTH, monthOf } from '../../engine/month.ts'
import { type MonthLimit, monthLimitText, parseMonthLimit } from '../../engine/month-limit.ts'
import { attachment } from '../http/download.ts'
import { withVisitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { actorOf } from '../sign-in/identity.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { plainText } from '../view/value.ts'
import { asking } from '../workflows/form-routes.ts'
import { limitForm, usageView } from './usage-view.ts'

// People may edit the address: what is invalid is ignored.
const QUERY = z.object({
  month: z
    .union([z.string().regex(MONTH), z.literal('all')])
    .optional()
    .catch(undefined),
})
const SUBJECT = z.object({
  of: z.enum(['workflow', 'person']).catch('workflow'),
  subject: z.string().max(300).catch(''),
})
const SENT = z.object({ perMonth: z.string().max(100).default('') })

interface Found {
  name: string
  limit: MonthLimit | undefined
}

/** What was spent, by month, workflow and person; a viewer may look. And the limits a month, which admins set. */
export function usagePages(context: AdminContext) {
  const { db, bot, assets, clock, cache } = context
  const ask = asking(context)
  return new Elysia()
    .use(withVisitor())
    .get(
      '/usage',
      async ({ visitor, query: { month } }) => {
        const usage = await usageOf(context, month)
        const all = month === 'all' ? usage : await usageOf(context, 'all')
        const thisMonth = monthOf(clock.now())
        const main = usageView(
          {
            usage,
            months: [...new Set([thisMonth, ...all.lines.map((line) => line.month)])],
            thisMonth,
            workflows: await listWorkflows(db),
          },
          visitor,
        )
        return htmlResponse(page(assets, visitor, { title: visitor.texts.usage.title, tab: 'usage', main }))
      },
      { query: QUERY },
    )
    .get(
      '/usage.csv',
      async ({ query: { month = monthOf(clock.now()) } }) => {
        const csv = await usageCsv(db, month === 'all' ? undefined : month)
        return attachment(new Blob([csv]), `rowbot-usage-${month}.csv`)
      },
      { query: QUERY },
    )
    .get(
      '/usage/limit',
      async ({ visitor, query, request }) => {
        const found = await find(query)
        if (!found) return seeOther('/usage')
        const { name, limit } = found
        const typed = limit ? monthLimitText(limit) : ''
        return ask(visitor, request, limitForm({ ...query, name, typed }, visitor.texts))
      },
      { query: SUBJECT },
    )
    .post(
      '/usage/limit',
      async ({ visitor, query, request, body: { perMonth } }) => {
        const found = await find(query)
        if (!found) return seeOther('/usage')
        const { name } = found
        const limit = perMonth.trim() === '' ? null : parseMonthLimit(perMonth)
        if (limit === undefined)
          return ask(
            visitor,
            request,
            limitForm({ ...query, name, typed: perMonth, isWrong: true }, visitor.texts),
          )
        await changeMonthLimit(bot, actorOf(request), query, limit)
        cache.changed()
        return seeOther('/usage')
      },
      { query: SUBJECT, body: SENT },
    )

  /** Undefined: the workflow has been removed, or nobody has this id. */
  async function find({ of, subject }: LimitSubject): Promise<Found | undefined> {
    const limit = (await listMonthLimits(db)).find((one) => one.of === of && one.subject === subject)
    const name =
      of === 'workflow'
        ? (await findWorkflow(db, subject))?.name
        : (await listSpenders(db)).find(({ key }) => key === subject)?.name
    if (name === undefined && !limit) return undefined
    return { name: plainText(name ?? limit?.name ?? ''), limit: limit?.limit }
  }
}
