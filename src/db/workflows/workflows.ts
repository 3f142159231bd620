import { limitText, parseLimit, type TaskLimit } from '../../engine/limits.ts'
import type { Selectable } from 'kysely'
import type { RequiredOutputs } from '../../engine/required-outputs.ts'
import type { App, Variable, Workflow, WorkflowLimits } from '../../engine/workflow.ts'
import { parseStrings, toText } from '../json.ts'
import type { Db, Trx, WorkflowTable } from '../schema.ts'
import type { SecretBox } from './secret-box.ts'

/** One base URL and key is one workflow: adding it again updates it. Returns its id. */
export async function saveWorkflow(
  db: Db,
  box: SecretBox,
  { id, baseUrl, apiKey, app, limit, now }: NewWorkflow,
): Promise<string> {
  const described = describe(app, now)
  const { id: saved } = await db
    .insertInto('workflows')
    .values({
      ...described,
      id,
      base_url: baseUrl,
      api_key: box.seal(apiKey),
      key_hash: box.hash(`${baseUrl} ${apiKey}`),
      call_limit: limit,
      calls_per_minute: null,
      tokens_per_minute: null,
      enabled: 1,
      access: null,
      created_at: now,
    })
    .onConflict((oc) => oc.column('key_hash').doUpdateSet(described))
    .returning('id')
    .executeTakeFirstOrThrow()
  return saved
}

export interface NewWorkflow {
  id: string
  baseUrl: string
  apiKey: string
  app: App
  limit: number
  now: number
}

/** Updates what Dify says about the app. */
export async function updateWorkflow(db: Db, id: string, app: App, now: number): Promise<void> {
  await db
    .updateTable('workflows')
    .set((eb) => ({ ...describe(app, now), version_synced: eb.ref('version') }))
    .where('id', '=', id)
    .execute()
}

/** A limit that is not given stays as it is. */
export async function setWorkflowLimits(
  db: Db,
  id: string,
  { limit, perMinute, tokensPerMinute }: Partial<WorkflowLimits>,
): Promise<void> {
  const change = {
    ...(limit !== undefined && { call_limit: limit }),
    ...(perMinute !== undefined && { calls_per_minute: perMinute }),
    ...(tokensPerMinute !== undefined && { tokens_per_minute: tokensPerMinute }),
  }
  if (Object.keys(change).length === 0) return
  await db.updateTable('workflows').set(change).where('id', '=', id).execute()
}

/** The outputs without which a row has failed. */
export async function setRequiredOutputs(db: Db, id: string, names: RequiredOutputs): Promise<void> {
  const required_outputs = names.length === 0 ? null : toText(names)
  await db.updateTable('workflows').set({ required_outputs }).where('id', '=', id).execute()
}

/** Where the app is in Dify's own pages. */
export async function setConsoleUrl(db: Db | Trx, id: string, url: string | null): Promise<void> {
  await db.updateTable('workflows').set({ console_url: url }).where('id', '=', id).execute()
}

/** Whether new tasks may be made with it. Existing tasks are not affected. */
export async function setWorkflowEnabled(db: Db, id: string, enabled: boolean): Promise<void> {
  await db
    .updateTable('workflows')
    .set({ enabled: enabled ? 1 : 0 })
    .where('id', '=', id)
    .execute()
}

/** How many tasks each workflow has, by id. A workflow without tasks is not in it. */
/** @param ownerKey only the tasks of this person */
export async function countTasksByWorkflow(db: Db, ownerKey?: string): Promise<Map<string, number>> {
  const all = db.selectFrom('batch_tasks')
  const rows = await (ownerKey === undefined ? all : all.where('owner_key', '=', ownerKey))
    .select((eb) => ['workflow_id', eb.fn.countAll<number>().as('count')])
    .groupBy('workflow_id')
    .execute()
  return new Map(rows.map(({ workflow_id, count }) => [workflow_id, count]))
}

/** @param limit null: none any more */
export async function setPerTask(trx: Db | Trx, id: string, limit: TaskLimit | null): Promise<void> {
  await trx
    .updateTable('workflows')
    .set({ per_task: limit && limitText(limit) })
    .where('id', '=', id)
    .execute()
}

export async function listWorkflows(db: Db): Promise<Workflow[]> {
  const rows = await db.selectFrom('workflows').selectAll().orderBy('name').orderBy('id').execute()
  return rows.map(toWorkflow)
}

export async function findWorkflow(db: Db, id: string): Promise<Workflow | undefined> {
  const row = await db.selectFrom('workflows').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toWorkflow(row)
}

/** The app's API key, decrypted. For calls to Dify only: never show or log it. */
export async function openWorkflowKey(db: Db, box: SecretBox, id: string): Promise<string> {
  const row = await db
    .selectFrom('workflows')
    .select('api_key')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return box.open(row.api_key)
}

/** Some app's API key, as it is stored: encrypted. An admin who has lost the secret key empties them. */
export async function findAnyKey(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom('workflows')
    .select('api_key')
    .where('api_key', '<>', '')
    .limit(1)
    .executeTakeFirst()
  return row?.api_key
}

/** Which workflow has this key, if any. Returns its id. */
export async function findWorkflowByKey(
  db: Db,
  box: SecretBox,
  baseUrl: string,
  apiKey: string,
): Promise<string | undefined> {
  const hash = box.hash(`${baseUrl} ${apiKey}`)
  const row = await db.selectFrom('workflows').select('id').where('key_hash', '=', hash).executeTakeFirst()
  return row?.id
}

/** Stores a new key for the same app. */
export async function replaceWorkflowKey(
  db: Db,
  box: SecretBox,
  workflow: Workflow,
  apiKey: string,
): Promise<void> {
  await db
    .updateTable('workflows')
    .set({ api_key: box.seal(apiKey), key_hash: box.hash(`${workflow.baseUrl} ${apiKey}`) })
    .where('id', '=', workflow.id)
    .execute()
}

/** False, and nothing is deleted, when a task still uses it. */
export async function deleteWorkflow(db: Db, id: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('workflows')
    .where('id', '=', id)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('batch_tasks').select('id').where('workflow_id', '=', id))))
    .executeTakeFirst()
  if (numDeletedRows === 0n) return false
  await db.deleteFrom('imported_apps').where('workflow_id', '=', id).execute()
  return true
}

function describe(app: App, now: number) {
  return {
    name: app.name,
    description: app.description,
    mode: app.mode,
    variables: toText(app.variables),
    file_limits: toText(app.fileLimits),
    server_version: app.serverVersion ?? null,
    synced_at: now,
    // see app-checks.ts
    checked_at: now,
    checked_app: null,
    check_error: null,
    check_error_sentence: null,
  }
}

function toWorkflow(row: Selectable<WorkflowTable>): Workflow {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    mode: row.mode,
    baseUrl: row.base_url,
    // Written by saveWorkflow and updateWorkflow, from an App.
    variables: JSON.parse(row.variables) as Variable[],
    fileLimits: JSON.parse(row.file_limits) as Workflow['fileLimits'],
    limit: row.call_limit,
    perMinute: row.calls_per_minute,
    tokensPerMinute: row.tokens_per_minute,
    enabled: row.enabled === 1,
    ...(row.required_outputs !== null && { requiredOutputs: parseStrings(row.required_outputs) }),
    ...(row.per_task !== null && { perTask: parseLimit(row.per_task) }),
    ...(row.console_url !== null && { consoleUrl: row.console_url }),
    ...(row.pauses_since !== null && { pauses: true as const }),
    ...(row.server_version !== null && { serverVersion: row.server_version }),
    syncedAt: row.synced_at,
  }
}
