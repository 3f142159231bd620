import type { Db } from '../../../src/db/schema.ts'

export async function countDrafts(db: Db): Promise<number> {
  return (await db.selectFrom('drafts').select('id').execute()).length
}

export async function countLeftOut(db: Db): Promise<number> {
  return (await db.selectFrom('left_out_rows').selectAll().execute()).length
}
