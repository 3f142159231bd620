import { sql } from 'kysely'
import type { OutputFile } from '../../engine/output-files.ts'
import type { ExecutionStatus } from '../../engine/states.ts'
import type { Claim } from '../../engine/task.ts'
import { inChunks } from '../in-chunks.ts'
import type { Trx } from '../schema.ts'
import { mayBeSealed } from '../sealed/compare.ts'
import { insertOutputFiles } from './output-files.ts'
import { NOT_REVIEWED } from './reviews.ts'

/*
 * Of rows that send the same, one leads and the others follow: they are not called, and take its answer. At any time a
 * follower that waits has a lead that is open and follows nobody. So a lead that fails for good hands on to the next
 * one, and rows that wait again find a lead first.
 */

/** The states of a row that will still have an answer. */
const OPEN: ExecutionStatus[] = ['pending', 'running', 'waiting']

/** Written where the lead succeeds: what it gave, and nothing of what it cost. */
export interface LeadAnswer {
  outputs: string
  warning: string | null
  warning_sentence: string | null
  files: OutputFile[]
  workflow_run_id: string | null
  workflow_version: string | null
}

/** In the transaction that settles the lead. @returns how many rows have its answer now */
export async function settleFollowers(
  trx: Trx,
  { taskId, rowNumber }: Pick<Claim, 'taskId' | 'rowNumber'>,
  { files, ...answer }: LeadAnswer,
  now: number,
): Promise<number> {
  const rows = await trx
    .updateTable('task_executions')
    .set({
      ...answer,
      status: 'succeeded',
      error: null,
      finished_at: now,
      seconds: null,
      flags: null,
      origin_task: null,
      origin_row: null,
      ...NOT_REVIEWED,
    })
    .where('task_id', '=', taskId)
    .where('leader', '=', rowNumber)
    .where('status', '=', 'pending')
    .returning(['id', 'row_number'])
    .execute()
  for (const row of rows)
    await insertOutputFiles(trx, { id: row.id, taskId, rowNumber: row.row_number }, files, now)
  if (rows.length > 0) {
    await trx
      .updateTable('batch_tasks')
      .set((eb) => ({ succeeded: eb('succeeded', '+', rows.length) }))
      .where('id', '=', taskId)
      .execute()
  }
  return rows.length
}

/** The lead has failed for good: its first follower is called next, and the others follow that one. */
export async function handOn(
  trx: Trx,
  { taskId, rowNumber }: Pick<Claim, 'taskId' | 'rowNumber'>,
): Promise<void> {
  const { next } = await trx
    .selectFrom('task_executions')
    .select((eb) => eb.fn.min<number | null>('row_number').as('next'))
    .where('task_id', '=', taskId)
    .where('leader', '=', rowNumber)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow()
  if (next === null) return
  await trx
    .updateTable('task_executions')
    .set((eb) => ({ leader: eb.case().when('row_number', '=', next).then(null).else(next).end() }))
    .where('task_id', '=', taskId)
    .where('leader', '=', rowNumber)
    .where('status', '=', 'pending')
    .execute()
}

/**
 * These rows run again: the others that have their answers keep them, and follow nobody any more. Where such an answer was
 * made is still said: its origin is the row that led.
 */
export async function letFollowersGo(trx: Trx, taskId: string, rows: number[]): Promise<void> {
  const again = new Set(rows)
  for (const chunk of inChunks(rows)) {
    const followers = await trx
      .selectFrom('task_executions')
      .select(['row_number', 'leader', 'status', 'origin_task'])
      .where('task_id', '=', taskId)
      .where('leader', 'in', chunk)
      .execute()
    for (const { row_number, leader, status, origin_task } of followers) {
      if (again.has(row_number)) continue
      const isOwn = status === 'succeeded' && origin_task === null
      await trx
        .updateTable('task_executions')
        .set({ leader: null, ...(isOwn && { origin_task: taskId, origin_row: leader }) })
        .where('task_id', '=', taskId)
        .where('row_number', '=', row_number)
        .execute()
    }
  }
}

