import type { WebClient } from '@slack/web-api'
import { bad, type DoctorResult, fine, warning } from '../doctor-result.ts'
import { valueAt, textAt } from '../json-path.ts'
import { COPY_BOT_TOKEN, MAKE_APP_TOKEN, onAppPage } from './app-page.ts'
import { call } from './call.ts'
import { interactiveClient } from './clients.ts'
import type { Log } from '../log.ts'
import { examineAddress } from './address.ts'
import type { SlackSettings } from './doctor-settings.ts'
import { fixOf, reasonOf } from './refused.ts'
import { examineScopes } from './scopes.ts'
import { examineSwitches } from './switches.ts'

/** Checks the Slack set-up by asking Slack. Posts nothing. */
export async function examineSlack(settings: SlackSettings, log: Log): Promise<DoctorResult[]> {
  const { botToken, appToken, signingSecrets } = settings
  if (!botToken && !appToken && signingSecrets.length === 0)
    return [fine('Slack is off: no SLACK_… setting is given.')]
  return [...(await examineSlackAccess(settings, log)), ...(await examineWay(settings, log))]
}

/**
 * The part without a new connection, for the start of `serve`: Slack allows few connections a minute, and the bot opens
 * its own. Empty if there is no bot token.
 */
export async function examineSlackAccess(settings: SlackSettings, log: Log): Promise<DoctorResult[]> {
  const { botToken, appToken, apiUrl } = settings
  if (!botToken)
    return [
      bad('SLACK_BOT_TOKEN is missing: nothing works without it.', onAppPage(undefined, COPY_BOT_TOKEN)),
    ]
  if (!botToken.startsWith('xoxb-'))
    return [
      bad(
        `SLACK_BOT_TOKEN must begin with xoxb-; this one is ${kindOf(botToken)}.`,
        onAppPage(undefined, COPY_BOT_TOKEN),
      ),
    ]
  const client = clientOf(botToken, apiUrl, log)
  const called = await call(client, 'auth.test', {})
  if (called.kind !== 'ok')
    return [
      bad(
        `${called.kind === 'refused' ? 'Slack does not accept SLACK_BOT_TOKEN' : 'Slack could not be asked about SLACK_BOT_TOKEN'}: ${reasonOf(called)}`,
        fixOf(called, appIdOf(appToken), undefined),
      ),
    ]
  const appId = textAt(called.value, 'app_id') || (await appOf(client, textAt(called.value, 'bot_id')))
  return [
    fine(
      `In Slack the bot is @${textAt(called.value, 'user')} in the workspace ${textAt(called.value, 'team')}.`,
    ),
    ...examineScopes(valueAt(called.value, 'response_metadata', 'scopes'), appId),
    ...examineApp(appId, appToken),
    ...(await examineFiles(client, appId)),
    ...(await examineSwitches(settings, appId, log)),
  ]
}

/** The id of the app that a bot belongs to; undefined if Slack does not say. */
async function appOf(client: WebClient, bot: string): Promise<string | undefined> {
  const called = await call(client, 'bots.info', { bot })
  return (called.kind === 'ok' && textAt(called.value, 'bot', 'app_id')) || undefined
}

/** An app-level token has its app’s id in it: xapp-1-A0123456789-…. */
function appIdOf(appToken: string | undefined): string | undefined {
  return /^xapp-\d+-(A[A-Z0-9]+)-/.exec(appToken ?? '')?.[1]
}

/** With tokens of two apps the bot connects and posts, but hears the events of the other app. */
function examineApp(appId: string | undefined, appToken: string | undefined): DoctorResult[] {
  const other = appIdOf(appToken)
  if (!appId || !other || other === appId) return []
  return [
    bad(
      `SLACK_APP_TOKEN belongs to the app ${other}, SLACK_BOT_TOKEN to ${appId}: no event of this bot would arrive.`,
      onAppPage(appId, MAKE_APP_TOKEN, 'connections:write'),
    ),
  ]
}

/** Asks for a list of files and for an address to upload one to. Neither leaves anything in Slack. */
async function examineFiles(client: WebClient, appId: string | undefined): Promise<DoctorResult[]> {
  const listed = await call(client, 'files.list', { count: 1 })
  const asked = await call(client, 'files.getUploadURLExternal', { filename: 'rowbot-doctor.txt', length: 1 })
  const faults = [
    ...(listed.kind === 'ok'
      ? []
      : [bad(`Files cannot be read: ${reasonOf(listed)}`, fixOf(listed, appId, 'files:read'))]),
    ...(asked.kind === 'ok'
      ? []
      : [bad(`Files cannot be sent: ${reasonOf(asked)}`, fixOf(asked, appId, 'files:write'))]),
  ]
  return faults.length > 0 ? faults : [fine('Slack gives the bot access to files.')]
}

/** How events come in: over Socket Mode, or over HTTP. */
async function examineWay(settings: SlackSettings, log: Log): Promise<DoctorResult[]> {
  const { appToken, signingSecrets, apiUrl } = settings
  const make = onAppPage(undefined, MAKE_APP_TOKEN, 'connections:write')
  if (!appToken && signingSecrets.length === 0)
    return [
      bad(
        'No event or click can arrive: neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set.',
        make,
      ),
    ]
  if (!appToken) return examineAddress(settings)
  if (!appToken.startsWith('xapp-'))
    return [bad(`SLACK_APP_TOKEN must begin with xapp-; this one is ${kindOf(appToken)}.`, make)]
  const called = await call(clientOf(appToken, apiUrl, log), 'apps.connections.open', {})
  if (called.kind === 'ok') return [fine('Socket Mode opens: Rowbot needs no public address.')]
  const appId = appIdOf(appToken)
  if (called.kind !== 'refused')
    return [
      warning(
        `Whether Socket Mode opens could not be checked: ${reasonOf(called)}`,
        fixOf(called, appId, undefined),
      ),
    ]
  if (called.error === 'missing_scope')
    return [
      bad(
        'SLACK_APP_TOKEN lacks the permission connections:write.',
        onAppPage(appId, MAKE_APP_TOKEN, 'connections:write'),
      ),
    ]
  if (called.error === 'socket_mode_not_enabled' || called.error === 'forbidden_team')
    return [
      bad(
        `Slack opens no connection: it says “${called.error}”.`,
        onAppPage(appId, 'Socket Mode → Enable Socket Mode'),
      ),
    ]
  return [bad(`Slack opens no connection for SLACK_APP_TOKEN: ${reasonOf(called)}`, make)]
}

function clientOf(token: string, apiUrl: string | undefined, log: Log): WebClient {
  return interactiveClient({ token, log, ...(apiUrl && { apiUrl }) })
}

/** The kind of a token, for messages that must not show the token itself. */
function kindOf(token: string): string {
  if (token.startsWith('xapp-')) return 'an app-level token'
  if (token.startsWith('xoxb-')) return 'a bot token'
  if (token.startsWith('xoxe')) return 'a token that rotates or a configuration token'
  return token.startsWith('xoxp-') ? 'a user’s token' : 'none of Slack’s'
}
