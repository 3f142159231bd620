import { findByName } from '../app/find-workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import {
  changeAccess,
  changeConsoleUrl,
  changeLimits,
  changePerTask,
  changeRequiredOutputs,
} from '../app/workflow-settings.ts'
import { type WorkflowAccess, findAccess } from '../db/workflows/access.ts'
import { listRecentOutputs } from '../db/workflows/recent-outputs.ts'
import { limitText, type TaskLimit } from '../engine/limits.ts'
import { UserError } from '../engine/user-error.ts'
import type { WorkflowLimits } from '../engine/workflow.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { limitLine, limitWorkflowMonth } from './usage.ts'

export interface LimitFlags {
  atOnce?: number
  perMinute?: number
  tokensPerMinute?: number
  perTask?: TaskLimit | null
  perMonth?: string
  /** false: no limit a minute */
  rates: boolean
}

/** Says how many calls a workflow takes; with flags, after setting it. */
export async function limitWorkflow(
  bot: Rowbot,
  wanted: string,
  { atOnce, perMinute, tokensPerMinute, perTask, perMonth, rates }: LimitFlags,
  screen: Screen,
): Promise<number> {
  const workflow = await findByName(bot, wanted)
  if (!rates && (perMinute !== undefined || tokensPerMinute !== undefined))
    throw new UserError('Either no limit a minute, or the one that is given.')
  const change = {
    ...(!rates && { perMinute: null, tokensPerMinute: null }),
    ...(atOnce !== undefined && { limit: atOnce }),
    ...(perMinute !== undefined && { perMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
  }
  if (Object.keys(change).length > 0) await changeLimits(bot, actorHere(), workflow, change)
  const { perTask: most } =
    perTask === undefined ? workflow : await changePerTask(bot, actorHere(), workflow, perTask)
  if (perMonth !== undefined) await limitWorkflowMonth(bot, wanted, perMonth)
  screen.print(`“${workflow.name}” takes ${limitsText({ ...workflow, ...change })}.`)
  screen.print(most ? `A task of it pauses at ${limitText(most)}.` : 'A task of it has no limit of its own.')
  screen.print(await limitLine(bot, { of: 'workflow', subject: workflow.id }, workflow.name))
  return EXIT.done
}

/** `4 calls at once, 60 calls a minute` */
function limitsText({ limit, perMinute, tokensPerMinute }: WorkflowLimits): string {
  const parts = [
    `${limit} ${limit === 1 ? 'call' : 'calls'} at once`,
    ...(perMinute === null ? [] : [`${perMinute} ${perMinute === 1 ? 'call' : 'calls'} a minute`]),
    ...(tokensPerMinute === null ? [] : [`${tokensPerMinute} tokens a minute`]),
  ]
  return parts.join(', ')
}

export interface OutputFlags {
  required?: string[]
  none: boolean
}

/** Says which outputs must be there; with flags, after setting it. */
export async function requireOutputs(
  bot: Rowbot,
  wanted: string,
  { required, none }: OutputFlags,
  screen: Screen,
): Promise<number> {
  const workflow = await findByName(bot, wanted)
  if (none && required) throw new UserError('Either none, or the ones that are named.')
  const names = none ? [] : required
  const { requiredOutputs = [] } = names
    ? await changeRequiredOutputs(bot, actorHere(), workflow, names)
    : workflow
  const recent = await listRecentOutputs(bot.db, workflow.id)
  screen.print(
    requiredOutputs.length === 0
      ? `“${workflow.name}”: whatever it gives will do.`
      : `“${workflow.name}”: a row without ${requiredOutputs.join(', ')} has failed, and is tried again.`,
  )
  if (recent.length > 0) screen.print(`It has given ${recent.join(', ')} lately.`)
  const never = requiredOutputs.filter((name) => recent.length > 0 && !recent.includes(name))
  if (never.length > 0)
    screen.warn(`It has not given ${never.join(', ')} so far. See that the names are right.`)
  return EXIT.done
}

/** Says where a workflow is in Dify's own pages; with an address, after setting it. */
export async function showConsole(
  bot: Rowbot,
  wanted: string,
  address: string | undefined,
  screen: Screen,
): Promise<number> {
  const workflow = await findByName(bot, wanted)
  const { consoleUrl } =
    address === undefined
      ? workflow
      : await changeConsoleUrl(bot, actorHere(), workflow, address === 'none' ? null : address)
  screen.print(consoleUrl ?? `Where “${workflow.name}” is in Dify is not known.`)
  return EXIT.done
}

export interface AccessFlags extends Partial<WorkflowAccess> {
  everyone: boolean
}

/** Shows who may run a workflow in the chats; with flags, sets it first. */
export async function setWorkflowAccess(
  bot: Rowbot,
  wanted: string,
  { everyone, users = [], channels = [], roles = [] }: AccessFlags,
  screen: Screen,
): Promise<number> {
  const workflow = await findByName(bot, wanted)
  const named = users.length + channels.length + roles.length > 0
  if (everyone && named)
    throw new UserError('Either everyone or the people, channels and roles that are named.')
  if (everyone) await changeAccess(bot, actorHere(), workflow, undefined)
  if (named) await changeAccess(bot, actorHere(), workflow, { users, channels, roles })
  const access = await findAccess(bot.db, workflow.id)
  screen.print(`“${workflow.name}” may be run by ${accessText(access)}.`)
  return EXIT.done
}

function accessText(access: WorkflowAccess | undefined): string {
  if (!access) return 'everyone'
  const parts = [
    ['people', access.users],
    ['channels', access.channels],
    ['roles', access.roles],
  ] as const
  return parts.flatMap(([what, ids]) => (ids.length > 0 ? [`${what} ${ids.join(', ')}`] : [])).join('; ')
}
