import type { App } from '@slack/bolt'
import { valueAt, textAt } from '../json-path.ts'
import {
  commandOf,
  visibleOrigin,
  originOfEvent,
  originOfMessage,
  saidBy,
  withoutMentions,
  filesIn,
  originOfClick,
  valuesOfClick,
  originOfCommand,
  originOfGlobalShortcut,
  originOfMessageShortcut,
  answersOf,
  messageOfForm,
  originOfForm,
} from './decode.ts'
import { fileLinkIn } from '../handlers/file-links.ts'
import { EDITED_WITHIN_MS } from '../handlers/incoming-files.ts'
import type { SlackHandlers } from './handlers.ts'
import { type FirstTime, storedCallbackOf, SeenEvents } from './acknowledge.ts'
import type { SlackChat } from './chat.ts'
import { LINK_ACTION } from './render.ts'
import { isGreeting, isHelpWord } from '../handlers/greeting.ts'
import { optionsOrGroups } from './render-select.ts'
import { NEW_CLICK } from '../../messages/click-ids.ts'

/** A file in a direct message, a mention with a file, and text commands to the bot. */
export function listenToEvents(app: App, handlers: SlackHandlers, firstTime?: FirstTime): void {
  const once = new SeenEvents(firstTime)
  const isNew = (key: string, message: unknown) => once.isFirst(key, { hasFiles: hasFiles(message) })

  app.event('message', async ({ body, event, context }) => {
    const stored = storedCallbackOf(context)
    const said = saidBy(event)
    // In channels an edit may bring a file to a message that has mentioned the bot; the mention itself is another event.
    const isForUs =
      isDirect(said?.message) || (said?.isEdit === true && mentions(said.message, context.botUserId))
    if (said && isForUs && isAsked(said) && (await isNew(body.event_id, said.message)))
      await heard(handlers, said.message, stored)
    stored()
  })

  app.event('app_mention', async ({ body, event, context }) => {
    const stored = storedCallbackOf(context)
    void handlers.reopened(event.channel) // nobody can mention it where it is not
    const said = saidBy(event)
    if (said && isAsked(said) && (await isNew(body.event_id, said.message))) {
      // Slack sends a mention again when it is edited: what it asked for is not done twice.
      const isFirst = await isNew(keyOf(said.message), said.message)
      if (isFirst || hasFiles(said.message)) await heard(handlers, said.message, stored)
    }
    stored()
  })

  app.event('file_shared', async ({ event, context }) => {
    await handlers.fileShared(event.file_id, event.channel_id, storedCallbackOf(context))
  })
}

/**
 * What may come where more is allowed than the manifest asks for: the bot is invited back into a channel, or one is
 * taken out of the archive.
 */
export function listenToChannels(app: App, handlers: SlackHandlers): void {
  app.event('member_joined_channel', async ({ event }) => {
    if (handlers.isBot(event.user)) await handlers.reopened(event.channel)
  })
  app.event('channel_unarchive', ({ event }) => handlers.reopened(event.channel))
  app.event('group_unarchive', ({ event }) => handlers.reopened(event.channel))
}

async function heard(handlers: SlackHandlers, message: unknown, stored: () => void): Promise<void> {
  const origin = originOfMessage(message)
  const thread = textAt(message, 'thread_ts')
  const answered = thread ? [thread] : []
  const text = textAt(message, 'text')
  const words = withoutMentions(text)
  const { verb, argument } = commandOf(words)
  const isForBot = COMMANDS.has(verb) || isGreeting(words) || isHelpWord(words)
  const files = filesIn(message)
  if (files.length === 0) await handlers.expectFiles(origin, textAt(message, 'ts'), answered)
  const isTalk = isDirect(message) ? fileLinkIn(text) === undefined : false
  // No trigger: Slack cannot open a form for a message.
  if (files.length === 0 && (isTalk || isForBot))
    return handlers.command(visibleOrigin(origin), verb, argument, '')
  return handlers.receive(origin, files, keyOf(message), { stored, answered, text })
}

/** Not a bot’s message, nor an edit of an old one. */
function isAsked({ message, isEdit }: { message: unknown; isEdit: boolean }): boolean {
  if (textAt(message, 'bot_id') || textAt(message, 'user') === '') return false
  return !isEdit || Date.now() - Number(textAt(message, 'ts')) * 1_000 < EDITED_WITHIN_MS
}

function isDirect(message: unknown): boolean {
  return textAt(message, 'channel_type') === 'im'
}

function mentions(message: unknown, botUser: string | undefined): boolean {
  return botUser !== undefined && textAt(message, 'text').includes(`<@${botUser}>`)
}

function hasFiles(message: unknown): boolean {
  return filesIn(message).length > 0
}

/** One message, whatever the number of events about it. */
function keyOf(message: unknown): string {
  return `${textAt(message, 'channel')}:${textAt(message, 'ts')}`
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

/** A select asks for its options while somebody types; Slack wants them within 3 s. */
export function listenToSuggestions(app: App, handlers: SlackHandlers): void {
  app.options(/^/, async ({ ack, body }) => {
    const { action_id: id, value: typed } = body
    await ack(optionsOrGroups(await handlers.suggest(originOfClick(body), id, typed)))
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
    const text = textAt(body, 'message', 'text')
    await handlers.receive(origin, filesIn(valueAt(body, 'message')), sending, { text })
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
      { ...answersOf(view), message: messageOfForm(body) },
      `form:${view.id}`,
    )
    if (errors) await ack({ response_action: 'errors', errors })
    else await ack()
  })
}
