import type { App } from '@slack/bolt'
import { answersOf, originOfForm } from '../decode.ts'
import type { Door } from '../door.ts'

export function listenToViews(app: App, door: Door): void {
  app.view(/^/, async ({ ack, body, view }) => {
    const errors = await door.submit(originOfForm(body), view.callback_id, answersOf(view), `form:${view.id}`)
    if (errors) await ack({ response_action: 'errors', errors })
    else await ack()
  })
}
