import { Routes } from 'discord.js'
import { Api } from './api.ts'
import { bad, type DoctorResult, fine } from '../chat-health.ts'
import { valueAt, listAt, textAt } from '../json-path.ts'
import { type DiscordCallResult, UNAUTHORIZED } from './call.ts'
import type { Log } from '../log.ts'
import { inviteLink, missing } from './permissions.ts'
import { isSame } from './register.ts'

export interface DiscordSettings {
  token?: string
  apiUrl?: string
  /** servers whose people may use the bot */
  guilds?: string[]
}

/** What is well and what is missing of the Discord set-up, asked of Discord itself. Nothing is posted. */
export async function examineDiscord(settings: DiscordSettings, log: Log): Promise<DoctorResult[]> {
  const { token, apiUrl, guilds = [] } = settings
  if (!token) return [fine('Discord is off: DISCORD_TOKEN is not given.')]
  const api = new Api({ token, ...(apiUrl && { apiUrl }) }, log)
  const application = await api.call({ method: 'get', route: Routes.currentApplication() })
  if (application.kind !== 'ok') return [bad(`Discord does not take DISCORD_TOKEN: ${reasonOf(application)}`)]
  const id = textAt(application.value, 'id')
  return [
    fine(`Discord knows the bot as ${textAt(application.value, 'name')}.`),
    ...examineOpenness(application.value, guilds),
    ...(await examineCommands(api, id)),
    ...(await examineServers(api, id, guilds)),
  ]
}

/** Whoever may invite the bot pays with your Dify credit. */
function examineOpenness(application: unknown, guilds: string[]): DoctorResult[] {
  if (valueAt(application, 'bot_public') !== true || guilds.length > 0) return []
  return [
    bad(
      'Anybody may invite this bot to their server and run your workflows. Turn “Public Bot” off under Bot, or name your servers in DISCORD_GUILDS.',
    ),
  ]
}

async function examineCommands(api: Api, id: string): Promise<DoctorResult[]> {
  const query = new URLSearchParams({ with_localizations: 'true' })
  const called = await api.call({ method: 'get', route: Routes.applicationCommands(id), query })
  if (called.kind !== 'ok') return [bad(`Discord does not say which commands it knows: ${reasonOf(called)}`)]
  return isSame(called.value)
    ? [fine('Discord knows the commands.')]
    : [bad('Discord does not know the commands as they are now. Run “rowbot discord register”.')]
}

async function examineServers(api: Api, id: string, guilds: string[]): Promise<DoctorResult[]> {
  const called = await api.call({ method: 'get', route: Routes.userGuilds() })
  if (called.kind !== 'ok') return [bad(`Discord does not say where the bot is: ${reasonOf(called)}`)]
  const servers = listAt(called, 'value')
  const invite = `Invite it with ${inviteLink(id)}`
  if (servers.length === 0) return [bad(`The bot is on no server yet. ${invite}`)]
  const away = guilds.filter((guild) => !servers.some((server) => textAt(server, 'id') === guild))
  return [
    ...servers.map((server) => permissionsOn(server, invite)),
    ...away.map((guild) => bad(`The bot is not on the server ${guild} of DISCORD_GUILDS. ${invite}`)),
  ]
}

function permissionsOn(server: unknown, invite: string): DoctorResult {
  const name = textAt(server, 'name')
  const lacks = missing(BigInt(textAt(server, 'permissions') || '0'), 'channel')
  if (lacks.length === 0) return fine(`On ${name} the bot has every permission that it needs.`)
  return bad(
    `On ${name} the bot lacks ${lacks.join(', ')}. Give them to its role under Server Settings, Roles. ${invite}`,
  )
}

function reasonOf(called: Exclude<DiscordCallResult, { kind: 'ok' }>): string {
  switch (called.kind) {
    case 'limited':
      return `it asks to wait ${Math.ceil(called.retryAfterMs / 1_000)} s. Try again then.`
    case 'unsure':
      return `it cannot be reached (${called.error}).`
    case 'refused':
      return called.code === UNAUTHORIZED
        ? 'there is no such token. Copy it again from the Developer Portal, under Bot, Reset Token.'
        : `it says “${called.error}”.`
  }
}
