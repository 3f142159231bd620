import { listAuditOf } from '../db/people/erase.ts'
import { listTaskIdsOf } from '../db/people/person.ts'
import type { Db } from '../db/schema.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audit, type AuditApp } from './audit.ts'
import { findStoredPerson } from './erase.ts'

const ROWS_AT_ONCE = 500

/**
 * Everything that is kept of a person, as JSON in parts: tasks with their rows, drafts, limits, sessions, links, what they
 * spent, and their lines in the audit. Secrets, and hashes of them, are not in it; nor are the bytes of files.
 * @throws NotAllowed, UserError if there is no such person
 */
export async function exportPerson(
  app: AuditApp,
  actor: Actor,
  wanted: string,
): Promise<AsyncGenerator<string>> {
  requireAdmin(actor)
  const person = await findStoredPerson(app.db, wanted)
  await audit(app, actor, { action: 'data.export', details: { for: person.key } })
  return partsOf(app.db, person, app.clock.now())
}

async function* partsOf(
  db: Db,
  { key, names }: { key: string; names: string[] },
  now: number,
): AsyncGenerator<string> {
  const head = { person: key, names, exported_at: new Date(now).toISOString() }
  yield `${json(head).slice(0, -1)},"tasks":[`
  let isFirst = true
  for (const { id } of await listTaskIdsOf(db, key)) {
    const task = await db.selectFrom('batch_tasks').selectAll().where('id', '=', id).executeTakeFirst()
    if (!task) continue // deleted meanwhile
    const left = await db.selectFrom('left_out_rows').selectAll().where('task_id', '=', id).execute()
    const files = await db
      .selectFrom('upload_files')
      .select(['name', 'size'])
      .where('upload_id', '=', task.upload_id)
      .execute()
    yield `${isFirst ? '' : ','}${json({ ...task, nonce: undefined, files, left_out_rows: left }).slice(0, -1)},"rows":[`
    isFirst = false
    yield* rowsOf(db, id)
    yield ']}'
  }
  const of = (rows: object[]) => json(rows)
  const drafts = await db.selectFrom('drafts').selectAll().where('owner_key', '=', key).execute()
  yield `],"drafts":${of(drafts.map(({ nonce: _nonce, ...draft }) => draft))}`
  const links = await db
    .selectFrom('result_links')
    .select(['id', 'task_id', 'person_name', 'made_at', 'ends_at'])
    .where('person_key', '=', key)
    .execute()
  yield `,"links":${of(links)}`
  const remembered = await db
    .selectFrom('remembered_constants')
    .selectAll()
    .where('place', '=', key)
    .execute()
  yield `,"values_for_all_rows":${of(remembered)}`
  const sessions = await db
    .selectFrom('sessions')
    .select(['name', 'role', 'made_at', 'seen_at', 'ends_at'])
    .where('person_id', '=', key.startsWith('web::') ? key.slice('web::'.length) : '')
    .execute()
  yield `,"sessions":${of(sessions)}`
  const limits = await db
    .selectFrom('month_limits')
    .selectAll()
    .where('of', '=', 'person')
    .where('subject', '=', key)
    .execute()
  yield `,"limits":${of(limits)}`
  const usage = await db.selectFrom('usage').selectAll().where('person_key', '=', key).execute()
  yield `,"usage":${of(usage)}`
  yield `,"audit":${of(await listAuditOf(db, { key, names }))}}\n`
}

async function* rowsOf(db: Db, taskId: string): AsyncGenerator<string> {
  for (let after = -1; ;) {
    const rows = await db
      .selectFrom('task_executions')
      .selectAll()
      .where('task_id', '=', taskId)
      .where('row_number', '>', after)
      .orderBy('row_number')
      .limit(ROWS_AT_ONCE)
      .execute()
    const last = rows.at(-1)
    if (!last) return
    yield (after < 0 ? '' : ',') + json(rows).slice(1, -1)
    after = last.row_number
  }
}

/** Amounts are billionths of a unit, as text: a number has not all their digits. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? String(one) : one))
}
