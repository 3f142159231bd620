import { limitText, NO_LIMIT, type TaskLimit } from '../engine/limits.ts'
import type { Db, Trx } from '../db/schema.ts'
import { type WorkflowAccess, findAccess, setAccess } from '../db/workflows/access.ts'
import {
  deleteWorkflow,
  findWorkflow,
  findWorkflowByKey,
  openWorkflowKey,
  replaceWorkflowKey,
  saveWorkflow,
  setPerTask,
  setConsoleUrl,
  setRequiredOutputs,
  setWorkflowEnabled,
  setWorkflowLimits,
  updateWorkflow,
} from '../db/workflows/workflows.ts'
import { type AppCheck, findAppCheck, noteDescribed, noteNotDescribed } from '../db/workflows/app-checks.ts'
import { describeApp } from '../dify/apps/describe-app.ts'
import { normalizeBaseUrl } from '../dify/client/http.ts'
import { type AppChanges, appChanges } from '../engine/app-changes.ts'
import { UserError } from '../engine/user-error.ts'
import type { App, Workflow, WorkflowLimits } from '../engine/workflow.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { type Act, audited } from './audit.ts'
import { bareAddress } from './bare-address.ts'
import { consoleUrlOf } from './console-url.ts'
import { ID_CHARS } from './workflow-labels.ts'
import type { Rowbot } from './rowbot.ts'
import { SANDBOX_URL } from './workflow-runtimes.ts'
import { say, type Sentence, without } from '../engine/sentence.ts'

/*
 * What people and programs do with workflows, from any face: checks permission, acts, and writes the audit in the
 * same transaction. Each @throws NotAllowed, and UserError if Dify does not accept the key or the app cannot be run.
 */

/** What the acts on workflows need. */
export type WorkflowApp = Pick<Rowbot, 'db' | 'box' | 'runtimes' | 'clock' | 'log'>

/** Range for a workflow’s calls at once, and the default. */
export const CALL_LIMIT = { min: 1, max: 1_000, usual: 10 }
/** Calls and tokens a minute. */
export const PER_MINUTE = { min: 1, max: 100_000 }
export const TOKENS_PER_MINUTE = { min: 1, max: 1_000_000_000 }
/** How many outputs may be required, and how long their names may be. */
export const REQUIRED_OUTPUTS = { most: 50, chars: 200 }

/**
 * Adds the app of a key, or brings it up to date: its name and inputs from Dify, its limits and its page where they are given.
 * @param given.consoleUrl as `consoleUrlOf` gives it
 * @returns isNew: false when it was there already
 */
export async function addWorkflow(
  app: WorkflowApp,
  actor: Actor,
  given: { baseUrl: string; apiKey: string; consoleUrl?: string } & Partial<WorkflowLimits>,
): Promise<{ workflow: Workflow; isNew: boolean }> {
  requireAdmin(actor)
  // URLs written differently may mean the same app; as two workflows, each would have its own limit.
  const baseUrl = normalizeBaseUrl(given.baseUrl)
  const apiKey = given.apiKey.trim()
  const described = await describe(app, { baseUrl }, apiKey)
  return audited(app, actor, async (trx) => {
    const newId = crypto.randomUUID()
    const id = await saveWorkflow(trx, app.box, {
      id: newId,
      baseUrl,
      apiKey,
      app: described,
      limit: given.limit ?? CALL_LIMIT.usual,
      now: app.clock.now(),
    })
    await setWorkflowLimits(trx, id, limitsIn(given))
    if (given.consoleUrl !== undefined) await setConsoleUrl(trx, id, given.consoleUrl)
    const workflow = await stored(trx, id)
    const isNew = id === newId
    const details = { ...limitsSet(workflow), address: bareAddress(baseUrl) }
    // Every demo brings the sandbox’s apps up to date: nobody has done anything by that.
    const isRecorded = isNew || baseUrl !== SANDBOX_URL
    return {
      act: isRecorded ? actOn(workflow, 'add', details) : undefined,
      result: { workflow, isNew },
    }
  })
}

/** Adds the apps of the built-in sandbox, which calls no model. */
export async function addSandboxWorkflows(app: WorkflowApp, actor: Actor): Promise<Workflow[]> {
  requireAdmin(actor)
  const workflows = []
  for (const { key } of (await app.runtimes.sandbox()).apps) {
    const { workflow } = await addWorkflow(app, actor, { baseUrl: SANDBOX_URL, apiKey: key })
    workflows.push(workflow)
  }
  return workflows
}

const SETTINGS: Actor = { face: 'config', name: 'DIFY_API_KEYS', role: 'admin' }

/** Adds every app of DIFY_API_KEYS that is not registered yet. Returns a message for each that could not be added. */
export async function addConfiguredWorkflows(
  app: WorkflowApp & Pick<Rowbot, 'config'>,
): Promise<UserError[]> {
  const { baseUrl, apiKeys } = app.config.dify
  const results = await Promise.allSettled(
    apiKeys.map(async (apiKey, i) => {
      if (await findWorkflowByKey(app.db, app.box, normalizeBaseUrl(baseUrl), apiKey.trim())) return
      await addWorkflow(app, SETTINGS, { baseUrl, apiKey }).catch((fault: unknown) => {
        if (!(fault instanceof UserError)) throw fault
        throw new UserError(`Key ${i + 1} of DIFY_API_KEYS is not usable: ${fault.message}`, fault.hint)
      })
    }),
  )
  return results.flatMap((result) => {
    if (result.status === 'fulfilled') return []
    if (result.reason instanceof UserError) return [result.reason]
    throw result.reason
  })
}

