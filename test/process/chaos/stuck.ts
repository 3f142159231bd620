import { sql } from 'kysely'
import type { Db } from '../../../src/db/schema.ts'
import type { World } from './world.ts'

const MOST_LINES = 25
const LONGEST_LINE = 400

/** What there is to know of a task that does not come to its end: for whoever looks for the cause. Nothing of rows' cells. */
export async function tellStuck(world: World, taskId: string): Promise<string> {
  return world.withDatabase(async (db) => {
    const of = (table: 'task_messages' | 'deliveries' | 'question_cards') =>
      db.selectFrom(table).selectAll().where('task_id', '=', taskId).execute()
    const facts = {
      now: new Date().toISOString(),
      task: await db.selectFrom('batch_tasks').selectAll().where('id', '=', taskId).executeTakeFirst(),
      rows: await db
        .selectFrom('task_executions')
        .select(['row_number', 'status', 'error'])
        .where('task_id', '=', taskId)
        .where('status', '<>', 'succeeded')
        .execute(),
      messages: await of('task_messages'),
      deliveries: await of('deliveries'),
      cards: await of('question_cards'),
      questions: await db
        .selectFrom('forms')
        .select(['id', 'form_id', 'row_number', 'attempt', 'state', 'action', 'answered_at', 'expires_at'])
        .where('task_id', '=', taskId)
        .where('state', 'in', ['open', 'answering'])
        .execute(),
      jobs: world.databaseUrl === '' ? [] : await jobsOf(db, taskId),
      atDify: world.sandbox
        .hits()
        .filter(({ status }) => status === 'running')
        .map(({ user, runId, startedAt }) => ({ user, runId, startedAt })),
    }
    const lines = world.said().split('\n').filter(Boolean)
    const ofIt = lines.filter((line) => line.includes(taskId)).slice(-MOST_LINES)
    const last = lines.slice(-MOST_LINES)
    return [JSON.stringify(facts), ...ofIt, '…', ...last].map((line) => cut(line)).join('\n   ')
  })
}

async function jobsOf(db: Db, taskId: string): Promise<unknown[]> {
  const { rows } = await sql`select * from pgboss.job where data::text like ${`%${taskId}%`}`.execute(db)
  return rows
}

/** The facts are one long line, and are wanted whole. */
function cut(line: string): string {
  return line.startsWith('{"now"') ? line : line.slice(0, LONGEST_LINE)
}
