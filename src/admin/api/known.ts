import { findListedTask, type ListedTask } from '../../db/task-list.ts'
import { findWorkflow } from '../../db/workflows.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { actorOf } from '../actor.ts'
import { Fault } from '../fault.ts'
import { paceOf } from '../live/task-facts.ts'
import type { Surroundings } from '../options.ts'
import type { Actor } from '../task-acts.ts'
import { type TaskJson, taskJson } from './to-json.ts'

/** No id of ours has anything else in it: what has is not even asked for. */
const ID = /^[\w-]{1,64}$/

/** @throws Fault not_found */
export async function knownTask(id: string, { db }: Pick<Surroundings, 'db'>): Promise<ListedTask> {
  const task = ID.test(id) ? await findListedTask(db, id) : undefined
  if (task) return task
  throw new Fault(
    'not_found',
    'There is no such task.',
    'It may have been deleted. GET /api/batch/ lists all.',
  )
}

/** @throws Fault not_found */
export async function knownWorkflow(id: string, { db }: Pick<Surroundings, 'db'>): Promise<Workflow> {
  const workflow = ID.test(id) ? await findWorkflow(db, id) : undefined
  if (workflow) return workflow
  throw new Fault('not_found', 'There is no such workflow.', 'GET /api/workflows lists all.')
}

export async function toTaskJson(task: ListedTask, around: Surroundings): Promise<TaskJson> {
  return taskJson(task, await paceOf(task, around))
}

/** Who acts by a request of the API. */
export function programOf(request: Request): Actor {
  return actorOf(request, 'api')
}
