import type { App } from '@slack/bolt'
import { textAt } from '../../at.ts'
import type { SlackChat } from '../chat.ts'
import { originOfClick, valuesOfClick } from '../decode.ts'
import type { Door } from '../door.ts'
import { LINK_ACTION } from '../render.ts'

export function listenToActions(app: App, door: Door, chat: SlackChat): void {
  app.action(/^/, async ({ ack, action, body }) => {
    await ack()
    const id = textAt(action, 'action_id')
    if (id.startsWith(LINK_ACTION)) return
    const origin = originOfClick(body)
    if (origin.channel) chat.replies.note(origin.channel, origin.actor.id, textAt(body, 'response_url'))
    await door.click(origin, id, valuesOfClick(action), textAt(body, 'trigger_id'))
  })
}
