import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Selectable } from 'kysely'
import { deleteUnusedUpload } from '../drafts/uploads.ts'
import { inChunks } from '../in-chunks.ts'
import type { AuditTable, Db, Trx } from '../schema.ts'
import { findComparison } from '../tasks/comparisons.ts'
import { deleteTask } from '../tasks/people-moves.ts'
import { TASK_PARTS } from '../tasks/task-parts.ts'
import { inTransaction } from '../transaction.ts'

/** How much of what was deleted, by a word for each kind. */
export type Erased = Record<string, number>

const ROWS_AT_ONCE = 250
const PAUSE_MS = 2

/** These tasks, and those that they are compared with: of a comparison both are erased. */
export async function withCompared(db: Db | Trx, ids: readonly string[]): Promise<string[]> {
  const all = new Set(ids)
  for (const id of ids) {
    const found = await findComparison(db, id)
    if (found) all.add(found.a).add(found.b)
  }
  return [...all]
}

/** Those that may run. From now on the others cannot, so that nothing that is erased below is still needed. */
export async function markForErasure(trx: Trx, ids: readonly string[], now: number): Promise<string[]> {
  if (ids.length === 0) return []
  const going = await trx
    .selectFrom('batch_tasks')
    .select('name')
    .where('id', 'in', ids)
    .where('status', 'in', ['pending', 'running'])
    .execute()
  if (going.length > 0) return going.map(({ name }) => name)
  const marks = Object.fromEntries(TASK_PARTS.map((part) => [`${part}_deleted_at`, now]))
  await trx.updateTable('batch_tasks').set(marks).where('id', 'in', ids).execute()
  return []
}

/** Deletes a marked task with all that belongs to it: its rows some at a time, then the task itself. */
export async function eraseTask(db: Db, id: string, erased: Erased): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('task_executions')
      .select('id')
      .where('task_id', '=', id)
      .limit(ROWS_AT_ONCE)
      .execute()
    if (rows.length === 0) break
    const ids = rows.map((row) => row.id)
    await inTransaction(db, async (trx) => {
      await trx.deleteFrom('execution_logs').where('execution_id', 'in', ids).execute()
      // Foreign keys delete calls, files, forms and former answers.
      await trx.deleteFrom('task_executions').where('id', 'in', ids).execute()
    })
    add(erased, 'rows', ids.length)
    // SQLite answers at once: without a pause nobody else would come in between.
    await setTimeout(PAUSE_MS)
  }
  await inTransaction(db, async (trx) => {
    const task = await trx
      .selectFrom('batch_tasks')
      .select(['upload_id', 'left_out'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!task) return
    // Made of it, to be run again with others choices: they have its rows.
    const drafts = await trx
      .deleteFrom('drafts')
      .where((eb) => eb.or([eb('task_id', '=', id), eb('upload_id', '=', task.upload_id)]))
      .executeTakeFirst()
    add(erased, 'drafts', Number(drafts.numDeletedRows))
    add(erased, 'rows', task.left_out)
    add(erased, 'tasks', (await deleteTask(trx, id)).length)
    add(erased, 'audit', await emptyAuditOf(trx, id))
  })
}

/** Lines about a task or workflow say who did what and when, and no more what it was called. */
export async function emptyAuditOf(trx: Trx, target: string): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('audit_log')
    .set({ details: null })
    .where('target', '=', target)
    .where('details', 'is not', null)
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

export interface ErasedPerson {
  key: string
  names: readonly string[]
  /** in place of the key and the names, where a line must stay */
  pseudonym: string
}

