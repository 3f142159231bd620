import type { Db } from './schema.ts'

/** Whether the database answers. */
export async function answers(db: Db): Promise<boolean> {
  try {
    await db.selectFrom('workflows').select('id').limit(1).execute()
    return true
  } catch {
    return false // whatever it is: whoever needs an answer runs into it, and logs it
  }
}
