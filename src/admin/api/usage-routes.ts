import { Elysia } from 'elysia'
import { z } from 'zod'
import { say } from '../../engine/sentence.ts'
import { changeMonthLimit, usageOf } from '../../app/usage.ts'
import { usageCsv } from '../../app/usage-csv.ts'
import { MONTH, monthOf } from '../../engine/month.ts'
import { monthLimitText, parseMonthLimit } from '../../engine/month-limit.ts'
import { attachment } from '../http/download.ts'
import { asMessage } from '../http/wrong-fields.ts'
import type { AdminContext } from '../options.ts'
import { bodyOf } from './names.ts'
import { BINARY, faults, programOf } from './requests.ts'
import { MONEY_SUM } from './shapes.ts'
import { sumJson } from './to-json.ts'

const count = () => z.number().int().nonnegative()
const ASKED = z.object({
  month: z
    .union([z.string().regex(MONTH), z.literal('all')])
    .optional()
    .describe('such as 2026-11, in UTC, or all; default: this month'),
})
const OF = z.enum(['workflow', 'person'])
const LIMIT_TEXT = z.string().max(100).describe('50 USD, or 200000 tokens')

const LINE = z
  .object({
    month: z.string(),
    workflow_id: z.string(),
    workflow: z.string().nullable().describe('null: it has been removed'),
    person_id: z.string(),
    person: z.string(),
    tasks: count(),
    rows: count().describe('called for the first time'),
    calls: count().describe('all that ran: those of failed rows, retries and recovered ones, too'),
    tokens: count(),
    prices: z.array(MONEY_SUM).describe('one sum for each currency'),
    calls_without_price: count().describe('that have cost something that nobody told'),
  })
  .meta({ id: 'UsageLine' })

const LIMIT = z
  .object({ of: OF, id: z.string(), name: z.string(), per_month: LIMIT_TEXT })
  .meta({ id: 'MonthLimit' })

const SENT = bodyOf({
  of: OF,
  id: z.string().min(1).max(300).describe('of the workflow or the person, as usage has it'),
  per_month: LIMIT_TEXT.transform(parseMonthLimit)
    .refine((limit) => limit !== undefined, asMessage(say('must-be-month-limit')))
    .nullable()
    .describe('50 USD, or 200000 tokens; null: no limit'),
})

const detail = (summary: string, description: string) => ({ tags: ['Usage'], summary, description })

/** Who has spent what, and how much they may. */
export function usageRoutes(context: AdminContext) {
  const { db, bot, cache, clock } = context
  return new Elysia()
    .get(
      '/api/usage',
      async ({ query: { month } }) => {
        const usage = await usageOf(context, month)
        return {
          month: usage.month ?? null,
          items: usage.lines.map((line) => ({
            month: line.month,
            workflow_id: line.workflowId,
            workflow: line.workflow ?? null,
            person_id: line.personKey,
            person: line.person,
            tasks: line.tasks,
            rows: line.rows,
            calls: line.calls,
            tokens: line.tokens,
            prices: line.prices.map(sumJson),
            calls_without_price: line.unpriced,
          })),
          limits: usage.limits.map(({ of, subject, name, limit }) => ({
            of,
            id: subject,
            name,
            per_month: monthLimitText(limit),
          })),
        }
      },
      {
        query: ASKED,
        response: {
          200: z.object({ month: z.string().nullable(), items: z.array(LINE), limits: z.array(LIMIT) }),
        },
        detail: detail('What was spent', 'By month, workflow and person; with the limits a month.'),
      },
    )
    .get(
      '/api/usage.csv',
      async ({ query: { month = monthOf(clock.now()) } }) => {
        const csv = await usageCsv(db, month === 'all' ? undefined : month)
        return attachment(new Blob([csv]), `rowbot-usage-${month}.csv`)
      },
      {
        query: ASKED,
        detail: {
          ...detail(
            'What was spent, as CSV',
            'A line for each month, workflow and person; one more for each further currency.',
          ),
          responses: { 200: { description: 'the file', content: { 'text/csv': BINARY } } },
        },
      },
    )
    .put(
      '/api/usage/limits',
      async ({ body: { of, id, per_month }, request }) => {
        const { name } = await changeMonthLimit(
          bot,
          programOf(request),
          { of, subject: id },
          per_month ?? null,
        )
        cache.changed()
        return { of, id, name, per_month: per_month ? monthLimitText(per_month) : null }
      },
      {
        body: SENT,
        response: { 200: LIMIT.extend({ per_month: LIMIT_TEXT.nullable() }), ...faults(409) },
        detail: detail(
          'Set what a workflow or a person may cost a month',
          'At a used-up limit no task of theirs starts, is resumed or retried until the next month. 409: nobody has this id.',
        ),
      },
    )
}
