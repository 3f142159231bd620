import { z } from 'zod'
import type { Workflow } from '../../engine/workflow.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import type { Note } from './card.ts'

const NOTICES = [
  'added',
  'existing',
  'samples',
  'synced',
  'checked',
  'changed',
  'key',
  'limit',
  'enable',
  'disable',
  'access',
  'outputs',
  'console',
  'removed',
] as const
export type Notice = (typeof NOTICES)[number]

/** What was done, as a code: we never show a sentence taken from a URL. */
export const NOTICE_QUERY = z.object({
  notice: z.enum(NOTICES).optional().catch(undefined),
  of: z.string().max(100).optional().catch(undefined),
})

/**
 * Back to the list, at the workflow that was changed, or to its own page.
 * @param from of the request by which it was changed
 */
export function noticePath(notice: Notice, of?: string, from?: Request): string {
  if (of === undefined) return `/workflows?notice=${notice}`
  if (from && isFromPage(from))
    return `/workflows/${encodeURIComponent(of)}?${new URLSearchParams({ notice, of }).toString()}`
  return `/workflows?${new URLSearchParams({ notice, of }).toString()}#w-${of}`
}

/** What the page of one workflow adds to the address of what is done there, so that it leads back to that page. */
export const FROM_PAGE = '?from=page'

export function isFromPage({ url }: Request): boolean {
  return new URL(url).searchParams.get('from') === 'page'
}

export function noticeOf(
  { notice, of }: z.output<typeof NOTICE_QUERY>,
  workflows: Pick<Workflow, 'id' | 'name'>[],
  { workflowsPage }: Texts,
): (Note & { of?: string }) | undefined {
  if (notice === undefined) return undefined
  const said = workflowsPage.notices[notice]
  if (typeof said === 'string') return { text: said, isFault: false }
  const workflow = workflows.find(({ id }) => id === of)
  return workflow && { text: said(workflow.name), isFault: false, of: workflow.id }
}
