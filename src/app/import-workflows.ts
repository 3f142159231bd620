import type { Db } from '../db/schema.ts'
import { findImported } from '../db/workflows/imported-apps.ts'
import { findWorkflowByKey } from '../db/workflows/workflows.ts'
import {
  type AppKey,
  appPageOf,
  type ConsoleAccess,
  type ConsoleApp,
  consoleAccess,
  deleteAppKey,
  listAppKeys,
  listConsoleApps,
  makeAppKey,
} from '../dify/console/console.ts'
import { withoutSecret } from '../dify/console/refusal.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { APP_MODES, type AppMode, type Workflow } from '../engine/workflow.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { consoleUrlOf } from './console-url.ts'
import { addWorkflow, ImportedMeanwhile } from './workflows.ts'
import type { WorkflowApp } from './workflow-acts.ts'

/*
 * Imports apps of a self-hosted Dify: its admin API key lists them, and makes a key for each that is chosen. The admin key
 * is used for this and stored nowhere.
 */

/** A workspace of a Dify server, as a person gave it. */
export type DifyWorkspace = ConsoleAccess

/** An app that Rowbot can run. */
export interface ImportableApp {
  id: string
  name: string
  mode: AppMode
  description: string
  /** the workflow that has one of its keys; undefined: it is not here yet */
  workflowId: string | undefined
}

export interface FoundApps {
  /** of the service API */
  baseUrl: string
  /** by name */
  apps: ImportableApp[]
  /** how many more the workspace has, of kinds that Rowbot does not run */
  others: number
}

/** What became of one app that was to be imported. `mode` undefined: the workspace has no such app. */
export type ImportedApp = Omit<RunnableApp, 'mode'> & { mode: AppMode | undefined } & (
    | { kind: 'added'; workflow: Workflow; isKeyShared: boolean }
    | { kind: 'existing'; workflowId: string }
    | { kind: 'failed'; why: UserError }
  )

/** How many apps are asked about, or added, at once. */
const AT_ONCE = 6
/** The page waits for the answer: beyond this, what is left is said to have had no answer. */
const WITHIN_MS = 60_000

/**
 * The apps of a workspace, and which are here already. Makes no key and adds nothing.
 * @throws NotAllowed, and UserError where the server does not let the key in
 */
export async function listImportable(
  app: Pick<WorkflowApp, 'db' | 'box'>,
  actor: Actor,
  given: DifyWorkspace,
): Promise<FoundApps> {
  requireAdmin(actor)
  const access = consoleAccess(given)
  const signal = AbortSignal.timeout(WITHIN_MS)
  const all = await listConsoleApps(access, signal)
  const runnable = all.flatMap(toRunnable)
  const apps = await eachOf(runnable, async (one) => {
    // One app whose keys cannot be read hides no other; importing it says why.
    const keys = await listAppKeys(access, one.id, signal).catch(noKeysIfUserError)
    return { ...one, workflowId: await holderOf(app, access, keys) }
  })
  return { baseUrl: access.baseUrl, apps, others: all.length - runnable.length }
}

/**
 * Adds the chosen apps as workflows, each with a key of its own. One that is here already is left as it is, and one that
 * fails stops no other.
 * @param chosen ids of apps, or all that Rowbot can run
 * @throws NotAllowed, and UserError where the server does not let the key in
 */
export async function importApps(
  app: WorkflowApp,
  actor: Actor,
  given: DifyWorkspace,
  chosen: readonly string[] | 'all',
): Promise<ImportedApp[]> {
  requireAdmin(actor)
  const access = consoleAccess(given)
  return inTurn(app.db, async () => {
    const signal = AbortSignal.timeout(WITHIN_MS)
    const runnable = (await listConsoleApps(access, signal)).flatMap(toRunnable)
    const wanted = new Set(chosen === 'all' ? runnable.map(({ id }) => id) : chosen)
    const missing = [...wanted].filter((id) => !runnable.some((one) => one.id === id))
    const imported = await eachOf(
      runnable.filter(({ id }) => wanted.has(id)),
      (one) => importOne(app, actor, access, one, signal),
    )
    return [...imported, ...missing.map(notThere)]
  })
}

