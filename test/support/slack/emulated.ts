import { createEmulator } from 'emulate'
import { freePort } from '../free-port.ts'

export interface Emulated {
  url: string
  close(): Promise<void>
}

export const BOT_TOKEN = 'xoxb-test-bot'
/** An app-level token has the id of its app in it. */
export const APP_TOKEN = 'xapp-1-A1-1-test'
/** Reads the app’s own settings, and nothing else. */
export const CONFIG_TOKEN = 'xoxe.xoxp-test-config'

/** As in the manifest: with strict scopes, a call that needs another one fails as it would in Slack. */
export const BOT_SCOPES = [
  'app_mentions:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'im:history',
  'im:write',
  'users:read',
]

/** Names that there are in every local Slack; each has the token `xoxp-<name>`. */
export const PEOPLE = ['mei', 'jo', 'gus', 'stan'] as const
export type PersonName = (typeof PEOPLE)[number]

/** The stateful Web API of a Slack that others wrote: messages, threads, files. @param baseUrl of file addresses */
export async function startEmulated(baseUrl: string): Promise<Emulated> {
  const port = freePort()
  const emulator = await createEmulator({
    service: 'slack',
    port,
    baseUrl,
    seed: {
      slack: {
        strict_scopes: true,
        users: PEOPLE.map((name) => ({ name })),
        channels: [{ name: 'merch' }, { name: 'elsewhere' }],
        oauth_apps: [
          {
            client_id: '1.1',
            client_secret: 'secret',
            app_id: 'A1',
            name: 'Rowbot',
            redirect_uris: [],
            scopes: BOT_SCOPES,
            bot_name: 'rowbot',
          },
        ],
        tokens: [
          { token: BOT_TOKEN, user: 'rowbot', scopes: BOT_SCOPES },
          ...PEOPLE.map((name) => ({ token: `xoxp-${name}`, user: name })),
        ],
      },
    },
  })
  return { url: `http://127.0.0.1:${port}`, close: () => emulator.close() }
}
