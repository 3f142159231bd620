import type { App } from '@slack/bolt'
import type { SlackChat } from '../chat.ts'
import { commandOf, originOfCommand } from '../decode.ts'
import type { Door } from '../door.ts'

export function listenToCommands(app: App, door: Door, chat: SlackChat): void {
  app.command(/^/, async ({ ack, command }) => {
    await ack()
    chat.replies.note(command.channel_id, command.user_id, command.response_url)
    const { verb, argument } = commandOf(command.text)
    await door.command(originOfCommand(command), verb, argument, command.trigger_id)
  })
}
