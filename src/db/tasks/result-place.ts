import type { Db } from '../schema.ts'

/** Where the command line writes the result: an absolute path of a file, or with a slash at the end of a folder. */
export async function setResultPlace(db: Db, taskIds: string[], place: string): Promise<void> {
  await db.updateTable('batch_tasks').set({ result_place: place }).where('id', 'in', taskIds).execute()
}

/** Undefined: it was not started by the command line. */
export async function findResultPlace(db: Db, taskId: string): Promise<string | undefined> {
  const found = await db
    .selectFrom('batch_tasks')
    .select('result_place')
    .where('id', '=', taskId)
    .executeTakeFirst()
  return found?.result_place ?? undefined
}
