import { hashesOfTask } from '../rows/carried.ts'
import { toText } from '../json.ts'
import type { Db } from '../schema.ts'

/** An earlier task that a new one may take answers from. */
export interface EarlierTask {
  id: string
  createdAt: number
  /** input hashes whose answers the workflow would still give, as far as we know */
  answered: Set<string>
  /** key hashes of all its rows, and the columns that they are of */
  keys: Set<string>
  keyColumns: number[]
  /** the workflow was published anew since: none of its answers counts */
  isOlder: boolean
}

/** How many tasks of other people are looked through for one that was started in the same place. */
const TASKS_BACK = 50

/** Whose tasks count: those of this person, and those that were started where they are now. */
export interface EarlierOf {
  workflowId: string
  headings: string[]
  /** by the key of a person of a chat or the page, or by the name of one at the command line */
  owner: { key: string } | { name: string }
  isHere?: (place: unknown) => boolean
}

/** The newest task with this workflow and these headings that has answers. */
export async function findEarlierTask(db: Db, of: EarlierOf): Promise<EarlierTask | undefined> {
  const { owner, isHere } = of
  const alike = db
    .selectFrom('batch_tasks')
    .select(['batch_tasks.id', 'created_at', 'key_columns'])
    .where('workflow_id', '=', of.workflowId)
    .where('headings', '=', toText(of.headings))
    .where('key_columns', 'is not', null)
    .where('succeeded', '>', 0)
    .orderBy('created_at', 'desc')
    .orderBy('batch_tasks.id', 'desc')
  const own = await (
    'key' in owner
      ? alike.where('owner_key', '=', owner.key)
      : alike.where('owner_key', 'is', null).where('owner', '=', owner.name)
  )
    .limit(1)
    .executeTakeFirst()
  const around = isHere
    ? await alike
        .innerJoin('task_messages', 'task_messages.task_id', 'batch_tasks.id')
        .select('task_messages.place')
        .limit(TASKS_BACK)
        .execute()
    : []
  const here = around.find(({ place }) => isHere?.(JSON.parse(place)))
  const found = here && here.created_at > (own?.created_at ?? 0) ? here : own
  if (!found) return undefined
  const { answered, keys, wereOlder } = await hashesOfTask(db, found.id)
  return {
    id: found.id,
    createdAt: found.created_at,
    answered,
    keys,
    keyColumns: JSON.parse(found.key_columns ?? '[]') as number[], // as insertTask wrote it
    isOlder: wereOlder,
  }
}
