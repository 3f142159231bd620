import { type Kysely, sql } from 'kysely'

/** Prices were floats. They become whole billionths, each the one that its float was nearest to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('task_executions_usage').execute()
  await db.schema.dropIndex('runs_unsure').execute()
  for (const table of ['task_executions', 'runs']) {
    await db.schema.alterTable(table).addColumn('price_nano', 'bigint').execute()
    await sql`update ${sql.table(table)} set price_nano = cast(round(price * 1000000000) as bigint)
      where price is not null`.execute(db)
    await db.schema.alterTable(table).dropColumn('price').execute()
  }
  await db.schema
    .createIndex('task_executions_usage')
    .on('task_executions')
    .columns(['task_id', 'currency', 'tokens', 'price_nano'])
    .where(sql<boolean>`(tokens is not null or price_nano is not null)`)
    .execute()
  await db.schema
    .createIndex('runs_unsure')
    .on('runs')
    .columns(['task_id', 'row_number'])
    .where(sql<boolean>`(status in ('stopped', 'unknown') or (price_nano is null and learnt <> 'stream'))`)
    .execute()
}
