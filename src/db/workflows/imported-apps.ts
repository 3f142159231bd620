import type { Db, Trx } from '../schema.ts'

/** As which workflow this app was last imported, if it ever was. Returns its id; it may be gone. */
export async function findImported(
  db: Db | Trx,
  baseUrl: string,
  appId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('imported_apps')
    .select('workflow_id')
    .where('base_url', '=', baseUrl)
    .where('app_id', '=', appId)
    .executeTakeFirst()
  return row?.workflow_id
}

export async function setImported(
  trx: Trx,
  baseUrl: string,
  appId: string,
  workflowId: string,
): Promise<void> {
  await trx
    .insertInto('imported_apps')
    .values({ base_url: baseUrl, app_id: appId, workflow_id: workflowId })
    .onConflict((conflict) =>
      conflict.columns(['base_url', 'app_id']).doUpdateSet({ workflow_id: workflowId }),
    )
    .execute()
}
