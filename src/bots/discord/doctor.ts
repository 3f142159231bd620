import { ROWBOT } from '../../engine/this-program.ts'
import { Routes } from 'discord.js'
import { Api } from './api.ts'
import { bad, type DoctorResult, fine, type Fix, whyUnanswered } from '../doctor-result.ts'
import { valueAt, listAt, textAt } from '../json-path.ts'
import { type DiscordCallResult, UNAUTHORIZED } from './call.ts'
import type { Log } from '../log.ts'
import { inviteLink, missing } from './permissions.ts'
import { isSame } from './register.ts'

export interface DiscordSettings {
  token?: string
  apiUrl?: string
  /** servers whose members may use the bot */
  guilds?: string[]
}

/** Checks the Discord set-up by asking Discord. Posts nothing. */
export async function examineDiscord(settings: DiscordSettings, log: Log): Promise<DoctorResult[]> {
  const { token, apiUrl, guilds = [] } = settings
  if (!token) return [fine('Discord is off: DISCORD_TOKEN is not given.')]
  const api = new Api({ token, ...(apiUrl && { apiUrl }) }, log)
  const application = await api.call({ method: 'get', route: Routes.currentApplication() })
  if (application.kind !== 'ok')
    return [
      bad(
        `${application.kind === 'refused' ? 'Discord does not accept DISCORD_TOKEN' : 'Discord could not be asked about DISCORD_TOKEN'}: ${reasonOf(application)}`,
        tokenFixOf(application),
      ),
    ]
  const id = textAt(application.value, 'id')
  return [
    fine(`In Discord the bot is ${textAt(application.value, 'name')}.`),
    ...examineApplication(application.value, guilds),
    ...(await examineGateway(api, id)),
    ...(await examineCommands(api, id)),
    ...(await examineServers(api, id, guilds)),
  ]
}

/** The switches of the application that decide whether it hears anything, and who may invite it. */
function examineApplication(application: unknown, guilds: string[]): DoctorResult[] {
  const id = textAt(application, 'id')
  const endpoint = textAt(application, 'interactions_endpoint_url')
  return [
    ...(endpoint
      ? [
          bad(
            `Commands and clicks go to ${endpoint}, not to Rowbot: nothing that is clicked would arrive.`,
            inPortal(id, 'information', 'Interactions Endpoint URL: make it empty → Save Changes'),
          ),
        ]
      : []),
    ...(valueAt(application, 'bot_require_code_grant') === true
      ? [
          bad(
            'The invite link does not work: the application requires a code grant.',
            inPortal(id, 'bot', 'Requires OAuth2 Code Grant: off → Save Changes'),
          ),
        ]
      : []),
    // A public bot may be added to any server, and its runs there are paid with your Dify credit.
    ...(valueAt(application, 'bot_public') === true && guilds.length === 0
      ? [
          bad(
            'Anybody may invite this bot to their server and run your workflows.',
            inPortal(
              id,
              'bot',
              'Public Bot: off → Save Changes; or name your servers in .env',
              'DISCORD_GUILDS=…',
            ),
          ),
        ]
      : []),
  ]
}

/** Discord allows a bot a number of new connections a day. */
async function examineGateway(api: Api, id: string): Promise<DoctorResult[]> {
  const called = await api.call({ method: 'get', route: Routes.gatewayBot() })
  if (called.kind !== 'ok')
    return [bad(`Discord does not say where events are delivered: ${reasonOf(called)}`, tokenFixOf(called))]
  const remaining = valueAt(called.value, 'session_start_limit', 'remaining')
  const resetMs = valueAt(called.value, 'session_start_limit', 'reset_after')
  if (remaining !== 0) return [fine('Discord takes connections for events. No privileged intent is needed.')]
  const hours = Math.ceil(Number(resetMs) / 3_600_000)
  return [
    bad(
      `The bot has connected too often: Discord takes no new connection for the next ${hours} h.`,
      inPortal(
        id,
        'bot',
        'Reset Token, if something else connects with this token; then put the new one in .env',
        'DISCORD_TOKEN=…',
      ),
    ),
  ]
}

async function examineCommands(api: Api, id: string): Promise<DoctorResult[]> {
  const query = new URLSearchParams({ with_localizations: 'true' })
  const called = await api.call({ method: 'get', route: Routes.applicationCommands(id), query })
  if (called.kind !== 'ok')
    return [bad(`Discord did not say which commands are registered: ${reasonOf(called)}`, tokenFixOf(called))]
  return isSame(called.value)
    ? [fine('The commands are registered.')]
    : [
        bad('The registered commands are out of date.', {
          where: 'In a terminal; then restart Discord (Ctrl+R)',
          paste: `${ROWBOT} discord register`,
        }),
      ]
}

async function examineServers(api: Api, id: string, guilds: string[]): Promise<DoctorResult[]> {
  const called = await api.call({ method: 'get', route: Routes.userGuilds() })
  if (called.kind !== 'ok')
    return [bad(`Discord did not say which servers the bot is in: ${reasonOf(called)}`, tokenFixOf(called))]
  const servers = listAt(called, 'value')
  const invite: Fix = { where: 'Open this link, choose the server, Authorize', paste: inviteLink(id) }
  if (servers.length === 0) return [bad('The bot is not in any server yet.', invite)]
  const away = guilds.filter((guild) => !servers.some((server) => textAt(server, 'id') === guild))
  return [
    ...servers.map((server) => permissionsOn(server, invite)),
    ...away.map((guild) => bad(`The bot is not in the server ${guild} of DISCORD_GUILDS.`, invite)),
  ]
}

function permissionsOn(server: unknown, invite: Fix): DoctorResult {
  const name = textAt(server, 'name')
  const lacks = missing(BigInt(textAt(server, 'permissions') || '0'), 'channel')
  if (lacks.length === 0)
    return fine(
      `On ${name} the bot has every permission that it needs. A channel may deny them: ${ROWBOT} doctor --discord-channel ID`,
    )
  return bad(`On ${name} the bot lacks ${lacks.join(', ')}.`, {
    where: `${name} → Server Settings → Roles → the bot’s role → Permissions; or invite it again with this link`,
    ...(invite.paste && { paste: invite.paste }),
  })
}

/** A page of the application in the Developer Portal. */
function inPortal(id: string, page: 'information' | 'bot', clicks: string, paste?: string): Fix {
  const where = `https://discord.com/developers/applications/${id}/${page} → ${clicks}`
  return { where, ...(paste !== undefined && { paste }) }
}

/** Why a call of the doctor failed: the end of a sentence, with its full stop. */
export function reasonOf(called: Exclude<DiscordCallResult, { kind: 'ok' }>): string {
  if (called.kind !== 'refused') return whyUnanswered(called)
  return called.code === UNAUTHORIZED ? 'there is no such token.' : `it says “${called.error}”.`
}

export function tokenFixOf(called: Exclude<DiscordCallResult, { kind: 'ok' }>): Fix {
  if (called.kind !== 'refused')
    return { where: 'Check this machine’s network and proxy, and https://discordstatus.com' }
  return {
    where:
      'https://discord.com/developers/applications → your application → Bot → Reset Token → Copy, into .env',
    paste: 'DISCORD_TOKEN=…',
  }
}
