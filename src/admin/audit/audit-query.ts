import { z } from 'zod'

export const AUDIT_A_PAGE = 50
const MAX_PAGE = 100_000

const optional = z
  .string()
  .max(200)
  .transform((text) => text || undefined)
  .optional()
  .catch(undefined)

// As a person may type it into the address bar: what means nothing filters nothing.
export const AUDIT_QUERY = z.object({
  who: optional,
  action: optional,
  face: optional,
  target: optional,
  page: z.coerce.number().int().min(1).max(MAX_PAGE).optional().catch(undefined),
})
export type AuditQuery = z.output<typeof AUDIT_QUERY>

export function isFiltered({ who, action, face, target }: AuditQuery): boolean {
  return [who, action, face, target].some((value) => value !== undefined)
}

/** The address of the list with something else in its filter. From another filter, its first page is shown. */
export function auditPath(query: AuditQuery, change: { who?: string; page?: number }): string {
  const next = { ...query, page: undefined, ...change }
  const params = new URLSearchParams()
  for (const key of ['who', 'action', 'face', 'target', 'page'] as const) {
    const value = next[key]
    if (value !== undefined && value !== '' && value !== 1) params.set(key, String(value))
  }
  const text = params.toString()
  return text === '' ? '/audit' : `/audit?${text}`
}
