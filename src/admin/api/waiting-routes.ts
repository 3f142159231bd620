import { Elysia } from 'elysia'
import { bodyOf } from './names.ts'
import { z } from 'zod'
import { answerForm } from '../../app/answer-form.ts'
import { listWaitingForms, type WaitingForm } from '../../app/waiting-rows.ts'
import { countOpenForms, findForm } from '../../db/rows/forms.ts'
import { FIELD_TYPES } from '../../engine/form.ts'
import { HttpFault } from '../http/fault.ts'
import type { AdminContext } from '../options.ts'
import { faults, programOf, requireTask } from './requests.ts'
import { TASK_ID } from './shapes.ts'
import { inEnglish, say } from '../../engine/sentence.ts'

const MAX_FORMS = 1_000

const count = () => z.number().int()

const WAITING_FORM = z
  .object({
    form_id: z.string(),
    row: count().describe('row of the sheet'),
    title: z.string().describe('of the node that asks'),
    text: z.string().describe('Markdown, with the row’s values. They are not escaped'),
    fields: z.array(
      z.object({
        name: z.string(),
        type: z.enum(FIELD_TYPES),
        value: z.string().describe('what it contains at first'),
        options: z.array(z.string()).describe('of a select'),
      }),
    ),
    actions: z.array(z.object({ id: z.string(), title: z.string() })).describe('the ways to answer'),
    asked_at: z.string().describe('ISO 8601'),
    expires_at: z.string().nullable().describe('ISO 8601; null: Dify does not say'),
    alike: count().describe('how many forms of the task ask the same, this one included'),
    is_answering: z.boolean().describe('an answer is on its way to Dify'),
    only_in_dify: z.boolean().describe('it cannot be answered from here'),
  })
  .meta({ id: 'WaitingForm' })

const LIST = z.object({
  items: z.array(WAITING_FORM).describe('the oldest first, 1,000 at most'),
  total: count(),
})

const ANSWER = bodyOf({
  action: z.string().max(1_000).describe('id of one of the actions'),
  inputs: z
    .record(z.string().max(1_000), z.string().max(100_000))
    .optional()
    .describe('by the fields’ names; a field that is not given contains what it does at first'),
  for_all_alike: z.boolean().optional().describe('the same answer for every form that asks the same'),
})

const ANSWERED = z.object({
  action: z.string().describe('title of the action'),
  rows: z.array(count()).describe('rows that it was given for'),
  others: z
    .array(z.object({ row: count(), error: z.string() }))
    .describe('rows that ask the same, where it could not be given'),
})

const PARAMS = TASK_ID.extend({ form_id: z.string().max(64) })

/** Rows that wait for a person, and answers to them. */
export function waitingApi(context: AdminContext) {
  const { db, bot, cache } = context
  return new Elysia()
    .get(
      '/api/batch/:task_id/waiting',
      async ({ params }) => {
        const { id } = await requireTask(params.task_id, context)
        const forms = await listWaitingForms({ db }, id, { limit: MAX_FORMS })
        return { items: forms.map(formJson), total: await countOpenForms(db, id) }
      },
      {
        params: TASK_ID,
        response: { 200: LIST, ...faults(404) },
        detail: { tags: ['Rows'], summary: 'What rows wait for a person to answer' },
      },
    )
    .post(
      '/api/batch/:task_id/waiting/:form_id',
      async ({ params, body, request }) => {
        const { id } = await requireTask(params.task_id, context)
        const form = await findForm(db, params.form_id)
        if (form?.taskId !== id) throw new HttpFault('not_found', say('no-such-form'))
        const { action, inputs, for_all_alike: forAllAlike } = body
        const asked = { formId: form.id, action, inputs, forAllAlike }
        const { action: title, rows, others } = await answerForm(bot, programOf(request), asked)
        cache.changed(id)
        return {
          action: title,
          rows,
          others: others.map(({ row, error }) => ({ row, error: inEnglish(error) })),
        }
      },
      {
        params: PARAMS,
        body: ANSWER,
        response: { 200: ANSWERED, ...faults(404, 409) },
        detail: {
          tags: ['Rows'],
          summary: 'Answer for a row that waits',
          description:
            'Of several answers at once, one is taken; the others are answered 409, and nothing is changed by them. The row then goes on by itself.',
        },
      },
    )
}

function formJson(form: WaitingForm): z.output<typeof WAITING_FORM> {
  return {
    form_id: form.id,
    row: form.row,
    title: form.nodeTitle,
    text: form.text,
    fields: form.fields.map(({ name, type, initial, options }) => ({ name, type, value: initial, options })),
    actions: form.actions.map(({ id, title }) => ({ id, title })),
    asked_at: new Date(form.askedAt).toISOString(),
    expires_at: form.expiresAt === null ? null : new Date(form.expiresAt).toISOString(),
    alike: form.alike,
    is_answering: form.isAnswering,
    only_in_dify: form.isOnlyInDify,
  }
}
