import type { App } from '@slack/bolt'
import { at, textAt } from '../../at.ts'
import { commandOf, inSight, originOfEvent, withoutMentions, workbooksIn } from '../decode.ts'
import type { Door } from '../door.ts'
import { keptOf } from '../kept-first.ts'
import { Once } from '../once.ts'

/** A file in a direct message, a mention with a file, and words to the bot. */
export function listenToEvents(app: App, door: Door): void {
  const once = new Once()

  app.event('message', async ({ body, event, context }) => {
    const kept = keptOf(context)
    if (isFromPerson(event) && textAt(event, 'channel_type') === 'im' && once.isFirst(body.event_id))
      await (hasFiles(event) ? received(door, body, kept) : said(door, body))
    kept()
  })

  app.event('app_mention', async ({ body, event, context }) => {
    const kept = keptOf(context)
    if (isFromPerson(event) && once.isFirst(body.event_id)) {
      const { verb } = commandOf(withoutMentions(textAt(event, 'text')))
      await (hasFiles(event) || !COMMANDS.has(verb) ? received(door, body, kept) : said(door, body))
    }
    kept()
  })
}

function received(door: Door, body: object, kept: () => void): Promise<void> {
  const event = at(body, 'event')
  const sending = `${textAt(event, 'channel')}:${textAt(event, 'ts')}`
  return door.receive(originOfEvent(body), workbooksIn(event), sending, kept)
}

function said(door: Door, body: object): Promise<void> {
  const { verb, argument } = commandOf(withoutMentions(textAt(body, 'event', 'text')))
  // No trigger: Slack opens no form for a message.
  return door.command(inSight(originOfEvent(body)), verb, argument, '')
}

/** Not an edit, not a deletion, not a bot: those come as messages, too. */
function isFromPerson(event: object): boolean {
  return (
    ['', 'file_share'].includes(textAt(event, 'subtype')) &&
    !textAt(event, 'bot_id') &&
    textAt(event, 'user') !== ''
  )
}

function hasFiles(event: object): boolean {
  return workbooksIn(event).length > 0
}

/** Words after a mention that are a command; anything else is talk about a file. */
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
