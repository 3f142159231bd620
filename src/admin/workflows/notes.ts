import { z } from 'zod'
import type { Workflow } from '../../engine/workflow.ts'
import type { Words } from '../../messages/texts/texts.ts'
import type { Note } from './card.ts'

const TOLD = [
  'added',
  'known',
  'samples',
  'synced',
  'checked',
  'changed',
  'key',
  'limit',
  'enable',
  'disable',
  'access',
  'removed',
] as const
export type Told = (typeof TOLD)[number]

/** What was done, as a code: no sentence is ever taken from an address. */
export const TOLD_QUERY = z.object({
  told: z.enum(TOLD).optional().catch(undefined),
  of: z.string().max(100).optional().catch(undefined),
})

/** Back to the list, at the workflow that it was done to. */
export function toldPath(told: Told, of?: string): string {
  if (of === undefined) return `/workflows?told=${told}`
  return `/workflows?${new URLSearchParams({ told, of }).toString()}#w-${of}`
}

export function toldNote(
  { told, of }: z.output<typeof TOLD_QUERY>,
  workflows: Pick<Workflow, 'id' | 'name'>[],
  { workflowsPage }: Words,
): (Note & { of?: string }) | undefined {
  if (told === undefined) return undefined
  const said = workflowsPage.told[told]
  if (typeof said === 'string') return { text: said, isFault: false }
  const workflow = workflows.find(({ id }) => id === of)
  return workflow && { text: said(workflow.name), isFault: false, of: workflow.id }
}
