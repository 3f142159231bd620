import {
  findWorkflow,
  findWorkflowByKey,
  listWorkflows,
  openWorkflowKey,
  replaceWorkflowKey,
  saveWorkflow,
  setWorkflowLimit,
  updateWorkflow,
} from '../db/workflows/workflows.ts'
import { describeApp } from '../dify/apps/describe-app.ts'
import { tidyBaseUrl } from '../dify/client/http.ts'
import { UserError } from '../engine/user-error.ts'
import type { App, Workflow } from '../engine/workflow.ts'
import { SANDBOX_URL } from './workflow-runtimes.ts'
import type { Rowbot } from './rowbot.ts'

export const CALLS_AT_ONCE = 10

/**
 * Adds the app of a key, or brings it up to date: its name and inputs from Dify, its limit where one is given.
 * @throws UserError when Dify does not take the key or the app cannot be run
 */
export async function addWorkflow(
  bot: Rowbot,
  given: { baseUrl: string; apiKey: string; limit?: number },
): Promise<Workflow> {
  // Written in another way they are the same app: two workflows of it would each have a limit of their own.
  const baseUrl = tidyBaseUrl(given.baseUrl)
  const apiKey = given.apiKey.trim()
  const app = await describeApp({ baseUrl: bot.lines.urlOf({ baseUrl }), apiKey })
  const id = await saveWorkflow(bot.db, bot.box, {
    id: crypto.randomUUID(),
    baseUrl,
    apiKey,
    app,
    limit: given.limit ?? CALLS_AT_ONCE,
    now: Date.now(),
  })
  if (given.limit !== undefined) await setWorkflowLimit(bot.db, id, given.limit)
  return findByName(bot, id)
}

/**
 * A new key for the same app, once Dify takes it.
 * @throws UserError when Dify does not take it, or it is that of another app
 */
export async function giveNewKey(bot: Rowbot, workflow: Workflow, key: string): Promise<void> {
  const apiKey = key.trim()
  const app = await describeApp({ baseUrl: bot.lines.urlOf(workflow), apiKey })
  if (app.name !== workflow.name)
    throw new UserError(
      `That is the key of “${app.name}”, not of “${workflow.name}”.`,
      'Add that app as a workflow of its own.',
    )
  const holder = await findWorkflowByKey(bot.db, bot.box, workflow.baseUrl, apiKey)
  if (holder !== undefined && holder !== workflow.id)
    throw new UserError(
      `Another workflow “${workflow.name}” (${holder.slice(0, ID_CHARS)}) has that key already.`,
      'Use that one, or make a further key in Dify.',
    )
  await replaceWorkflowKey(bot.db, bot.box, workflow, apiKey)
  await updateWorkflow(bot.db, workflow.id, app, Date.now())
}

/** What Dify says of the app now; changes nothing. */
export async function describeWorkflow(bot: Rowbot, workflow: Workflow): Promise<App> {
  const apiKey = await openWorkflowKey(bot.db, bot.box, workflow.id)
  return describeApp({ baseUrl: bot.lines.urlOf(workflow), apiKey })
}

/** Brings what is known of the app up to date. */
export async function syncWorkflow(bot: Rowbot, workflow: Workflow): Promise<Workflow> {
  await updateWorkflow(bot.db, workflow.id, await describeWorkflow(bot, workflow), Date.now())
  return (await findWorkflow(bot.db, workflow.id)) ?? workflow
}

/** Adds every app of DIFY_API_KEYS that is not known yet. Gives the sentences of those that could not be added. */
export async function addConfiguredWorkflows(bot: Rowbot): Promise<UserError[]> {
  const { baseUrl, apiKeys } = bot.config.dify
  const results = await Promise.allSettled(
    apiKeys.map(async (apiKey, i) => {
      if (await findWorkflowByKey(bot.db, bot.box, tidyBaseUrl(baseUrl), apiKey.trim())) return
      await addWorkflow(bot, { baseUrl, apiKey }).catch((fault: unknown) => {
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

/** Adds the apps of the built-in sandbox, which is no Dify and calls no model. */
export async function addSandboxWorkflows(bot: Rowbot): Promise<Workflow[]> {
  const workflows = []
  for (const { key } of bot.lines.sandbox().apps) {
    workflows.push(await addWorkflow(bot, { baseUrl: SANDBOX_URL, apiKey: key }))
  }
  return workflows
}

/**
 * The workflow a person means by a name, the beginning of one, an id, or the beginning of one.
 * @throws UserError that lists what there is
 */
export async function findByName(bot: Rowbot, wanted: string): Promise<Workflow> {
  const all = await listWorkflows(bot.db)
  if (all.length === 0) {
    throw new UserError(
      'No workflow is set up yet.',
      'Add one: bun rowbot workflow add (with --sandbox to try it).',
    )
  }
  const [found, ...others] = meant(all, wanted.trim().toLowerCase())
  if (!found) throw new UserError(`There is no workflow “${wanted}”.`, `There are ${namesOf(all)}.`)
  if (others.length > 0)
    throw new UserError(
      `“${wanted}” means more than one workflow.`,
      `Give the whole name or the id: ${namesOf([found, ...others])}.`,
    )
  return found
}

/** As many of an id's characters as the lists show. */
const ID_CHARS = 8
/** Fewer characters of an id say too little. */
const LEAST_ID_CHARS = 4

function meant(all: Workflow[], key: string): Workflow[] {
  const ways: ((workflow: Workflow) => boolean)[] = [
    ({ id }) => id === key,
    ({ name }) => name.toLowerCase() === key,
    ({ id }) => key.length >= LEAST_ID_CHARS && id.startsWith(key),
    ({ name }) => name.toLowerCase().startsWith(key),
  ]
  for (const way of ways) {
    const found = all.filter(way)
    if (found.length > 0) return found
  }
  return []
}

/** With the id where a name alone does not say which. */
function namesOf(workflows: Workflow[]): string {
  const key = ({ name }: Workflow) => name.toLowerCase()
  return workflows
    .map((workflow) => {
      const isShared = workflows.filter((other) => key(other) === key(workflow)).length > 1
      return isShared ? `“${workflow.name}” (${workflow.id.slice(0, ID_CHARS)})` : `“${workflow.name}”`
    })
    .join(', ')
}
