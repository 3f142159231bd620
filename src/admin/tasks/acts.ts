import { failedRowNumbers } from '../../db/rows/error-groups.ts'
import { findListedTask, type ListedTask } from '../../db/tasks/task-list.ts'
import { audited, type Face } from '../audit/audited.ts'
import { type Identity, identityOf } from '../sign-in/identity.ts'
import { Fault } from '../http/fault.ts'
import type { Surroundings } from '../options.ts'

/** What a person or a program asks for. */
export type TaskAct =
  | { act: 'pause' }
  | { act: 'resume' }
  | { act: 'stop' }
  | { act: 'delete' }
  /** failed rows, all or these; or those of one error */
  | { act: 'retry'; rows?: number[]; error?: string }

export interface Actor {
  identity: Identity
  face: Face
}

/**
 * Does it, whichever face asks, and keeps who did. What is shown of the task is asked for anew at once.
 * @returns the task afterwards; undefined once it is deleted. `rows`: how many run again
 * @throws Fault not_found; UserError where its state forbids it
 */
export async function actOn(
  around: Surroundings,
  { identity, face }: Actor,
  id: string,
  asked: TaskAct,
): Promise<{ task: ListedTask | undefined; rows?: number }> {
  const { db, fresh } = around
  const before = await findListedTask(db, id)
  if (!before)
    throw new Fault(
      'not_found',
      `There is no task ${id}.`,
      'It may have been deleted. The list has every task.',
    )
  const details = await done(around, identity.name, id, asked)
  await audited(around, identity, face, {
    action: `task.${asked.act}`,
    target: id,
    details: { task: before.name, ...details },
  })
  fresh.drop(`task:${id}`)
  fresh.drop('list:')
  return { task: await findListedTask(db, id), ...details }
}

async function done(
  { db, engine, tasks }: Surroundings,
  by: string,
  id: string,
  asked: TaskAct,
): Promise<{ rows?: number }> {
  switch (asked.act) {
    case 'pause':
      await engine.pause(id, by)
      return {}
    case 'resume':
      await engine.resume(id, by)
      return {}
    case 'stop':
      await tasks.stop(id, by)
      return {}
    case 'delete':
      await engine.delete(id)
      return {}
    case 'retry': {
      const { rows, error } = asked
      const wanted = error === undefined ? rows : await failedRowNumbers(db, id, [error])
      const retried = await engine.retry(id, by, wanted)
      return { rows: retried.rows }
    }
  }
}

/** Who acts, by a form or as a program. The guard lets in nobody who is not known. */
export function actorOf(request: Request, face: Face = 'page'): Actor {
  const identity = identityOf(request)
  if (!identity) throw new Error('the guard has let in somebody unknown')
  return { identity, face }
}
