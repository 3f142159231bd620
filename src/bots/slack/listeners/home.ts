import type { App } from '@slack/bolt'
import { originOfEvent } from '../decode.ts'
import type { Door } from '../door.ts'

export function listenToHome(app: App, door: Door): void {
  app.event('app_home_opened', async ({ body, event }) => {
    if (event.tab === 'home') await door.home({ ...originOfEvent(body), channel: event.channel })
  })
}
