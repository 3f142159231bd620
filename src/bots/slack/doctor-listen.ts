import { App } from '@slack/bolt'
import type { WebClient } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import { bad, type DoctorResult, fine, warning } from '../doctor-result.ts'
import { textAt } from '../json-path.ts'
import type { Log } from '../log.ts'
import { MAKE_APP_TOKEN, onAppPage } from './app-page.ts'
import { ARRIVAL_NAMES, type ArrivalKind, arrivalOf, EVENT_KINDS } from './arrivals.ts'
import { call } from './call.ts'
import { interactiveClient } from './clients.ts'
import type { SlackSettings } from './doctor-settings.ts'
import { boltLogger } from './log.ts'
import { blocksOf } from './render.ts'
import { SocketReceiver } from './socket.ts'

export interface Listening {
  /**
   * What `serve` has noted since listening began. Slack delivers each payload to one of an app’s connections, so while
   * `serve` runs as well, about half of them arrive there; over HTTP all of them do.
   */
  arrivedAtServe: () => Promise<ArrivalKind[]>
  /** resolves when nobody wants to wait any longer */
  isOver: Promise<unknown>
  say: (line: string) => void
  /** for tests: how often `serve` is asked */
  everyMs?: number
}

/** Without these, a batch cannot be started in the usual way. */
const WANTED: ArrivalKind[] = ['message', 'mention', 'click']
const EVERY_MS = 1_000

/** Waits for a person to write to the bot, mention it and click a button, and says which of these have arrived. */
export async function listenToSlack(
  settings: SlackSettings,
  { arrivedAtServe, isOver, say, everyMs = EVERY_MS }: Listening,
  log: Log,
): Promise<DoctorResult[]> {
  const { botToken, appToken, apiUrl } = settings
  if (!botToken) return [] // examineSlack says that it is missing
  const client = interactiveClient({ token: botToken, log, ...(apiUrl && { apiUrl }) })
  const called = await call(client, 'auth.test', {})
  if (called.kind !== 'ok') return []
  const name = textAt(called.value, 'user')
  const arrived = new Set<ArrivalKind>()
  const everything = Promise.withResolvers<void>()
  const note = (kinds: ArrivalKind[]) => {
    for (const kind of kinds) if (!arrived.has(kind)) say(`Arrived: ${ARRIVAL_NAMES[kind]}.`)
    for (const kind of kinds) arrived.add(kind)
    if (WANTED.every((kind) => arrived.has(kind))) everything.resolve()
  }
  const app = appToken && appOn({ appToken, botToken, apiUrl, bot: called.value }, client, { note, log })
  try {
    if (app) await app.start()
    if (!app) say('Without SLACK_APP_TOKEN everything arrives at “serve”, which must be running meanwhile.')
    say(
      `Now write “hello” to @${name} in Slack, directly, and click the button in the answer (or any button of Rowbot, if “serve” is running).`,
    )
    say(`Then mention it in a channel that it is in: “@${name} hello”.`)
    const end = Promise.race([
      isOver.then(() => 'over' as const),
      everything.promise.then(() => 'over' as const),
    ])
    do note(await arrivedAtServe())
    while ((await Promise.race([end, Bun.sleep(everyMs)])) !== 'over')
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault
    return [
      bad(`Nothing can arrive: ${fault.message}`, onAppPage(undefined, MAKE_APP_TOKEN, 'connections:write')),
    ]
  } finally {
    if (app) await app.stop()
  }
  return resultsOf(arrived, textAt(called.value, 'app_id') || undefined, name)
}

interface Account {
  appToken: string
  botToken: string
  apiUrl: string | undefined
  bot: unknown
}

/** Answers a direct message with a button, and acknowledges everything else. */
function appOn(
  { appToken, botToken, apiUrl, bot }: Account,
  client: WebClient,
  { note, log }: { note: (kinds: ArrivalKind[]) => void; log: Log },
): App {
  const app = new App({
    receiver: new SocketReceiver({ appToken, log, ...(apiUrl && { apiUrl }) }),
    authorize: () =>
      Promise.resolve({ botToken, botId: textAt(bot, 'bot_id'), botUserId: textAt(bot, 'user_id') }),
    logger: boltLogger(log),
  })
  app.use(async ({ body, next }) => {
    note(arrivalOf(body).kinds)
    await next()
  })
  app.event('message', async ({ event }) => {
    if (textAt(event, 'bot_id') || textAt(event, 'channel_type') !== 'im') return
    await call(client, 'chat.postMessage', { channel: event.channel, ...BUTTON })
  })
  app.action(/^/, ({ ack }) => ack())
  app.command(/^/, ({ ack }) => ack('rowbot doctor is listening: the command arrives.'))
  app.shortcut(/^/, ({ ack }) => ack())
  app.view(/^/, ({ ack }) => ack())
  app.error((fault) => {
    log.error({ err: fault }, 'the doctor could not answer')
    return Promise.resolve()
  })
  return app
}

const ANSWER = 'Your message has arrived. Now click the button.'
const BUTTON = {
  text: ANSWER,
  blocks: blocksOf(
    {
      title: '',
      lines: [[ANSWER]],
      selects: [],
      buttons: [{ id: 'doctor:click', label: 'Click me' }],
    },
    'doctor',
  ),
}

function resultsOf(arrived: Set<ArrivalKind>, appId: string | undefined, name: string): DoctorResult[] {
  const names = [...arrived].map((kind) => ARRIVAL_NAMES[kind]).join(', ')
  if (arrived.size === 0)
    return [
      bad(
        'Nothing has arrived from Slack. If somebody has written to the bot meanwhile, events are switched off.',
        onAppPage(
          appId,
          'Event Subscriptions → Enable Events: On → Subscribe to bot events → Add Bot User Event',
          'message.im',
        ),
      ),
    ]
  const hasEvents = EVENT_KINDS.some((kind) => arrived.has(kind))
  return [
    fine(`From Slack have arrived: ${names}.`),
    ...(arrived.has('message') ? [] : [notArrived('A direct message', 'message.im', hasEvents, appId)]),
    ...(arrived.has('mention')
      ? []
      : [
          warning(
            'No mention has arrived. If somebody has mentioned the bot, it is not in that channel, or the event app_mention is not subscribed.',
            { where: 'In the channel, as a message', paste: `/invite @${name}` },
          ),
        ]),
    ...(arrived.has('click')
      ? []
      : [
          bad(
            'No click has arrived: without clicks nothing can be started. If the button was clicked, interactivity is off.',
            onAppPage(appId, 'Interactivity & Shortcuts → Interactivity: On → Save Changes'),
          ),
        ]),
  ]
}

function notArrived(
  what: string,
  event: string,
  hasEvents: boolean,
  appId: string | undefined,
): DoctorResult {
  const sentence = `${what} has not arrived: ${hasEvents ? `the event ${event} may not be subscribed` : 'events are off'}.`
  return bad(
    sentence,
    onAppPage(
      appId,
      'Event Subscriptions → Subscribe to bot events → Add Bot User Event, then Save Changes',
      event,
    ),
  )
}
