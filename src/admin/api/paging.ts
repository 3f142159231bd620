import { z } from 'zod'

const MOST_A_PAGE = 200
const MOST_PAGES = 1_000_000

export const PAGING = {
  page: z.coerce.number().int().min(1).max(MOST_PAGES).default(1).describe('from 1'),
  page_size: z.coerce.number().int().min(1).max(MOST_A_PAGE).default(50),
}

/** A list, as a repeated field or with commas: `status=failed&status=running` or `status=failed,running`. */
export function several<const T extends readonly [string, ...string[]]>(of: T) {
  return z
    .preprocess(
      (given) =>
        given === undefined
          ? undefined
          : [given].flat().flatMap((one) => (typeof one === 'string' ? one.split(',') : [one])),
      z.array(z.enum(of)).max(of.length * 2),
    )
    .optional()
    .describe('one or several, repeated or with commas')
}

export const SEARCH = z.string().max(200).optional()

/** One page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    total: z.number().int().describe('of all pages'),
    page: z.number().int(),
    page_size: z.number().int(),
  })
}

export function at({ page, page_size }: { page: number; page_size: number }) {
  return { limit: page_size, offset: (page - 1) * page_size }
}
