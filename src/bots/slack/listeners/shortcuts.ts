import type { App } from '@slack/bolt'
import { NEW_CLICK } from '../../../wizard/click-ids.ts'
import { at, textAt } from '../../at.ts'
import type { SlackChat } from '../chat.ts'
import { originOfGlobalShortcut, originOfMessageShortcut, workbooksIn } from '../decode.ts'
import type { Door } from '../door.ts'

export function listenToShortcuts(app: App, door: Door, chat: SlackChat): void {
  app.shortcut({ type: 'message_action', callback_id: 'batch_from_message' }, async ({ ack, body }) => {
    await ack()
    const origin = originOfMessageShortcut(body)
    const channel = textAt(body, 'channel', 'id')
    chat.replies.note(channel, origin.actor.id, textAt(body, 'response_url'))
    // Whoever asks for it again, by hand, means it: each time is a sending of its own.
    const sending = `${channel}:${textAt(body, 'message', 'ts')}:${textAt(body, 'action_ts')}`
    await door.receive(origin, workbooksIn(at(body, 'message')), sending)
  })

  app.shortcut({ type: 'shortcut', callback_id: 'batch_new' }, async ({ ack, body }) => {
    await ack()
    await door.click(originOfGlobalShortcut(body), NEW_CLICK, [], textAt(body, 'trigger_id'))
  })
}
