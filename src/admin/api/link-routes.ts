import { Elysia } from 'elysia'
import { z } from 'zod'
import { endLink, linksOf } from '../../app/result-links.ts'
import type { AdminContext } from '../options.ts'
import { faults, programOf, requireTask } from './requests.ts'
import { TASK_ID } from './shapes.ts'

const LINK_ID = TASK_ID.extend({ link_id: z.string() })
const LINK = z.object({
  link_id: z.string(),
  for: z.string().describe('the name of the person whom it was made for'),
  made_at: z.iso.datetime(),
  ends_at: z.iso.datetime(),
})

/** Links with which people in chats get results that are too large for them. */
export function linkRoutes(context: AdminContext) {
  const { bot, cache } = context
  return new Elysia()
    .get(
      '/api/batch/:task_id/links',
      async ({ params: { task_id } }) => {
        await requireTask(task_id, context)
        const links = await linksOf(context, task_id)
        return links.map(({ id, personName, madeAt, endsAt }) => ({
          link_id: id,
          for: personName,
          made_at: new Date(madeAt).toISOString(),
          ends_at: new Date(endsAt).toISOString(),
        }))
      },
      {
        params: TASK_ID,
        response: { 200: z.array(LINK), ...faults(404) },
        detail: {
          tags: ['Tasks'],
          summary: 'Links to the result',
          description:
            'That have not ended. They were sent to people whose chat does not take the file; their addresses are secret.',
        },
      },
    )
    .delete(
      '/api/batch/:task_id/links/:link_id',
      async ({ params: { task_id, link_id }, request }) => {
        await endLink(bot, programOf(request), task_id, link_id)
        cache.changed(task_id)
        return { ended: true as const, link_id }
      },
      {
        params: LINK_ID,
        response: { 200: z.object({ ended: z.literal(true), link_id: z.string() }), ...faults(404, 409) },
        detail: {
          tags: ['Tasks'],
          summary: 'End a link',
          description: 'At once. 409: it has ended already.',
        },
      },
    )
}
