import type { App } from '@slack/bolt'
import { valueAt, textAt } from '../json-path.ts'
import {
  commandOf,
  visibleOrigin,
  originOfEvent,
  withoutMentions,
  filesIn,
  originOfClick,
  valuesOfClick,
  originOfCommand,
  originOfGlobalShortcut,
  originOfMessageShortcut,
  answersOf,
  originOfForm,
} from './decode.ts'
import type { SlackHandlers } from './handlers.ts'
import { storedCallbackOf, SeenEvents } from './acknowledge.ts'
import type { SlackChat } from './chat.ts'
import { LINK_ACTION } from './render.ts'
import { NEW_CLICK } from '../../messages/click-ids.ts'

/** A file in a direct message, a mention with a file, and text commands to the bot. */
export function listenToEvents(app: App, handlers: SlackHandlers): void {
  const once = new SeenEvents()

  app.event('message', async ({ body, event, context }) => {
    const stored = storedCallbackOf(context)
    if (isFromPerson(event) && textAt(event, 'channel_type') === 'im' && once.isFirst(body.event_id))
      await (hasFiles(event) ? received(handlers, body, stored) : said(handlers, body))
    stored()
  })

  app.event('app_mention', async ({ body, event, context }) => {
    const stored = storedCallbackOf(context)
    if (isFromPerson(event) && once.isFirst(body.event_id)) {
      const { verb } = commandOf(withoutMentions(textAt(event, 'text')))
      await (hasFiles(event) || !COMMANDS.has(verb) ? received(handlers, body, stored) : said(handlers, body))
    }
    stored()
  })
}

function received(handlers: SlackHandlers, body: object, stored: () => void): Promise<void> {
  const event = valueAt(body, 'event')
  const sending = `${textAt(event, 'channel')}:${textAt(event, 'ts')}`
  const thread = textAt(event, 'thread_ts')
  const answered = thread ? [thread] : []
  return handlers.receive(originOfEvent(body), filesIn(event), sending, { stored, answered })
}

function said(handlers: SlackHandlers, body: object): Promise<void> {
  const { verb, argument } = commandOf(withoutMentions(textAt(body, 'event', 'text')))
  // No trigger: Slack cannot open a form for a message.
  return handlers.command(visibleOrigin(originOfEvent(body)), verb, argument, '')
}

/** Not an edit, a deletion or a bot’s message: these are message events, too. */
function isFromPerson(event: object): boolean {
  return (
    ['', 'file_share'].includes(textAt(event, 'subtype')) &&
    !textAt(event, 'bot_id') &&
    textAt(event, 'user') !== ''
  )
}

function hasFiles(event: object): boolean {
  return filesIn(event).length > 0
}

/** Words after a mention that are commands; anything else is talk about a file. */
const COMMANDS = new Set([
  'list',
  'status',
  'stop',
  'pause',
  'resume',
  'retry',
  'template',
  'help',
  'results',
])

export function listenToActions(app: App, handlers: SlackHandlers, chat: SlackChat): void {
  app.action(/^/, async ({ ack, action, body }) => {
    await ack()
    const id = textAt(action, 'action_id')
    if (id.startsWith(LINK_ACTION)) return
    const origin = originOfClick(body)
    const [url, message] = [textAt(body, 'response_url'), textAt(body, 'container', 'message_ts')]
    const reply = origin.channel
      ? chat.replies.note(origin.channel, origin.actor.id, { url, message })
      : undefined
    const trigger = textAt(body, 'trigger_id')
    await handlers.click(origin, id, valuesOfClick(action), { trigger, ...(reply && { reply }) })
  })
}

export function listenToCommands(app: App, handlers: SlackHandlers, chat: SlackChat): void {
  app.command(/^/, async ({ ack, command }) => {
    await ack()
    chat.replies.note(command.channel_id, command.user_id, { url: command.response_url })
    const { verb, argument } = commandOf(command.text)
    await handlers.command(originOfCommand(command), verb, argument, command.trigger_id)
  })
}

export function listenToHome(app: App, handlers: SlackHandlers): void {
  app.event('app_home_opened', async ({ body, event }) => {
    if (event.tab === 'home') await handlers.home({ ...originOfEvent(body), channel: event.channel })
  })
}

export function listenToShortcuts(app: App, handlers: SlackHandlers, chat: SlackChat): void {
  app.shortcut({ type: 'message_action', callback_id: 'batch_from_message' }, async ({ ack, body }) => {
    await ack()
    const origin = originOfMessageShortcut(body)
    const channel = textAt(body, 'channel', 'id')
    chat.replies.note(channel, origin.actor.id, { url: textAt(body, 'response_url') })
    // Each use of the shortcut is deliberate, so each starts a new wizard.
    const sending = `${channel}:${textAt(body, 'message', 'ts')}:${textAt(body, 'action_ts')}`
    await handlers.receive(origin, filesIn(valueAt(body, 'message')), sending)
  })

  app.shortcut({ type: 'shortcut', callback_id: 'batch_new' }, async ({ ack, body }) => {
    await ack()
    await handlers.click(originOfGlobalShortcut(body), NEW_CLICK, [], { trigger: textAt(body, 'trigger_id') })
  })
}

export function listenToViews(app: App, handlers: SlackHandlers): void {
  app.view(/^/, async ({ ack, body, view }) => {
    const errors = await handlers.submit(
      originOfForm(body),
      view.callback_id,
      answersOf(view),
      `form:${view.id}`,
    )
    if (errors) await ack({ response_action: 'errors', errors })
    else await ack()
  })
}
