import type { Trx } from '../db/schema.ts'
import {
  deleteWorkflow,
  findWorkflowByKey,
  openWorkflowKey,
  replaceWorkflowKey,
  saveWorkflow,
  setConsoleUrl,
  setWorkflowLimits,
  updateWorkflow,
} from '../db/workflows/workflows.ts'
import { findImported, setImported } from '../db/workflows/imported-apps.ts'
import { type AppCheck, findAppCheck, noteDescribed, noteNotDescribed } from '../db/workflows/app-checks.ts'
import { describeApp } from '../dify/apps/describe-app.ts'
import { normalizeBaseUrl } from '../dify/client/http.ts'
import { type AppChanges, appChanges } from '../engine/app-changes.ts'
import { UserError } from '../engine/user-error.ts'
import type { App, Workflow, WorkflowLimits } from '../engine/workflow.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audited } from './audit.ts'
import { actOn, stored, type WorkflowApp } from './workflow-acts.ts'
import { CALL_LIMIT, limitsIn, limitsSet } from './workflow-settings.ts'
import { bareAddress } from './bare-address.ts'
import { ID_CHARS } from './workflow-labels.ts'
import type { Rowbot } from './rowbot.ts'
import { SANDBOX_URL } from './workflow-runtimes.ts'
import { say, type Sentence, without } from '../engine/sentence.ts'

/*
 * What people and programs do with workflows, from any face: checks permission, acts, and writes the audit in the
 * same transaction. Each @throws NotAllowed, and UserError if Dify does not accept the key or the app cannot be run.
 */

/**
 * Adds the app of a key, or brings it up to date: its name and inputs from Dify, its limits and its page where they are given.
 * @param given.consoleUrl as `consoleUrlOf` gives it
 * @param given.from the app that it is imported from, and the workflow that came from it when its keys were looked through
 * @returns isNew: false when it was there already
 */
export async function addWorkflow(
  app: WorkflowApp,
  actor: Actor,
  given: {
    baseUrl: string
    apiKey: string
    consoleUrl?: string
    from?: { appId: string; before: string | undefined }
  } & Partial<WorkflowLimits>,
): Promise<{ workflow: Workflow; isNew: boolean }> {
  requireAdmin(actor)
  // URLs written differently may mean the same app; as two workflows, each would have its own limit.
  const baseUrl = normalizeBaseUrl(given.baseUrl)
  const apiKey = given.apiKey.trim()
  const described = await describe(app, { baseUrl }, apiKey)
  return audited(app, actor, async (trx) => {
    const { from } = given
    if (from && (await findImported(trx, baseUrl, from.appId)) !== from.before) throw new ImportedMeanwhile()
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
    if (from) await setImported(trx, baseUrl, from.appId, id)
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

/** Another process has imported the app since its keys were looked through. */
export class ImportedMeanwhile extends Error {
  override readonly name = 'ImportedMeanwhile'
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

/** @throws UserError while it has tasks */
export async function removeWorkflow(app: WorkflowApp, actor: Actor, workflow: Workflow): Promise<void> {
  requireAdmin(actor)
  await audited(app, actor, async (trx) => {
    if (!(await deleteWorkflow(trx, workflow.id)))
      throw new UserError(say('workflow-has-tasks', { workflow: workflow.name }), say('do-delete-tasks'))
    return { act: actOn(workflow, 'remove'), result: undefined }
  })
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
