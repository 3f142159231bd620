import { type EarlierTask, findEarlierTask } from '../db/tasks/earlier-task.ts'
import type { Db } from '../db/schema.ts'
import type { Workflow } from '../engine/workflow.ts'
import { personKey, type Place, type Requester } from '../messages/people.ts'
import type { Check } from '../workbook/types.ts'
import type { DraftState, SeenEarlier } from './draft.ts'

/** The newest task of this person, or of this channel, that was made of such a sheet for this workflow. */
export function earlierTask(
  db: Db,
  { person, place: { platform, team, channel } }: Pick<Requester, 'person' | 'place'>,
  workflow: Workflow,
  headings: string[],
  key?: number[],
): Promise<EarlierTask | undefined> {
  // `as`: every place is written from a Place.
  const isHere = (place: unknown) => (place as Place).channel === channel && (place as Place).team === team
  return findEarlierTask(db, {
    workflowId: workflow.id,
    headings,
    key,
    owner: { key: personKey(person) },
    ...(platform !== 'web' && { isHere }),
  })
}

/** What the check says of the earlier task. */
export function seenIn(
  { id, createdAt, isOlder }: EarlierTask,
  { seen }: Pick<Check, 'seen'>,
): SeenEarlier | undefined {
  if (!seen || seen.unchanged + seen.changed === 0) return undefined
  return { ...seen, taskId: id, at: createdAt, isOlder }
}

/** What to carry over, if that was chosen. */
export function carriedFrom({ onlyNew, inspection }: Pick<DraftState, 'onlyNew' | 'inspection'>) {
  const earlier = inspection?.earlier
  if (!onlyNew || !earlier || earlier.unchanged === 0) return undefined
  return { taskId: earlier.taskId, rows: earlier.unchanged }
}

/** How many rows are called: not those with an answer, and of those that send the same only one. */
export function rowsToCall(state: Pick<DraftState, 'onlyNew' | 'callEach' | 'inspection'>): number {
  const { inspection, callEach } = state
  if (!inspection) return 0
  const carried = carriedFrom(state)
  const equal = carried ? (inspection.earlier?.equal ?? 0) : inspection.equal
  return inspection.good - (carried?.rows ?? 0) - (callEach ? 0 : equal)
}
