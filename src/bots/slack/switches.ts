import { ROWBOT } from '../../engine/this-program.ts'
import { bad, type DoctorResult, fine, type Fix, warning } from '../doctor-result.ts'
import { listAt, textAt, valueAt } from '../json-path.ts'
import type { Log } from '../log.ts'
import { onAppPage } from './app-page.ts'
import { EVENT_KINDS } from './arrivals.ts'
import { call } from './call.ts'
import { interactiveClient } from './clients.ts'
import type { SlackSettings } from './doctor-settings.ts'
import { reasonOf } from './refused.ts'

/**
 * Whether events, buttons and commands are switched on in the app’s settings. Only a configuration token can ask Slack
 * for them. Without one, what has arrived before is the proof, and otherwise the doctor says that it does not know.
 */
export async function examineSwitches(
  settings: SlackSettings,
  appId: string | undefined,
  log: Log,
): Promise<DoctorResult[]> {
  const { configToken, apiUrl } = settings
  if (!configToken || !appId) return examineArrivals(settings, appId)
  const client = interactiveClient({ token: configToken, log, ...(apiUrl && { apiUrl }) })
  const called = await call(client, 'apps.manifest.export', { app_id: appId })
  if (called.kind === 'ok') return examineManifest(valueAt(called.value, 'manifest'), settings, appId)
  return [
    warning(`The app’s settings could not be read with SLACK_CONFIG_TOKEN: ${reasonOf(called)}`, {
      where:
        'https://api.slack.com/apps → Your App Configuration Tokens → Generate Token, for this workspace (it is valid for 12 hours), into SLACK_CONFIG_TOKEN in .env',
    }),
    ...(await examineArrivals(settings, appId)),
  ]
}

async function examineArrivals(
  { arrived }: SlackSettings,
  appId: string | undefined,
): Promise<DoctorResult[]> {
  const kinds = (appId && (await arrived?.(appId))) || []
  const hasEvents = kinds.some((kind) => EVENT_KINDS.includes(kind))
  const hasClicks = kinds.includes('click')
  if (hasEvents && hasClicks) return [fine('Events and clicks from Slack have arrived before.')]
  const unsure = [...(hasEvents ? [] : ['events']), ...(hasClicks ? [] : ['buttons'])].join(' and ')
  return [
    warning(
      `Whether ${unsure} are switched on cannot be asked with these tokens, and none has arrived yet. Try it: ${ROWBOT} doctor --listen`,
      onAppPage(
        appId,
        'Event Subscriptions and Interactivity & Shortcuts must be on; App Manifest must equal manifest/slack.json',
      ),
    ),
  ]
}

/** @param manifest as Slack exports it */
function examineManifest(
  manifest: unknown,
  { appToken, eventsUrl }: Pick<SlackSettings, 'appToken' | 'eventsUrl'>,
  appId: string,
): DoctorResult[] {
  const app = { manifest, fix: (clicks: string, paste?: string) => onAppPage(appId, clicks, paste) }
  const faults = [
    ...examineEvents(app),
    ...unless(
      isOn(manifest, 'settings', 'interactivity', 'is_enabled'),
      'Interactivity is off: no button, form or shortcut does anything.',
      app.fix('Interactivity & Shortcuts → Interactivity: On → Save Changes'),
    ),
    ...examineHome(app),
    ...examineCommands(app),
    ...unless(
      isOn(manifest, 'settings', 'socket_mode_enabled') === Boolean(appToken),
      appToken
        ? 'Socket Mode is off, and SLACK_APP_TOKEN is set.'
        : 'Socket Mode is on, so Slack sends nothing over HTTP, and SLACK_APP_TOKEN is not set.',
      app.fix(appToken ? 'Socket Mode → Enable Socket Mode' : 'Socket Mode → off, or set SLACK_APP_TOKEN'),
    ),
    ...(appToken ? [] : examineUrls(app, eventsUrl)),
  ]
  return faults.length > 0 ? faults : [fine('Events, buttons, commands and the Home tab are switched on.')]
}

