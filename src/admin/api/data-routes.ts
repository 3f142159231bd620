import { Elysia } from 'elysia'
import { z } from 'zod'
import { ERASABLE, erase } from '../../app/erase.ts'
import { exportPerson } from '../../app/export-person.ts'
import { auditResponse, streamed } from '../data/streams.ts'
import type { AdminContext } from '../options.ts'
import { bodyOf } from './names.ts'
import { BINARY, faults, programOf } from './requests.ts'

const SUBJECT = z.string().trim().min(1).max(300)
const SENT = bodyOf({
  what: z.enum(ERASABLE),
  id: SUBJECT.describe('of the task or workflow; of a person the key, slack:TEAM:USER, or the name'),
})
export const RECEIPT = z
  .object({
    id: z.string().describe('the target of its line in the audit; of a person a pseudonym'),
    what: z.enum(ERASABLE),
    subject: z.string().describe('as asked for'),
    at: z.iso.datetime(),
    by: z.string(),
    erased: z
      .record(z.string(), z.number().int())
      .describe('how much of what: tasks, rows, drafts, audit, …'),
  })
  .meta({ id: 'Receipt' })
const TIME = z.iso
  .datetime()
  .transform((text) => Date.parse(text))
  .optional()
const RANGE = z.object({
  since: TIME.describe('from then on: 2026-11-01T00:00:00Z'),
  until: TIME.describe('before then'),
})
const detail = (summary: string, description: string) => ({ tags: ['Data'], summary, description })
const file = (type: string) => ({
  responses: { 200: { description: 'the file', content: { [type]: BINARY } } },
})

/** Data of people: erasing, export, and the audit as a file. */
export function dataRoutes({ bot, db, cache }: AdminContext) {
  return new Elysia()
    .post(
      '/api/erase',
      async ({ body: { what, id }, request }) => {
        const receipt = await erase(bot, programOf(request), what, id)
        cache.changed()
        return { ...receipt, at: new Date(receipt.at).toISOString() }
      },
      {
        body: SENT,
        response: { 200: RECEIPT, ...faults(404, 409) },
        detail: detail(
          'Erase a task, a person or a workflow',
          'With all that is kept of it; the answer is the receipt. 409: a task of it runs, or there is no such thing. For admins.',
        ),
      },
    )
    .post(
      '/api/people/export',
      async ({ body: { person }, request }) =>
        streamed(await exportPerson(bot, programOf(request), person), 'rowbot-person.json'),
      {
        body: bodyOf({ person: SUBJECT.describe('key, slack:TEAM:USER, or name') }),
        detail: {
          ...detail(
            'Export what is kept of a person',
            'One JSON object. A POST, because the audit notes it. For admins.',
          ),
          ...file('application/json'),
        },
      },
    )
    .get('/api/audit.csv', ({ query }) => auditResponse(db, 'csv', query), {
      query: RANGE,
      detail: { ...detail('The audit as CSV', 'Oldest first.'), ...file('text/csv') },
    })
    .get('/api/audit.jsonl', ({ query }) => auditResponse(db, 'jsonl', query), {
      query: RANGE,
      detail: { ...detail('The audit as lines of JSON', 'Oldest first.'), ...file('application/x-ndjson') },
    })
}