/** What is kept of a person besides their tasks. */
export async function erasePerson(
  trx: Trx,
  { key, names, pseudonym }: ErasedPerson,
  erased: Erased,
): Promise<void> {
  const drafts = await trx
    .deleteFrom('drafts')
    .where('owner_key', '=', key)
    .returning(['id', 'upload_id'])
    .execute()
  add(erased, 'drafts', drafts.length)
  for (const { id, upload_id } of drafts) {
    await trx.deleteFrom('idempotency_keys').where('draft_id', '=', id).execute()
    if (upload_id !== null) await deleteUnusedUpload(trx, upload_id)
  }
  const count = async (kind: string, deleting: { executeTakeFirst(): Promise<{ numDeletedRows: bigint }> }) =>
    add(erased, kind, Number((await deleting.executeTakeFirst()).numDeletedRows))
  await count('links', trx.deleteFrom('result_links').where('person_key', '=', key))
  await count('remembered', trx.deleteFrom('remembered_constants').where('place', '=', key))
  await count('limits', trx.deleteFrom('month_limits').where('of', '=', 'person').where('subject', '=', key))
  if (key.startsWith('web::')) {
    const id = key.slice('web::'.length)
    await count('sessions', trx.deleteFrom('sessions').where('person_id', '=', id))
    if (id.startsWith('token:'))
      await count('tokens', trx.deleteFrom('access_tokens').where('id', '=', id.slice('token:'.length)))
  }
  const usage = await trx
    .updateTable('usage')
    .set({ person_key: pseudonym, person: pseudonym })
    .where('person_key', '=', key)
    .executeTakeFirst()
  add(erased, 'usage', Number(usage.numUpdatedRows))
  const audit = await listAuditOf(trx, { key, names })
  for (const { id } of audit)
    await trx.updateTable('audit_log').set({ who: pseudonym, details: null }).where('id', '=', id).execute()
  add(erased, 'audit', audit.length + (await forgetInActsOfOthers(trx, { key, names, pseudonym })))
}

/** What others did for them: a link that they got, their limit a month, an export. Who did it stays. */
async function forgetInActsOfOthers(trx: Trx, { key, names, pseudonym }: ErasedPerson): Promise<number> {
  const pairs = [key, ...names].map((name) => pairText({ for: name }))
  const named = await linesOfAudit(
    trx,
    ({ target, details }) =>
      details !== null && (target === key || pairs.some((pair) => details.includes(pair))),
  )
  for (const ids of inChunks(named.map(({ id }) => id)))
    await trx.updateTable('audit_log').set({ details: null }).where('id', 'in', ids).execute()
  await trx.updateTable('audit_log').set({ target: pseudonym }).where('target', '=', key).execute()
  return named.length
}

/** How a pair looks in the audit’s details, which are JSON. */
function pairText(pair: Record<string, string>): string {
  return JSON.stringify(pair).slice(1, -1)
}

/** In chats, and of people with an id of a provider, lines have the key; on the page and the command line, the name. */
export function listAuditOf(
  db: Db | Trx,
  { key, names }: Pick<ErasedPerson, 'key' | 'names'>,
): Promise<AuditLine[]> {
  const faces = key.startsWith('web:') ? ['page', 'api'] : key.startsWith('name:') ? ['cli'] : []
  const pair = pairText({ person: key })
  return linesOfAudit(
    db,
    ({ who, face, details }) =>
      details?.includes(pair) === true || (faces.includes(face) && names.includes(who)),
  )
}

type AuditLine = Selectable<AuditTable>

/** Lines that are so, oldest first. They are read and not searched in SQL: their details may be encrypted. */
async function linesOfAudit(db: Db | Trx, isSo: (line: AuditLine) => boolean): Promise<AuditLine[]> {
  const found: AuditLine[] = []
  for (let after = 0; ;) {
    const lines = await db
      .selectFrom('audit_log')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(LINES_AT_ONCE)
      .execute()
    for (const line of lines) if (isSo(line)) found.push(line)
    const last = lines.at(-1)
    if (!last || lines.length < LINES_AT_ONCE) return found
    after = last.id
    await setImmediate() // lets everybody else have a turn
  }
}

const LINES_AT_ONCE = 1_000

export function add(erased: Erased, kind: string, count: number): void {
  if (count > 0) erased[kind] = (erased[kind] ?? 0) + count
}
