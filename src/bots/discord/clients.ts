import { Client, Events, GatewayIntentBits, Partials, REST } from 'discord.js'
import { RestLimits } from './rest-limits.ts'

export interface Address {
  token: string
  /** default: Discord’s own. Without a version: `https://host/api` */
  apiUrl?: string
}

const TIMEOUT_MS = 20_000
/** A later answer to a click is of no use. */
const ANSWER_TIMEOUT_MS = 6_000
const ANSWERS = /^\/(interactions|webhooks)\//
/** A person who is not answered so soon is answered in another way. */
const ANSWER_PATIENCE_MS = 1_000
/** Long enough to send a file over a slow connection. */
const UPLOAD_TIMEOUT_MS = 180_000
/** Rate limits up to this long are waited out, so that no message is lost; for longer ones, the caller decides. */
const PATIENCE_MS = 3_000

/**
 * For messages. No retries: the library makes three at once, and Discord may have carried out a call that it answered
 * with a 502.
 */
export function restOf(address: Address): REST {
  return rest(address, TIMEOUT_MS)
}

export function uploadRestOf(address: Address): REST {
  return rest(address, UPLOAD_TIMEOUT_MS)
}

/** No privileged intents: mentions and direct messages carry their text without them. */
export function gatewayClient({ apiUrl }: Address): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
    // Without them, direct messages are dropped silently, and so are edits of messages from before a restart.
    partials: [Partials.Channel, Partials.Message],
    allowedMentions: { parse: [] },
    rest: {
      ...(apiUrl && { api: apiUrl }),
      timeout: ANSWER_TIMEOUT_MS,
      retries: 1,
      rejectOnRateLimit: ({ route, timeToReset, retryAfter }) =>
        ANSWERS.test(route) && Math.max(timeToReset, retryAfter) > ANSWER_PATIENCE_MS,
    },
  })
  const limits = new RestLimits(client.rest)
  client.on(Events.InteractionCreate, () => limits.check()) // the first listener, so it comes before any answer
  return client
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
