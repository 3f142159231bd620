import { limitText, NO_LIMIT, type TaskLimit } from '../engine/limits.ts'
import { type WorkflowAccess, findAccess, setAccess } from '../db/workflows/access.ts'
import {
  setPerTask,
  setConsoleUrl,
  setRequiredOutputs,
  setWorkflowEnabled,
  setWorkflowLimits,
} from '../db/workflows/workflows.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow, WorkflowLimits } from '../engine/workflow.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audited } from './audit.ts'
import { consoleUrlOf } from './console-url.ts'
import { actOn, stored, type WorkflowApp } from './workflow-acts.ts'

/* What an admin says of a workflow here; Dify is not asked. Each @throws NotAllowed. */

/** Range for a workflow’s calls at once, and the default. */
export const CALL_LIMIT = { min: 1, max: 1_000, usual: 10 }
/** Calls and tokens a minute. */
export const PER_MINUTE = { min: 1, max: 100_000 }
export const TOKENS_PER_MINUTE = { min: 1, max: 1_000_000_000 }
/** How many outputs may be required, and how long their names may be. */
export const REQUIRED_OUTPUTS = { most: 50, chars: 200 }

/**
 * Holds at once for the tasks that this process runs.
 * @param change within CALL_LIMIT, PER_MINUTE and TOKENS_PER_MINUTE; what is not given stays as it is
 */
export async function changeLimits(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
  change: Partial<WorkflowLimits>,
): Promise<void> {
  requireAdmin(actor)
  const limits = { ...limitsIn(workflow), ...limitsIn(change) }
  await audited(app, actor, async (trx) => {
    await setWorkflowLimits(trx, workflow.id, change)
    const details = {
      ...(limits.limit !== workflow.limit && { from: workflow.limit, to: limits.limit }),
      ...(limits.perMinute !== workflow.perMinute && { perMinute: limits.perMinute }),
      ...(limits.tokensPerMinute !== workflow.tokensPerMinute && { tokensPerMinute: limits.tokensPerMinute }),
    }
    return { act: actOn(workflow, 'limit', details), result: undefined }
  })
  app.runtimes.setLimits(workflow.id, { ...workflow, ...limits })
}

/**
 * Sets the outputs without which a row of it has failed; none: whatever it gives will do. Holds for tasks that start or
 * go on after this.
 */
export async function changeRequiredOutputs(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
  given: readonly string[],
): Promise<Workflow> {
  requireAdmin(actor)
  const names = [...new Set(given.map((name) => name.trim()).filter((name) => name !== ''))]
  if (names.length > REQUIRED_OUTPUTS.most || names.some((name) => name.length > REQUIRED_OUTPUTS.chars))
    throw new UserError(
      say('outputs-at-most', { max: REQUIRED_OUTPUTS.most, characters: REQUIRED_OUTPUTS.chars }),
    )
  return audited(app, actor, async (trx) => {
    const { requiredOutputs: before = [] } = await stored(trx, workflow.id)
    await setRequiredOutputs(trx, workflow.id, names)
    const isSame = Bun.deepEquals(before, names)
    const act = actOn(workflow, 'outputs', { required: names.length === 0 ? 'none' : names })
    return { act: isSame ? undefined : act, result: await stored(trx, workflow.id) }
  })
}

/**
 * Sets how much a task of it may cost, unless whoever starts it says otherwise. Tasks that are there keep their limits.
 * @param limit null: as much as they do
 */
export async function changePerTask(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
  limit: TaskLimit | null,
): Promise<Workflow> {
  requireAdmin(actor)
  return audited(app, actor, async (trx) => {
    const { perTask: before = null } = await stored(trx, workflow.id)
    await setPerTask(trx, workflow.id, limit)
    const isSame = Bun.deepEquals(before, limit)
    const act = actOn(workflow, 'limit', { perTask: limit ? limitText(limit) : NO_LIMIT })
    return { act: isSame ? undefined : act, result: await stored(trx, workflow.id) }
  })
}

/**
 * Sets where the app is in Dify's own pages, so that rows link to its log there.
 * @param copied the address of any page of the app; null: none
 * @throws UserError if it is no such address
 */
export async function changeConsoleUrl(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
  copied: string | null,
): Promise<Workflow> {
  requireAdmin(actor)
  const url = copied === null ? null : consoleUrlOf(copied)
  return audited(app, actor, async (trx) => {
    const { consoleUrl: before = null } = await stored(trx, workflow.id)
    await setConsoleUrl(trx, workflow.id, url)
    const act = actOn(workflow, 'console', { address: url ?? 'none' })
    return { act: before === url ? undefined : act, result: await stored(trx, workflow.id) }
  })
}

/** @param access who may run it in the chats; undefined: everyone */
export async function changeAccess(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
  access: WorkflowAccess | undefined,
): Promise<void> {
  requireAdmin(actor)
  await audited(app, actor, async (trx) => {
    await setAccess(trx, workflow.id, access)
    const now = await findAccess(trx, workflow.id)
    return { act: actOn(workflow, 'access', now ? { ...now } : { everyone: true }), result: undefined }
  })
}

/** Sets whether new tasks may be made with it; existing tasks continue. */
export async function switchWorkflow(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
  to: 'on' | 'off',
): Promise<void> {
  requireAdmin(actor)
  await audited(app, actor, async (trx) => {
    await setWorkflowEnabled(trx, workflow.id, to === 'on')
    return { act: actOn(workflow, to === 'on' ? 'enable' : 'disable'), result: undefined }
  })
}

/** Of these, the limits that are given. */
export function limitsIn({
  limit,
  perMinute,
  tokensPerMinute,
}: Partial<WorkflowLimits>): Partial<WorkflowLimits> {
  return {
    ...(limit !== undefined && { limit }),
    ...(perMinute !== undefined && { perMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
  }
}

/** Those that are set. */
export function limitsSet({ limit, perMinute, tokensPerMinute }: WorkflowLimits) {
  return {
    limit,
    ...(perMinute !== null && { perMinute }),
    ...(tokensPerMinute !== null && { tokensPerMinute }),
  }
}