interface AppSettings {
  manifest: unknown
  fix: (clicks: string, paste?: string) => Fix
}

function examineEvents({ manifest, fix }: AppSettings): DoctorResult[] {
  const events = new Set(listAt(manifest, 'settings', 'event_subscriptions', 'bot_events'))
  return Object.entries(EVENTS).flatMap(([event, without]) =>
    unless(
      events.has(event),
      `The event ${event} is not subscribed: ${without}.`,
      fix(
        'Event Subscriptions → Enable Events → Subscribe to bot events → Add Bot User Event, then Save Changes',
        event,
      ),
    ),
  )
}

function examineHome({ manifest, fix }: AppSettings): DoctorResult[] {
  const home = valueAt(manifest, 'features', 'app_home')
  return [
    ...unless(
      isOn(home, 'messages_tab_enabled') && !isOn(home, 'messages_tab_read_only_enabled'),
      'People cannot write to the bot directly.',
      fix(
        'App Home → Messages Tab: on → Allow users to send Slash commands and messages from the messages tab',
      ),
    ),
    ...unless(
      isOn(home, 'home_tab_enabled'),
      'The Home tab is off: people cannot see their tasks there.',
      fix('App Home → Home Tab: on'),
    ),
  ]
}

function examineCommands({ manifest, fix }: AppSettings): DoctorResult[] {
  const commands = listAt(manifest, 'features', 'slash_commands')
  const shortcuts = listAt(manifest, 'features', 'shortcuts')
  return [
    ...unless(
      commands.some((one) => textAt(one, 'command') === '/batch'),
      'The command /batch does not exist.',
      fix('Slash Commands → Create New Command', '/batch'),
    ),
    ...Object.entries(SHORTCUTS).flatMap(([id, name]) =>
      unless(
        shortcuts.some((one) => textAt(one, 'callback_id') === id),
        `The shortcut “${name}” does not exist.`,
        fix(`Interactivity & Shortcuts → Create New Shortcut, named “${name}”, with this Callback ID`, id),
      ),
    ),
  ]
}

function examineUrls({ manifest, fix }: AppSettings, eventsUrl: string | undefined): DoctorResult[] {
  if (eventsUrl === undefined) return [] // examineAddress says that it is missing
  const isOurs = (part: string) => textAt(manifest, 'settings', part, 'request_url') === eventsUrl
  return [
    ...unless(
      isOurs('event_subscriptions'),
      'Slack sends events to another address.',
      fix('Event Subscriptions → Request URL → Save Changes', eventsUrl),
    ),
    ...unless(
      isOurs('interactivity'),
      'Slack sends clicks to another address.',
      fix('Interactivity & Shortcuts → Request URL → Save Changes', eventsUrl),
    ),
    ...unless(
      textAt(manifest, 'settings', 'interactivity', 'message_menu_options_url') === eventsUrl,
      'Slack does not ask this address for the workflows to choose from: a list of more than 25 cannot be searched.',
      fix('Interactivity & Shortcuts → Select Menus → Options Load URL → Save Changes', eventsUrl),
    ),
  ]
}

function isOn(part: unknown, ...path: string[]): boolean {
  return valueAt(part, ...path) === true
}

function unless(isGood: boolean, sentence: string, fix: Fix): DoctorResult[] {
  return isGood ? [] : [bad(sentence, fix)]
}

/** What does not work without each event. The manifest subscribes to the same events. */
const EVENTS: Record<string, string> = {
  'message.im': 'direct messages do not arrive',
  app_mention: 'mentions in channels do not arrive',
  app_home_opened: 'the Home tab stays empty',
}
const SHORTCUTS: Record<string, string> = { batch_new: 'New batch', batch_from_message: 'Run as batch' }
