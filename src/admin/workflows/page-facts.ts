import { z } from 'zod'
import { type AppCheck, findAppCheck } from '../../db/workflows/app-checks.ts'
import { findAccess, type WorkflowAccess } from '../../db/workflows/access.ts'
import { findLastRows, type LastRows } from '../../db/stats/workflow-health.ts'
import { listWorkflowRecords, type WorkflowRecord } from '../../db/stats/workflow-record.ts'
import { listAudit } from '../../db/tasks/audit.ts'
import { type ListedTask, listTaskPage } from '../../db/tasks/task-list.ts'
import { listWorkflows } from '../../db/workflows/workflows.ts'
import { changesSeen } from '../../app/workflows.ts'
import { labelOf, labelsOf } from '../../app/workflow-labels.ts'
import { type Coded, readSentences, say } from '../../engine/sentence.ts'
import type { Slowdown } from '../../engine/slowdown.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { HttpFault } from '../http/fault.ts'
import { requesterOf, type Visitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { onlyOwn } from '../sign-in/identity.ts'
import { plainWorkflow } from '../view/value.ts'
import { RECORD_DAYS } from './card.ts'

/** What the page of a workflow shows. A runner’s has only their own tasks in it. */
export interface WorkflowPageFacts {
  /** made safe by plainWorkflow */
  workflow: Workflow
  /** its name, with what tells it apart from others of that name */
  label: string
  now: number
  /** newest first, at most LAST_TASKS */
  tasks: ListedTask[]
  /** of all its tasks */
  taskCount: number
  record: WorkflowRecord | undefined
  lastRows: LastRows
  check: AppCheck | undefined
  /** how it differs in Dify, as far as that is known */
  changes: Coded[]
  /** what the last sync took over; undefined: nothing, or that is not known */
  takenOver: { at: number; changes: Coded[] } | undefined
  slowdown: Slowdown | undefined
  /** undefined: everyone, or the visitor is not told */
  access: WorkflowAccess | undefined
  /** whether the visitor may start tasks with it */
  canTest: boolean
}

export const LAST_TASKS = 10
const DAY_MS = 86_400_000
/** Nobody needs to see the last row of the last seconds in it. */
const FRESH_MS = 3_000

/** @throws HttpFault not_found, also for one that a runner has nothing to do with */
export async function factsOf(
  context: AdminContext,
  visitor: Visitor,
  id: string,
): Promise<WorkflowPageFacts> {
  const { db, clock, cache, slowdown } = context
  const own = onlyOwn(visitor.identity)
  const [all, usable] = await Promise.all([
    listWorkflows(db),
    context.wizard.offered.all(requesterOf(visitor)),
  ])
  const workflow = all.find((one) => one.id === id)
  const mayUse = usable.some((one) => one.id === id)
  const filter = { workflowId: id, ...(own !== undefined && { ownerKey: own }) }
  const { tasks, total } = await listTaskPage(db, filter, { limit: LAST_TASKS, offset: 0 })
  if (!workflow || (own !== undefined && !mayUse && total === 0))
    throw new HttpFault('not_found', say('workflow-not-there'), say('do-see-workflows'))
  const now = clock.now()
  const [record, lastRows, check, access, takenOver] = await Promise.all([
    cache.get(`workflow-record:${own ?? ''}:${id}`, FRESH_MS, async () =>
      (await listWorkflowRecords(db, now - RECORD_DAYS * DAY_MS, { ownerKey: own, workflowId: id })).get(id),
    ),
    cache.get(`workflow-rows:${own ?? ''}:${id}`, FRESH_MS, () => findLastRows(db, tasks)),
    findAppCheck(db, id),
    own === undefined ? findAccess(db, id) : undefined,
    lastTakenOver(context, id),
  ])
  return {
    workflow: plainWorkflow(workflow),
    label: labelOf(workflow, labelsOf(own === undefined ? all : [workflow], visitor.texts)),
    now,
    tasks,
    taskCount: total,
    record,
    lastRows,
    check,
    changes: changesSeen(workflow, check).changes,
    takenOver,
    slowdown: slowdown(id),
    access,
    canTest: visitor.canAct && mayUse,
  }
}

/** As the audit has it. */
async function lastTakenOver({ db }: AdminContext, id: string): Promise<WorkflowPageFacts['takenOver']> {
  const {
    entries: [last],
  } = await listAudit(db, { limit: 1, target: id, action: 'workflow.sync' })
  const changes = readSentences(SYNCED.parse(last?.details ?? {}).changes)
  return last && changes && { at: last.at, changes }
}

const SYNCED = z.object({ changes: z.unknown().optional() })
