import { Client, GatewayIntentBits, Partials, REST } from 'discord.js'

export interface Address {
  token: string
  /** default: Discord's own. Without a version: `https://host/api` */
  apiUrl?: string
}

const TIMEOUT_MS = 20_000
/** An answer to a click that has not arrived by then is too late in any case. */
const ANSWER_TIMEOUT_MS = 6_000
/** A slow line still gets its file out. */
const UPLOAD_TIMEOUT_MS = 180_000
/** A rate limit is waited out for as long, so that a sentence is not lost; longer ones are the caller's to plan for. */
const PATIENCE_MS = 3_000

/**
 * For messages. No retries: the library's come at once, three of them, and Discord may have done what it answered with
 * a 502.
 */
export function restOf(address: Address): REST {
  return rest(address, TIMEOUT_MS)
}

export function uploadRestOf(address: Address): REST {
  return rest(address, UPLOAD_TIMEOUT_MS)
}

/** No privileged intent: mentions and direct messages come with their content without one. */
export function gatewayClient({ apiUrl }: Address): Client {
  return new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    partials: [Partials.Channel], // without it, direct messages are dropped in silence
    allowedMentions: { parse: [] },
    rest: { ...(apiUrl && { api: apiUrl }), timeout: ANSWER_TIMEOUT_MS, retries: 1 },
  })
}

function rest({ token, apiUrl }: Address, timeout: number): REST {
  return new REST({
    version: '10',
    ...(apiUrl && { api: apiUrl }),
    timeout,
    retries: 0,
    rejectOnRateLimit: ({ timeToReset, retryAfter }) => Math.max(timeToReset, retryAfter) > PATIENCE_MS,
  }).setToken(token)
}