async function importOne(
  app: WorkflowApp,
  actor: Actor,
  access: ConsoleAccess,
  one: RunnableApp,
  signal: AbortSignal,
): Promise<ImportedApp> {
  try {
    for (;;) {
      try {
        return await importOnce(app, actor, access, one, signal)
      } catch (fault) {
        // Now the other process’ workflow has one of the keys.
        if (!(fault instanceof ImportedMeanwhile)) throw fault
      }
    }
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault
    return { ...one, kind: 'failed', why: withoutSecret(fault, access.adminKey) }
  }
}

/** @throws ImportedMeanwhile if another process was quicker: nothing is left of this try, at Dify neither */
async function importOnce(
  app: WorkflowApp,
  actor: Actor,
  access: ConsoleAccess,
  one: RunnableApp,
  signal: AbortSignal,
): Promise<ImportedApp> {
  const { id } = one
  const before = await findImported(app.db, access.baseUrl, id)
  const keys = await listAppKeys(access, id, signal)
  const holder = await holderOf(app, access, keys)
  if (holder !== undefined) return { ...one, kind: 'existing', workflowId: holder }
  const made = await makeAppKey(access, id, signal)
  if (made !== 'too many') {
    const workflow = await addWithNewKey(app, actor, access, { appId: id, before }, made)
    return { ...one, kind: 'added', workflow, isKeyShared: false }
  }
  const [newest] = keys
  if (!newest) throw new UserError(say('app-without-keys'))
  const { workflow } = await addWorkflow(app, actor, newWorkflow(access, { appId: id, before }, newest))
  return { ...one, kind: 'added', workflow, isKeyShared: true }
}

/** What addWorkflow is told of the app that is imported. */
interface ImportedFrom {
  appId: string
  before: string | undefined
}

/** An app that cannot be added gets its key taken away again: after ten tries it could have no other. */
async function addWithNewKey(
  app: WorkflowApp,
  actor: Actor,
  access: ConsoleAccess,
  from: ImportedFrom,
  key: AppKey,
): Promise<Workflow> {
  const { appId } = from
  try {
    return (await addWorkflow(app, actor, newWorkflow(access, from, key))).workflow
  } catch (fault) {
    await deleteAppKey(access, appId, key.id).catch((left: unknown) => {
      if (!(left instanceof UserError)) throw left
      app.log.info({ appId }, 'a key that was made for an app could not be deleted again')
    })
    throw fault
  }
}

function newWorkflow(access: ConsoleAccess, from: ImportedFrom, { token }: AppKey) {
  const consoleUrl = consoleUrlOf(appPageOf(access, from.appId))
  return { baseUrl: access.baseUrl, apiKey: token, consoleUrl, from }
}

type RunnableApp = Omit<ImportableApp, 'workflowId'>

function toRunnable({ mode, ...app }: ConsoleApp): RunnableApp[] {
  const supported = APP_MODES.find((one) => one === mode)
  return supported ? [{ ...app, mode: supported }] : []
}

function notThere(id: string): ImportedApp {
  const why = new UserError(say('app-not-in-workspace', { app: id }), say('do-list-apps-again'))
  return { id, name: id, mode: undefined, description: '', kind: 'failed', why }
}

function noKeysIfUserError(fault: unknown): AppKey[] {
  if (fault instanceof UserError) return []
  throw fault
}

/** The workflow that has one of these keys. */
async function holderOf(
  { db, box }: Pick<WorkflowApp, 'db' | 'box'>,
  { baseUrl }: ConsoleAccess,
  keys: AppKey[],
): Promise<string | undefined> {
  for (const { token } of keys) {
    const holder = await findWorkflowByKey(db, box, baseUrl, token)
    if (holder !== undefined) return holder
  }
  return undefined
}

/** By name; some at once, in that order. */
async function eachOf<T>(apps: RunnableApp[], work: (app: RunnableApp) => Promise<T>): Promise<T[]> {
  const byName = apps.toSorted((a, b) => a.name.localeCompare(b.name))
  const waiting = byName.entries()
  const results: T[] = []
  const lane = async () => {
    for (const [at, app] of waiting) results[at] = await work(app)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return results
}

const turns = new WeakMap<Db, Promise<unknown>>()

/**
 * One import after the other: a form that is sent twice at once would otherwise make two keys, one of which has to be taken
 * away again. Of another process only addWorkflow knows.
 */
function inTurn<T>(db: Db, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(db) ?? Promise.resolve()).then(work, work)
  turns.set(
    db,
    turn.catch(() => {}),
  )
  return turn
}