/** Updates what is stored of the app from Dify. @returns also how it had changed */
export async function syncWorkflow(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
): Promise<{ workflow: Workflow } & AppChanges> {
  requireAdmin(actor)
  const described = await asked(app, workflow)
  return audited(app, actor, async (trx) => {
    const found = await changesNow(trx, workflow, described)
    await updateWorkflow(trx, workflow.id, described, app.clock.now())
    const synced = await stored(trx, workflow.id)
    return { act: actOn(synced, 'sync', changesIn(found)), result: { workflow: synced, ...found } }
  })
}

/**
 * What Dify says about the app now, and how that differs from what is stored of it. Nothing that runs is changed: only
 * when Dify was asked and what it said is stored, for the page. The audit has what was not known to differ before.
 */
export async function checkWorkflow(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
): Promise<{ app: App } & AppChanges> {
  requireAdmin(actor)
  const described = await asked(app, workflow)
  return audited(app, actor, async (trx) => {
    const before = await findAppCheck(trx, workflow.id)
    const found = await changesNow(trx, workflow, described)
    const isSame = appChanges(workflow, described).changes.length === 0
    await noteDescribed(trx, workflow.id, { app: described, isSame, now: app.clock.now() })
    const isNews = found.changes.length > 0 && !Bun.deepEquals(changesSeen(workflow, before), found)
    const act = actOn(workflow, 'check', changesIn(found))
    return { act: isNews ? act : undefined, result: { app: described, ...found } }
  })
}

/** How the app differs in Dify from what is stored of it, as far as that is known without asking. */
export function changesSeen(workflow: Workflow, check: AppCheck | undefined): AppChanges {
  const { found = workflow, version = null, versionSynced = null } = check ?? {}
  return appChanges({ ...workflow, version: versionSynced }, { ...found, version })
}

async function changesNow(trx: Trx, workflow: Workflow, described: App): Promise<AppChanges> {
  const { version = null, versionSynced = null } = (await findAppCheck(trx, workflow.id)) ?? {}
  return appChanges({ ...workflow, version: versionSynced }, { ...described, version })
}

function changesIn({ changes }: AppChanges) {
  return changes.length === 0 ? {} : { changes }
}

/** Asks Dify what the app is; if it does not say, the page says why. */
async function asked(app: WorkflowApp, workflow: Workflow): Promise<App> {
  try {
    return await describe(app, workflow, await openWorkflowKey(app.db, app.box, workflow.id))
  } catch (fault) {
    if (fault instanceof UserError)
      await noteNotDescribed(app.db, workflow.id, { error: fault.says.message, now: app.clock.now() })
    throw fault
  }
}

/**
 * Replaces the key by a new one for the same app, after Dify has accepted it.
 * @throws UserError if the key belongs to another app
 */
export async function changeKey(
  app: WorkflowApp,
  actor: Actor,
  workflow: Workflow,
  key: string,
): Promise<void> {
  requireAdmin(actor)
  const apiKey = key.trim()
  const described = await describe(app, workflow, apiKey)
  if (described.name !== workflow.name)
    throw new UserError(
      say('key-of-another', { app: described.name, workflow: workflow.name }),
      say('do-add-that-app'),
    )
  await audited(app, actor, async (trx) => {
    const holder = await findWorkflowByKey(trx, app.box, workflow.baseUrl, apiKey)
    if (holder !== undefined && holder !== workflow.id)
      throw new UserError(
        say('key-in-use', { workflow: workflow.name, id: holder.slice(0, ID_CHARS) }),
        say('do-use-that-one'),
      )
    await replaceWorkflowKey(trx, app.box, workflow, apiKey)
    await updateWorkflow(trx, workflow.id, described, app.clock.now())
    return { act: actOn(workflow, 'key'), result: undefined }
  })
}

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

/** @throws UserError while it has tasks */
export async function removeWorkflow(app: WorkflowApp, actor: Actor, workflow: Workflow): Promise<void> {
  requireAdmin(actor)
  await audited(app, actor, async (trx) => {
    if (!(await deleteWorkflow(trx, workflow.id)))
      throw new UserError(say('workflow-has-tasks', { workflow: workflow.name }), say('do-delete-tasks'))
    return { act: actOn(workflow, 'remove'), result: undefined }
  })
}

function limitsIn({ limit, perMinute, tokensPerMinute }: Partial<WorkflowLimits>): Partial<WorkflowLimits> {
  return {
    ...(limit !== undefined && { limit }),
    ...(perMinute !== undefined && { perMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
  }
}

/** Those that are set. */
function limitsSet({ limit, perMinute, tokensPerMinute }: WorkflowLimits) {
  return {
    limit,
    ...(perMinute !== null && { perMinute }),
    ...(tokensPerMinute !== null && { tokensPerMinute }),
  }
}

/** What Dify says of an app; where that is a fault, without the key: a server may say back whatever it was sent. */
async function describe(
  { runtimes }: Pick<WorkflowApp, 'runtimes'>,
  workflow: Pick<Workflow, 'baseUrl'>,
  apiKey: string,
): Promise<App> {
  try {
    return await describeApp({ baseUrl: await runtimes.urlOf(workflow), apiKey })
  } catch (fault) {
    if (!(fault instanceof UserError) || apiKey === '') throw fault
    const { message, hint } = fault.says
    const safe = (sentence: Sentence) => without(sentence, apiKey)
    throw new UserError(safe(message), hint && safe(hint))
  }
}

function actOn({ id, name }: Workflow, act: string, details: Record<string, unknown> = {}): Act {
  return { action: `workflow.${act}`, target: id, details: { workflow: name, ...details } }
}

async function stored(db: Db | Trx, id: string): Promise<Workflow> {
  const workflow = await findWorkflow(db, id)
  if (workflow) return workflow
  throw new UserError(say('workflow-not-there'), say('do-see-workflows'))
}
