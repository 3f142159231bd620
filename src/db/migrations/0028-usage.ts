import { type Kysely, sql } from 'kysely'

/**
 * What calls have cost, by month and task: it stays when the task is deleted. And the limits a month that admins set.
 * Calls that ended before this are counted from `runs`.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Of a run whose price nobody told: what such a run costs on average, in the currency of the line.
  await db.schema.alterTable('runs').addColumn('guess_nano', 'bigint').execute()
  await db.schema
    .createTable('usage')
    .addColumn('month', 'text', (c) => c.notNull())
    .addColumn('task_id', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('workflow_id', 'text', (c) => c.notNull())
    .addColumn('person_key', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('rows', 'integer', (c) => c.notNull())
    .addColumn('calls', 'integer', (c) => c.notNull())
    .addColumn('tokens', 'bigint', (c) => c.notNull())
    .addColumn('whole', 'bigint', (c) => c.notNull())
    .addColumn('rest_nano', 'bigint', (c) => c.notNull())
    .addColumn('guessed', 'integer', (c) => c.notNull())
    .addColumn('unpriced', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('usage_key', ['month', 'task_id', 'currency'])
    .execute()
  await db.schema.createIndex('usage_task').on('usage').column('task_id').execute()
  await db.schema
    .createTable('month_limits')
    .addColumn('of', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('currency', 'text')
    .addColumn('most_nano', 'bigint')
    .addColumn('tokens', 'bigint')
    .addPrimaryKeyConstraint('month_limits_key', ['of', 'subject'])
    .execute()
  await countEarlier(db)
}

async function countEarlier(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select min(ended_at) as first, max(ended_at) as last from runs where ended_at > 0`.execute(db)
  const { first, last } = rows[0] ?? {}
  if (first === undefined || first === null || last === undefined || last === null) return
  for (let from = startOf(first); from <= last; from = startOf(from, 1)) {
    await sql`
      insert into "usage" (month, task_id, currency, workflow_id, person_key, person, "rows", calls, tokens, whole,
        rest_nano, guessed, unpriced)
      select ${new Date(from).toISOString().slice(0, 7)}, t.id,
        case when r.price_nano is null then '' else coalesce(r.currency, '') end,
        t.workflow_id, coalesce(t.owner_key, 'name:' || t.owner), t.owner,
        sum(case when r.attempt = 1 then 1 else 0 end), count(*), coalesce(sum(r.tokens), 0),
        coalesce(sum(r.price_nano / 1000000000), 0), coalesce(sum(r.price_nano % 1000000000), 0), 0,
        sum(case when r.status in ('stopped', 'unknown') or (r.price_nano is null and r.learnt <> 'stream')
          then 1 else 0 end)
      from runs r join batch_tasks t on t.id = r.task_id
      where r.ended_at >= ${from} and r.ended_at < ${startOf(from, 1)}
        and r.status in ('succeeded', 'failed', 'stopped', 'unknown')
      group by t.id, case when r.price_nano is null then '' else coalesce(r.currency, '') end,
        t.workflow_id, coalesce(t.owner_key, 'name:' || t.owner), t.owner`.execute(db)
  }
}

/** The first moment of the month, or of a later one, in UTC. */
function startOf(at: number, later = 0): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later)
}
