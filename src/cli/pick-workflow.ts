import { listWorkflows } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { Reading } from '../workbook/types.ts'
import { checkUpload } from '../workbook/workbook.ts'
import type { Actor } from '../app/actor.ts'
import { findByName } from '../app/find-workflow.ts'
import { addConfiguredWorkflows } from '../app/workflows.ts'
import { readUpload } from './files.ts'
import type { Screen } from './screen.ts'
import { userInfo } from 'node:os'

/**
 * The named workflow; without a name, the only one there is, or the only one whose required inputs the headings feed.
 * @throws UserError that names the choices
 */
export async function resolveWorkflow(
  bot: Rowbot,
  wanted: string | undefined,
  { file, how }: { file: string; how: Reading },
  screen: Screen,
): Promise<Workflow> {
  await addConfigured(bot, screen)
  if (wanted !== undefined) return findByName(bot, wanted)

  const enabled = (await listWorkflows(bot.db)).filter((workflow) => workflow.enabled)
  const [only] = enabled
  if (!only) return findByName(bot, '')
  if (enabled.length === 1) return only

  const fitting = await fitFor(bot, enabled, file, how)
  if (fitting.length === 1 && fitting[0]) return fitting[0]
  const names = (fitting.length > 0 ? fitting : enabled).map(({ name }) => `“${name}”`).join(', ')
  throw new UserError('More than one workflow could run this file.', `Choose one with --workflow: ${names}.`)
}

/** Adds new apps of DIFY_API_KEYS. Prints a warning for any that cannot be added. */
export async function addConfigured(bot: Rowbot, screen: Screen): Promise<void> {
  for (const { message, hint } of await addConfiguredWorkflows(bot))
    screen.warn(`${message}${hint ? ` ${hint}` : ''}`)
}

async function fitFor(bot: Rowbot, workflows: Workflow[], file: string, how: Reading) {
  const upload = await readUpload(file, bot.config.limits)
  const fitting: Workflow[] = []
  for (const workflow of workflows) {
    const options = { ...how, variables: workflow.variables }
    const { mapping } = await checkUpload(upload, options, bot.config.limits)
    const needed = workflow.variables.filter(({ required }) => required)
    if (needed.length > 0 && needed.every(({ name }) => typeof mapping[name] === 'number'))
      fitting.push(workflow)
  }
  return fitting
}

/** Name of the person at the command line, for tasks and their log. */
export function personHere(): string {
  const name = accountName().trim()
  return name === '' || name === 'unknown' ? 'the command line' : name // Bun says “unknown” if $USER is not set
}

/** The same for use cases: access to the data folder means full rights. */
export function actorHere(): Actor {
  return { face: 'cli', name: personHere(), role: 'admin' }
}

function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return '' // in a container the user id may have no account
  }
}
