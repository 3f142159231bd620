import { Routes } from 'discord.js'
import { isDeepStrictEqual } from 'node:util'
import { UserError } from '../../engine/user-error.ts'
import { Api } from './api.ts'
import { valueAt, listAt, textAt } from '../json-path.ts'
import { type DiscordCallResult } from './call.ts'
import type { Address } from './clients.ts'
import { commandsOf } from './commands.ts'
import type { Log } from '../log.ts'
import { inviteLink } from './permissions.ts'

export interface Registered {
  /** Discord knew other commands than these, or none */
  isChanged: boolean
  /** how the bot is let into a server */
  invite: string
}

/**
 * Tells Discord the commands, if it does not know these very ones yet. For `rowbot discord register`.
 * @throws UserError when Discord cannot be reached or refuses
 */
export async function registerDiscord(address: Address, log: Log): Promise<Registered> {
  const api = new Api(address, log)
  const application = await api.call({ method: 'get', route: Routes.currentApplication() })
  if (application.kind !== 'ok') throw refusal(application)
  const id = textAt(application.value, 'id')
  return { isChanged: await register(api, id), invite: inviteLink(id) }
}

/** @throws UserError */
export async function register(api: Api, applicationId: string): Promise<boolean> {
  const route = Routes.applicationCommands(applicationId)
  const query = new URLSearchParams({ with_localizations: 'true' })
  const registered = await api.call({ method: 'get', route, query })
  if (registered.kind !== 'ok') throw refusal(registered)
  if (isSame(registered.value)) return false
  const put = await api.call({ method: 'put', route, body: commandsOf() })
  if (put.kind !== 'ok') throw refusal(put)
  return true
}

/** Whether the commands that Discord has are ours: it adds fields of its own, and leaves out what is not set. */
export function isSame(registered: unknown): boolean {
  const ours = commandsOf()
  const theirs = listAt({ registered }, 'registered')
  return (
    theirs.length === ours.length &&
    ours.every((command) =>
      theirs.some((other) => textAt(other, 'name') === command.name && covers(other, command)),
    )
  )
}

function covers(theirs: unknown, ours: unknown): boolean {
  if (Array.isArray(ours))
    return (
      ours.length === listAt({ theirs }, 'theirs').length &&
      ours.every((one, i) => covers(valueAt(theirs, i), one))
    )
  if (typeof ours !== 'object' || ours === null) return isDeepStrictEqual(theirs ?? false, ours)
  return Object.entries(ours).every(([key, value]) => {
    const other = valueAt(theirs, key)
    return Array.isArray(value) && value.length === 0
      ? listAt(theirs, key).length === 0
      : covers(other, value)
  })
}

function refusal(called: Exclude<DiscordCallResult, { kind: 'ok' }>): UserError {
  const why = called.kind === 'limited' ? 'it asks to wait' : called.error
  return new UserError(
    `Discord does not take the commands: ${why}.`,
    'Check DISCORD_TOKEN, and try “rowbot discord register” again.',
  )
}
