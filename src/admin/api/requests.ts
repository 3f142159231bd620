import { say } from '../../engine/sentence.ts'
import { findListedTask, type ListedTask } from '../../db/tasks/task-list.ts'
import { listNotifications } from '../../db/tasks/notifications.ts'
import { findWorkflow } from '../../db/workflows/workflows.ts'
import { listWorkedMs } from '../../db/stats/worked.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { trialJson } from '../../app/trial.ts'
import type { Actor } from '../../app/actor.ts'
import { actorOf } from '../sign-in/identity.ts'
import { HttpFault, type HttpFaultCode } from '../http/fault.ts'
import { PROBLEM_TYPE } from '../http/problem.ts'
import { findProgress, listProgress } from '../../app/progress.ts'
import { type FactSources, progressSources, flaggedOf, spentOf, trialOf } from '../tasks/facts.ts'
import type { AdminContext } from '../options.ts'
import { subPathOf } from '../../app/sub-path.ts'
import { notificationJson, sumJson, type TaskAndCostJson, type TaskJson, taskJson } from './to-json.ts'
import { z } from 'zod'
import type { UserError } from '../../engine/user-error.ts'
import { Refused } from '../../wizard/answer.ts'

/** Our ids have no other characters: anything else is not even looked up. */
const ID = /^[\w-]{1,64}$/

/** @throws Fault not_found */
export async function requireTask(id: string, { db }: Pick<AdminContext, 'db'>): Promise<ListedTask> {
  const task = ID.test(id) ? await findListedTask(db, id) : undefined
  if (task) return task
  throw new HttpFault('not_found', say('task-not-there'), say('do-api-lists-tasks'))
}

/** @throws Fault not_found */
export async function requireWorkflow(id: string, { db }: Pick<AdminContext, 'db'>): Promise<Workflow> {
  const workflow = ID.test(id) ? await findWorkflow(db, id) : undefined
  if (workflow) return workflow
  throw new HttpFault('not_found', say('workflow-not-there'), say('do-api-lists-workflows'))
}

/** What the JSON of a task is made with. */
type JsonSources = FactSources & Pick<AdminContext, 'http'>

export async function toTaskJson(task: ListedTask, context: JsonSources): Promise<TaskJson> {
  const worked = await workedOf([task], context)
  return taskJson(task, {
    progress: await findProgress(task, progressSources(context)),
    workedMs: worked.get(task.id),
    subPath: subPathOf(context.http.publicUrl),
  })
}

const ROWS_NAMED = 1_000

/** With what it has cost. */
export async function toTaskAndCost(task: ListedTask, context: JsonSources): Promise<TaskAndCostJson> {
  const { tokens, prices, unpriced, unknownCalls } = await spentOf(task, context)
  const { rows, groups, edited, kept } = await flaggedOf(task, context)
  const trial = await trialOf(task, context)
  return {
    ...(await toTaskJson(task, context)),
    tokens,
    prices: prices.map(sumJson),
    unpriced_rows: unpriced,
    unknown_calls: unknownCalls,
    to_look_at: {
      rows: rows.slice(0, ROWS_NAMED),
      count: rows.length,
      reasons: groups.map((group) => ({ code: group.code, count: group.rows.length })),
    },
    edited,
    kept,
    trial: trial ? trialJson(trial) : null,
    notifications: (await listNotifications(context.db, task.id)).map(notificationJson),
  }
}

export async function toTaskJsons(tasks: ListedTask[], context: AdminContext): Promise<TaskJson[]> {
  const listed = await listProgress(tasks, progressSources(context))
  const worked = await workedOf(tasks, context)
  return listed.map(({ task, progress }) =>
    taskJson(task, { progress, workedMs: worked.get(task.id), subPath: subPathOf(context.http.publicUrl) }),
  )
}

/** Not while they run: it would change with every second. */
function workedOf(tasks: ListedTask[], { db, clock }: FactSources): Promise<Map<string, number>> {
  const still = tasks.filter(({ status }) => status !== 'running' && status !== 'pending')
  return listWorkedMs(db, still, clock.now())
}

/** The actor of an API request. */
export function programOf(request: Request): Actor {
  return actorOf(request, 'api')
}

/** The body of every fault: problem details (RFC 9457). */
export const FAULT = z
  .object({
    type: z.string().describe('urn:rowbot:fault: and the code'),
    title: z.string().describe('the same for every fault with this code'),
    status: z.number().int().describe('the HTTP status'),
    detail: z.string().describe('message and hint as one text'),
    code: z.string().describe('one word for a program'),
    message: z.string().describe('what is wrong, a sentence'),
    hint: z.string().nullable().describe('what to do about it'),
  })
  .meta({ id: 'Fault' })

/** The faults that a route may answer besides those that every route may. */
export function faults<S extends 404 | 409 | 413>(...statuses: S[]): Record<S, typeof FAULT> {
  // `as`: made from exactly these statuses.
  return Object.fromEntries(statuses.map((status) => [status, FAULT])) as Record<S, typeof FAULT>
}

const REASONS = {
  upload: 'not_found',
  workflow: 'invalid',
  against: 'invalid',
  mapping: 'invalid',
  constants: 'invalid',
  rows: 'conflict',
} as const satisfies Record<Refused['reason'], HttpFaultCode>

const FIELDS = {
  upload: '',
  workflow: 'workflow_id',
  against: 'against',
  mapping: 'mapping',
  constants: 'constants',
  rows: '',
} as const

/** The HTTP fault for a request that the wizard refused, with the field that is wrong. */
export function toFault({ reason, says: { message, hint } }: Refused): HttpFault {
  const field = FIELDS[reason]
  return new HttpFault(
    REASONS[reason],
    field === '' ? message : say('field-says', { field, says: message }),
    hint,
  )
}

/** The fault for a file that cannot be used. */
export function unreadable({ says: { message, hint } }: UserError): HttpFault {
  return new HttpFault('unreadable_file', message, hint)
}

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** An answer that is not JSON, for the OpenAPI document only: nothing validates it. */
export const BINARY = { schema: { type: 'string', format: 'binary' } } as const

const PROBLEM = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Fault' } } }
export const NOT_FOUND = { description: 'Not found.', content: PROBLEM }
export const OUTPUTS_DELETED = {
  description: 'Its outputs were deleted because they were old; the message says when.',
  content: PROBLEM,
}
