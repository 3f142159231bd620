import { Elysia } from 'elysia'
import { z } from 'zod'
import { AUDIT_FORMATS } from '../../app/audit-export.ts'
import { ERASABLE, erase } from '../../app/erase.ts'
import { exportPerson } from '../../app/export-person.ts'
import { UserError } from '../../engine/user-error.ts'
import { faultText } from '../../messages/fault-text.ts'
import { type Visitor, withVisitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { actorOf } from '../sign-in/identity.ts'
import { htmlResponse } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { question } from '../view/question.ts'
import { plainText } from '../view/value.ts'
import { dataView, type DataNotice } from './data-view.ts'
import { auditResponse, streamed } from './streams.ts'

const SENT = z.object({
  what: z.enum(ERASABLE),
  subject: z.string().trim().min(1).max(300),
  sure: z.string().optional(),
})
const DAY = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .transform((day) => Date.parse(`${day}T00:00:00Z`))
  .refine((at) => !Number.isNaN(at))
  .optional()
  .catch(undefined)
const RANGE = z.object({ format: z.enum(AUDIT_FORMATS).catch('csv'), since: DAY, until: DAY })

/** Data of people: erasing and export, for admins; and the audit as a file. */
export function dataPages(context: AdminContext) {
  const { bot, db, assets, cache } = context
  return (
    new Elysia()
      .use(withVisitor())
      .get('/data', ({ visitor }) => show(visitor))
      .post(
        '/data/erase',
        async ({ visitor, request, body: { what, subject, sure } }) => {
          const { dataPage: said } = visitor.texts
          if (sure === undefined) {
            const main = question(
              {
                title: said.sureTitle(`${said.kinds[what]} “${plainText(subject)}”`),
                text: said.sureText,
                action: '/data/erase',
                hidden: { what, subject, sure: 'yes' },
                yes: said.erase,
                isDanger: true,
                back: '/data',
                isOverPage: false,
              },
              visitor.texts,
            )
            return htmlResponse(page(assets, visitor, { title: said.erase, isNarrow: true, main }))
          }
          try {
            const receipt = await erase(bot, actorOf(request), what, subject)
            cache.changed()
            return show(visitor, { receipt })
          } catch (fault) {
            if (!(fault instanceof UserError)) throw fault
            return show(visitor, { fault: faultText(fault, visitor.texts), typed: { what, subject } }, 422)
          }
        },
        { body: SENT },
      )
      // Not a read: the audit says who has taken it.
      .post(
        '/data/person',
        async ({ request, body: { person } }) =>
          streamed(await exportPerson(bot, actorOf(request), person), 'rowbot-person.json'),
        { body: z.object({ person: z.string().trim().min(1).max(300) }) },
      )
      .get('/audit/export', ({ query: { format, ...range } }) => auditResponse(db, format, range), {
        query: RANGE,
      })
  )

  function show(visitor: Visitor, notice: DataNotice = {}, status = 200): Response {
    const main = dataView(notice, visitor)
    return htmlResponse(page(assets, visitor, { title: visitor.texts.dataPage.title, main }), status)
  }
}
