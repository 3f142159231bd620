import { deleteWorkflow, listWorkflows as findWorkflows } from '../db/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { Variable, Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../rowbot.ts'
import {
  addSandboxWorkflows,
  addWorkflow as add,
  describeWorkflow,
  findByName,
  giveNewKey,
  syncWorkflow as sync,
} from '../workflows.ts'
import { askForKey } from './ask-key.ts'
import { EXIT } from './finish.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'

export interface AddFlags {
  key?: string
  url?: string
  limit?: number
  sandbox: boolean
}

export async function addWorkflow(
  bot: Rowbot,
  { key, url, limit, sandbox }: AddFlags,
  screen: Screen,
): Promise<number> {
  if (sandbox) {
    for (const workflow of await addSandboxWorkflows(bot)) screen.print(workflowLine(workflow))
    return EXIT.done
  }
  const apiKey = key ?? (await askForKey())
  const baseUrl = url ?? bot.config.dify.baseUrl
  screen.print(workflowLine(await add(bot, { baseUrl, apiKey, ...(limit !== undefined && { limit }) })))
  return EXIT.done
}

export async function listWorkflows(
  bot: Rowbot,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  await addConfigured(bot, screen)
  const all = await findWorkflows(bot.db)
  if (json) screen.print(JSON.stringify(all))
  else if (all.length === 0) screen.print('No workflows yet. Add one: bun rowbot workflow add')
  else for (const workflow of all) screen.print(workflowLine(workflow))
  return EXIT.done
}

export async function syncWorkflow(bot: Rowbot, wanted: string, screen: Screen): Promise<number> {
  screen.print(workflowLine(await sync(bot, await findByName(bot, wanted))))
  return EXIT.done
}

/** A new key for an app whose old one was revoked: its tasks and its access stay as they are. */
export async function replaceKey(
  bot: Rowbot,
  wanted: string,
  { key }: { key?: string },
  screen: Screen,
): Promise<number> {
  const workflow = await findByName(bot, wanted)
  await giveNewKey(bot, workflow, key ?? (await askForKey()))
  screen.print(`“${workflow.name}” has a new key, and it works. Tasks that it stopped go on with resume.`)
  return EXIT.done
}

export async function checkWorkflow(bot: Rowbot, wanted: string, screen: Screen): Promise<number> {
  const workflow = await findByName(bot, wanted)
  const app = await describeWorkflow(bot, workflow)
  const changed = Bun.deepEquals(app.variables, workflow.variables)
    ? ''
    : ' Its inputs have changed: bun rowbot workflow sync'
  screen.print(`“${app.name}” answers, and its key works.${changed}`)
  return changed ? EXIT.someFailed : EXIT.done
}

export async function removeWorkflow(bot: Rowbot, wanted: string, screen: Screen): Promise<number> {
  const { id, name } = await findByName(bot, wanted)
  if (!(await deleteWorkflow(bot.db, id))) {
    throw new UserError(`“${name}” has tasks and cannot be removed.`, 'Delete its tasks first.')
  }
  screen.print(`Removed “${name}”.`)
  return EXIT.done
}

function workflowLine({ id, name, mode, variables, enabled }: Workflow): string {
  const inputs = variables.map(inputText).join(', ') || 'none'
  return `${id.slice(0, 8)}  ${name} (${mode})${enabled ? '' : ' · switched off'}\n          inputs: ${inputs}`
}

/** `tone (select: formal, casual)`, with a star when it is required */
function inputText({ name, type, required, options }: Variable): string {
  return `${name}${required ? '*' : ''} (${options ? `${type}: ${options.join(', ')}` : type})`
}
