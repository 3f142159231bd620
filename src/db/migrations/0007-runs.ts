import { type Kysely, sql } from 'kysely'

/**
 * One line for each call. What a row knew of its last call moves there. Of earlier calls only the cost was stored, as a
 * sum: the last call's line gets the whole sum.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('execution_id', 'text', (c) =>
      c.notNull().references('task_executions.id').onDelete('cascade'),
    )
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('task_id', 'text', (c) => c.notNull())
    .addColumn('row_number', 'integer', (c) => c.notNull())
    .addColumn('user', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) =>
      c
        .notNull()
        .check(sql`status in ('open', 'succeeded', 'failed', 'stopped', 'refused', 'absent', 'unknown')`),
    )
    .addColumn('learnt', 'text')
    .addColumn('sent_at', 'bigint', (c) => c.notNull())
    .addColumn('accepted_at', 'bigint')
    .addColumn('started_at', 'bigint')
    .addColumn('heard_at', 'bigint')
    .addColumn('lost_at', 'bigint')
    .addColumn('asked_at', 'bigint')
    .addColumn('stop_asked_at', 'bigint')
    .addColumn('stop_reason', 'text')
    .addColumn('given_up_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('workflow_run_id', 'text')
    .addColumn('dify_task_id', 'text')
    .addColumn('message_id', 'text')
    .addColumn('tokens', 'integer')
    .addColumn('price', 'double precision')
    .addColumn('currency', 'text')
    .addPrimaryKeyConstraint('runs_key', ['execution_id', 'attempt'])
    .execute()

  await sql`
    insert into runs (
      execution_id, attempt, task_id, row_number, "user", status, sent_at, started_at, stop_asked_at, stop_reason,
      ended_at, workflow_run_id, dify_task_id, tokens, price, currency
    )
    select e.id, e.attempt, e.task_id, e.row_number,
      'rowbot-' || e.task_id || '-' || t.nonce || '-' || cast(e.row_number as text) || '-' || cast(e.attempt as text),
      case
        when e.unresolved > 0 or e.status = 'running' then 'open'
        when e.status = 'succeeded' then 'succeeded'
        else 'failed'
      end,
      coalesce(e.attempted_at, t.created_at),
      case when e.workflow_run_id is not null then e.attempted_at end,
      case when e.unresolved = 2 then e.finished_at end,
      case when e.unresolved = 2 then 'person' end,
      case when e.unresolved = 0 and e.status <> 'running' then coalesce(e.finished_at, e.attempted_at) end,
      e.workflow_run_id, e.dify_task_id, e.tokens, e.price, e.currency
    from task_executions e join batch_tasks t on t.id = e.task_id
    where e.attempt > 0
  `.execute(db)

  // Partial: few runs are open, and a run enters the second index once, when it has ended.
  await db.schema
    .createIndex('runs_open')
    .on('runs')
    .columns(['task_id', 'execution_id'])
    .where(sql<boolean>`status = 'open'`)
    .execute()
  await db.schema
    .createIndex('runs_unsure')
    .on('runs')
    .columns(['task_id', 'row_number'])
    .where(sql<boolean>`(status in ('stopped', 'unknown') or (price is null and learnt <> 'stream'))`)
    .execute()
  await db.schema.alterTable('task_executions').dropColumn('unresolved').execute()
  await db.schema.alterTable('task_executions').dropColumn('dify_task_id').execute()
  await db.schema.alterTable('task_executions').addColumn('turned_away_at', 'bigint').execute()
}
