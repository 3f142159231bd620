import { setImmediate } from 'node:timers/promises'
import { keyColumnsOf, keyHash } from '../../engine/input-hash.ts'
import type { Cell } from '../../engine/task.ts'
import { hashesOfTask } from '../rows/carried.ts'
import { parseCells, parseNumbers, parseStrings } from '../json.ts'
import type { Db } from '../schema.ts'
import { isText } from '../sealed/compare.ts'
import { headingSet, placesIn } from './heading-set.ts'

/** An earlier task that a new one may take answers from. */
export interface EarlierTask {
  id: string
  createdAt: number
  /** input hashes whose answers the workflow would still give, as far as we know */
  answered: Set<string>
  /** key hashes of all its rows, and the columns of the new sheet that they are of */
  keys: Set<string>
  keyColumns: number[]
  /** a person chose them */
  keyChosen: boolean
  /** the workflow was published anew since: none of its answers counts */
  isOlder: boolean
}

/** How many tasks of other people are looked through for one that was started in the same place. */
const TASKS_BACK = 50

/** Whose tasks count: those of this person, and those that were started where they are now. */
export interface EarlierOf {
  workflowId: string
  /** of the new sheet; those of the earlier one may be in another order */
  headings: string[]
  /** by the key of a person of a chat or the page, or by the name of one at the command line */
  owner: { key: string } | { name: string }
  isHere?: (place: unknown) => boolean
  /** the columns of the new sheet that a person says name a row; empty: found; absent: those of the earlier task */
  key?: number[] | undefined
}

/** The newest task with this workflow and these headings that has answers. */
export async function findEarlierTask(db: Db, of: EarlierOf): Promise<EarlierTask | undefined> {
  const { owner, isHere } = of
  const alike = db
    .selectFrom('batch_tasks')
    .select(['batch_tasks.id', 'created_at', 'headings', 'key_columns', 'key_chosen'])
    .where('workflow_id', '=', of.workflowId)
    .where(isText('heading_set', headingSet(of.headings)))
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
  const stored = parseNumbers(found.key_columns ?? '[]')
  const keyChosen = found.key_chosen === 1
  const columns = parseStrings(found.headings)
  const there = placesIn(of.headings, columns)
  const key = of.key?.map((column) => there[column] ?? -1)
  const named = isAsStored(key, { stored, keyChosen })
    ? { keyColumns: stored, keys }
    : await keysBy(db, found.id, { key, columns: columns.length })
  return {
    id: found.id,
    createdAt: found.created_at,
    answered,
    keys: named.keys,
    keyColumns: asHere(named.keyColumns, placesIn(columns, of.headings)),
    keyChosen,
    isOlder: wereOlder,
  }
}

/**
 * Columns of the earlier sheet as they are in the new one.
 * @param columns empty: all of them
 */
function asHere(columns: number[], places: number[]): number[] {
  if (columns.length > 0) return columns.map((column) => places[column] ?? -1)
  const isMoved = places.some((place, column) => place !== column)
  return isMoved ? places : []
}

function isAsStored(
  key: number[] | undefined,
  { stored, keyChosen }: { stored: number[]; keyChosen: boolean },
): boolean {
  if (key === undefined) return true
  return key.length === 0 ? !keyChosen : key.join() === stored.join()
}

/** The rows of an earlier task by other columns than those that it was made with. */
async function keysBy(
  db: Db,
  taskId: string,
  { key = [], columns }: { key: number[] | undefined; columns: number },
): Promise<{ keyColumns: number[]; keys: Set<string> }> {
  const rows: { cells: Cell[] }[] = []
  for (let after = 0; ;) {
    const part = await db
      .selectFrom('task_executions')
      .select(['row_number', 'cells'])
      .where('task_id', '=', taskId)
      .where('key_hash', 'is not', null)
      .where('row_number', '>', after)
      .orderBy('row_number')
      .limit(ROWS_READ)
      .execute()
    for (const { cells } of part) rows.push({ cells: parseCells(cells) })
    const last = part.at(-1)
    if (!last || part.length < ROWS_READ) break
    after = last.row_number
    await setImmediate() // lets everybody else have a turn
  }
  const keyColumns = key.length > 0 ? key : keyColumnsOf(rows, columns)
  return { keyColumns, keys: new Set(rows.map(({ cells }) => keyHash(cells, keyColumns))) }
}

const ROWS_READ = 1_000
