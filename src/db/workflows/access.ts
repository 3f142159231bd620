import { toText } from '../json.ts'
import type { Db } from '../schema.ts'

/** Who may run a workflow: anyone named here; undefined means everyone. The ids are those of the platforms. */
export interface WorkflowAccess {
  users: string[]
  channels: string[]
  roles: string[]
}

export async function setAccess(
  db: Db,
  workflowId: string,
  access: WorkflowAccess | undefined,
): Promise<void> {
  await db
    .updateTable('workflows')
    .set({ access: access ? toText(access) : null })
    .where('id', '=', workflowId)
    .execute()
}

export async function findAccess(db: Db, workflowId: string): Promise<WorkflowAccess | undefined> {
  const row = await db
    .selectFrom('workflows')
    .select('access')
    .where('id', '=', workflowId)
    .executeTakeFirst()
  return parse(row?.access ?? null)
}

/** By workflow id; a workflow that is open to everyone is not in it. */
export async function listAccess(db: Db): Promise<Map<string, WorkflowAccess>> {
  const rows = await db
    .selectFrom('workflows')
    .select(['id', 'access'])
    .where('access', 'is not', null)
    .execute()
  return new Map(
    rows.flatMap(({ id, access: text }) => {
      const access = parse(text)
      return access ? [[id, access] as const] : []
    }),
  )
}

function parse(text: string | null): WorkflowAccess | undefined {
  // Written by setAccess, from an Access.
  return text === null ? undefined : (JSON.parse(text) as WorkflowAccess)
}
