import { z } from 'zod'

/* The parts of the console's answers that we use. Unknown fields are ignored. */

/** They go into paths. */
const uuid = z.string().regex(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i)
const words = z.string().nullish().catch(undefined)

export const AppsPage = z.object({
  data: z.array(z.object({ id: uuid, name: z.string(), mode: words, description: words })),
  has_more: z.boolean().nullish().catch(undefined),
})

export const NewKey = z.object({ id: uuid, token: z.string().min(1).max(500) })

export const Keys = z.object({
  data: z.array(
    NewKey.extend({
      /** seconds since 1970 */
      created_at: z
        .number()
        .nullish()
        .catch(undefined)
        .transform((at) => at ?? 0),
    }),
  ),
})
