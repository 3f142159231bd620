import type { Kysely } from 'kysely'

/**
 * What Rowbot says is kept by code and parameters beside its English, so that each reader has it in their own language.
 * What is there already stays English.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, column] of [
    ['batch_tasks', 'error_sentence'],
    ['task_executions', 'error_sentence'],
    ['task_executions', 'warning_sentence'],
    ['output_files', 'error_sentence'],
    ['execution_logs', 'message_sentence'],
  ] as const)
    await db.schema.alterTable(table).addColumn(column, 'text').execute()
}
