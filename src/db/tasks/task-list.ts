import type { ExpressionBuilder, ExpressionWrapper, Selectable, SqlBool } from 'kysely'
import { TASK_MOVES, type TaskStatus } from '../../engine/states.ts'
import { containing } from '../rows/row-search.ts'
import { withoutNul } from '../json.ts'
import type { ComparedTasks } from './comparisons.ts'
import type { Db, Schema, TaskTable } from '../schema.ts'
import { type TaskView, toTaskView } from './tasks.ts'

/** A field that is not given does not filter. */
export interface TaskFilter {
  statuses?: TaskStatus[]
  workflowId?: string
  /** the key of a person: only theirs, or only those of others */
  ownerKey?: string
  exceptOwnerKey?: string
  /** id of the chat’s channel in which it was started */
  channel?: string
  /** a part of the name, the file's name, the owner or the id; upper and lower case are the same */
  search?: string
}

export interface Page {
  limit: number
  offset: number
}

/** A task as one line of the list. */
export interface ListedTask extends TaskView {
  workflowName: string
  /** the chat it was started in, as its bot names it; null: it was not started in a chat */
  platform: string | null
  /** URL of its thread in the chat */
  link: string | null
  /** the comparison that it is one of the two of */
  compared: ComparedTasks | null
}

/** Newest first. `total` counts the tasks of all pages. */
export async function listTaskPage(
  db: Db,
  filter: TaskFilter,
  { limit, offset }: Page,
): Promise<{ tasks: ListedTask[]; total: number }> {
  const { total } = await db
    .selectFrom('batch_tasks')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where((eb) => matches(eb, filter))
    .executeTakeFirstOrThrow()
  const ids = await pageOfIds(db, filter, { limit, offset })
  if (ids.length === 0) return { tasks: [], total }
  const rows = await listed(db)
    .where('batch_tasks.id', 'in', ids)
    .orderBy('batch_tasks.created_at', 'desc')
    .orderBy('batch_tasks.id', 'desc')
    .execute()
  return { tasks: rows.map(toListedTask), total }
}

export async function findListedTask(db: Db, id: string): Promise<ListedTask | undefined> {
  const row = await listed(db).where('batch_tasks.id', '=', id).executeTakeFirst()
  return row && toListedTask(row)
}

/** Has every state; 0 for a state that no task is in. */
export async function countTasksByStatus(
  db: Db,
  filter: Omit<TaskFilter, 'statuses'> = {},
): Promise<Record<TaskStatus, number>> {
  const rows = await db
    .selectFrom('batch_tasks')
    .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
    .where((eb) => matches(eb, filter))
    .groupBy('status')
    .execute()
  const counts = Object.fromEntries(Object.keys(TASK_MOVES).map((status) => [status, 0]))
  for (const { status, count } of rows) counts[status] = count
  return counts as Record<TaskStatus, number> // the keys of TASK_MOVES are all the states
}

/** Read from an index alone, unless there is a search: the tasks of the pages before are not read. */
async function pageOfIds(db: Db, filter: TaskFilter, { limit, offset }: Page): Promise<string[]> {
  const { statuses = [], ...others } = filter
  const of = (filter: TaskFilter) =>
    db
      .selectFrom('batch_tasks')
      .select(['id', 'created_at'])
      .where((eb) => matches(eb, filter))
  // One query per state, merged: the index has each state in order. With `in`, SQLite would have to sort all of them.
  const [first = of(others), ...more] = [...new Set(statuses)].map((status) =>
    of({ ...others, statuses: [status] }),
  )
  const rows = await more
    .reduce((union, each) => union.unionAll(each), first)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  return rows.map(({ id }) => id)
}

/** Left joins, although every task has a workflow: so the database finds the tasks first, by an index. */
function listed(db: Db) {
  return db
    .selectFrom('batch_tasks')
    .leftJoin('workflows', 'workflows.id', 'batch_tasks.workflow_id')
    .leftJoin('task_messages', 'task_messages.task_id', 'batch_tasks.id')
    .leftJoin('comparisons', (join) =>
      join.on((eb) =>
        eb.or([
          eb('comparisons.task_a', '=', eb.ref('batch_tasks.id')),
          eb('comparisons.task_b', '=', eb.ref('batch_tasks.id')),
        ]),
      ),
    )
    .selectAll('batch_tasks')
    .select(['workflows.name as workflow_name', 'task_messages.place'])
    .select(['comparisons.task_a', 'comparisons.task_b', 'comparisons.chosen'])
}

function matches(
  eb: ExpressionBuilder<Schema, 'batch_tasks'>,
  { statuses, workflowId, ownerKey, exceptOwnerKey, channel, search }: TaskFilter,
): ExpressionWrapper<Schema, 'batch_tasks', SqlBool> {
  const needle = withoutNul(search ?? '').trim()
  const columns = ['name', 'file_name', 'owner', 'id'] as const
  return eb.and([
    ...(statuses && statuses.length > 0 ? [eb('batch_tasks.status', 'in', statuses)] : []),
    ...(workflowId === undefined ? [] : [eb('batch_tasks.workflow_id', '=', workflowId)]),
    ...(ownerKey === undefined ? [] : [eb('batch_tasks.owner_key', '=', ownerKey)]),
    ...(exceptOwnerKey === undefined
      ? []
      : [
          eb.or([eb('batch_tasks.owner_key', 'is', null), eb('batch_tasks.owner_key', '<>', exceptOwnerKey)]),
        ]),
    ...(channel === undefined ? [] : [eb.exists(messagesIn(eb, channel))]),
    ...(needle === ''
      ? []
      : [eb.or(columns.map((column) => containing(eb.ref(`batch_tasks.${column}`), needle)))]),
  ])
}

/** The task’s message in this channel, unless fewer people read it than the channel: a place is stored as JSON. */
function messagesIn(eb: ExpressionBuilder<Schema, 'batch_tasks'>, channel: string) {
  return eb
    .selectFrom('task_messages')
    .select('task_messages.task_id')
    .whereRef('task_messages.task_id', '=', 'batch_tasks.id')
    .where((m) => containing(m.ref('task_messages.place'), `"channel":${JSON.stringify(channel)}`))
    .where((m) => m.not(containing(m.ref('task_messages.place'), '"isPrivate":true')))
}

function toListedTask(
  row: Selectable<TaskTable> & {
    workflow_name: string | null
    place: string | null
    task_a: string | null
    task_b: string | null
    chosen: string | null
  },
): ListedTask {
  const { task_a: a, task_b: b, chosen } = row
  return {
    ...toTaskView(row),
    workflowName: row.workflow_name ?? '',
    platform: row.owner_key?.split(':', 1)[0] ?? null,
    link: linkOf(row.place),
    compared: a !== null && b !== null ? { a, b, chosen } : null,
  }
}

function linkOf(place: string | null): string | null {
  if (place === null) return null
  // A bot wrote it from its own kind of place, an object. Only the link is used here.
  const { link } = JSON.parse(place) as { link?: unknown }
  return typeof link === 'string' ? link : null
}
