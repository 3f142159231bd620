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

/** Back to the list, at the workflow that was changed. */
export function noticePath(notice: Notice, of?: string): string {
  if (of === undefined) return `/workflows?notice=${notice}`
  return `/workflows?${new URLSearchParams({ notice, of }).toString()}#w-${of}`
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
