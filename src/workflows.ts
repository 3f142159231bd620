import { hasWorkflowKey, listWorkflows, saveWorkflow } from './db/workflows.ts'
import { describeApp } from './dify/describe-app.ts'
import { UserError } from './engine/user-error.ts'
import type { Workflow } from './engine/workflow.ts'
import { SANDBOX_URL } from './lines.ts'
import type { Rowbot } from './rowbot.ts'

export const CALLS_AT_ONCE = 10

/**
 * Adds the app of a key, or brings it up to date. Its name and inputs come from Dify.
 * @throws UserError when Dify does not take the key or the app cannot be run
 */
export async function addWorkflow(
  bot: Rowbot,
  { baseUrl, apiKey, limit = CALLS_AT_ONCE }: { baseUrl: string; apiKey: string; limit?: number },
): Promise<Workflow> {
  const app = await describeApp({ baseUrl: bot.lines.urlOf({ baseUrl }), apiKey })
  const id = await saveWorkflow(bot.db, bot.box, {
    id: crypto.randomUUID(),
    baseUrl,
    apiKey,
    app,
    limit,
    now: Date.now(),
  })
  return findByName(bot, id)
}

/** Adds every app of DIFY_API_KEYS that is not known yet. Gives the sentences of those that could not be added. */
export async function addConfiguredWorkflows(bot: Rowbot): Promise<UserError[]> {
  const { baseUrl, apiKeys } = bot.config.dify
  const results = await Promise.allSettled(
    apiKeys.map(async (apiKey, i) => {
      if (await hasWorkflowKey(bot.db, bot.box, baseUrl, apiKey)) return
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
 * The workflow a person means by a name, the beginning of one, or an id.
 * @throws UserError that lists what there is
 */
export async function findByName(bot: Rowbot, wanted: string): Promise<Workflow> {
  const all = await listWorkflows(bot.db)
  if (all.length === 0) {
    throw new UserError(
      'No workflow is set up yet.',
      'Add one: bun rowbot workflow add --key app-… (or --sandbox to try it).',
    )
  }
  const key = wanted.trim().toLowerCase()
  const exact = all.filter(({ id, name }) => id === wanted || name.toLowerCase() === key)
  const [found, ...others] =
    exact.length > 0 ? exact : all.filter(({ name }) => name.toLowerCase().startsWith(key))
  const names = all.map(({ name }) => `“${name}”`).join(', ')
  if (!found) throw new UserError(`There is no workflow “${wanted}”.`, `There are ${names}.`)
  if (others.length > 0)
    throw new UserError(
      `“${wanted}” means more than one workflow.`,
      `Give the whole name or the id: ${names}.`,
    )
  return found
}