/**
 * Some rows of the task wait again: among those that send the same, one leads. That is a row at Dify, if there is one,
 * else one that is tried first, else the first. A row with a run whose end is not known is called for itself, so that the run is not forgotten.
 */
export async function findLeads(trx: Trx, taskId: string): Promise<void> {
  if (await hasMixedHashes(trx, taskId)) return findLeadsByReading(trx, taskId)
  const open = sql.join(OPEN.map((status) => sql.lit(status)))
  await sql`
    update task_executions set leader = case
      when exists (select 1 from runs r where r.execution_id = task_executions.id and r.status = 'open') then null
      else nullif(g.lead, row_number) end
    from (
      select row_number as number, first_value(row_number) over (
        partition by input_hash order by case when status = 'pending' then 1 else 0 end, trial desc, row_number
      ) as lead
      from task_executions where task_id = ${taskId} and input_hash is not null and status in (${open})
    ) g
    where task_id = ${taskId} and status = 'pending' and row_number = g.number
      and exists (select 1 from batch_tasks t where t.id = ${taskId} and t.equal_rows > 0)
  `.execute(trx)
}

/** Some rows' hashes are encrypted and others' are not: in SQL, equal ones look different. */
async function hasMixedHashes(trx: Trx, taskId: string): Promise<boolean> {
  if (!(await mayBeSealed(trx))) return false
  const of = trx.selectFrom('task_executions').select('row_number').where('task_id', '=', taskId).limit(1)
  const isSealed = sql<boolean>`input_hash like 'sealed:%'`
  const sealed = await of.where(isSealed).executeTakeFirst()
  if (!sealed) return false
  return (await of.where(sql<boolean>`input_hash not like 'sealed:%'`).executeTakeFirst()) !== undefined
}

async function findLeadsByReading(trx: Trx, taskId: string): Promise<void> {
  const task = await trx
    .selectFrom('batch_tasks')
    .select('equal_rows')
    .where('id', '=', taskId)
    .executeTakeFirst()
  if ((task?.equal_rows ?? 0) === 0) return
  const rows = await trx
    .selectFrom('task_executions as e')
    .select(['row_number', 'status', 'trial', 'input_hash'])
    .select((eb) =>
      eb
        .selectFrom('runs')
        .select((of) => of.fn.countAll<number>().as('open'))
        .whereRef('runs.execution_id', '=', 'e.id')
        .where('runs.status', '=', 'open')
        .as('open'),
    )
    .where('task_id', '=', taskId)
    .where('input_hash', 'is not', null)
    .where('status', 'in', OPEN)
    .execute()
  const leads = new Map<number | null, number[]>()
  for (const equal of Map.groupBy(rows, ({ input_hash }) => input_hash).values()) {
    const lead = equal.reduce((first, row) => (comesBefore(row, first) ? row : first)).row_number
    for (const { row_number, status, open } of equal) {
      if (status !== 'pending') continue
      const leader = (open ?? 0) > 0 || lead === row_number ? null : lead
      const numbers = leads.get(leader)
      if (numbers) numbers.push(row_number)
      else leads.set(leader, [row_number])
    }
  }
  for (const [leader, numbers] of leads)
    for (const chunk of inChunks(numbers))
      await trx
        .updateTable('task_executions')
        .set({ leader })
        .where('task_id', '=', taskId)
        .where('row_number', 'in', chunk)
        .where('status', '=', 'pending')
        .execute()
}

type OpenRow = { row_number: number; status: ExecutionStatus; trial: number }

/** The order of the query in findLeads. */
function comesBefore(a: OpenRow, b: OpenRow): boolean {
  const waits = ({ status }: OpenRow) => (status === 'pending' ? 1 : 0)
  return (waits(a) - waits(b) || b.trial - a.trial || a.row_number - b.row_number) < 0
}
