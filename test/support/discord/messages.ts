import { valueAt, listAt, textAt } from '../../../src/bots/json-path.ts'
import type { ApiCall } from './calls.ts'
import type { LocalDiscord } from './local-discord.ts'
import { faultInMessage } from './rules.ts'
import { BOT, IDS, type Message, messagePayload, snowflake } from './world.ts'

export interface Answer {
  status: number
  body?: unknown
}

export function answered({ status, body }: Answer, headers: Record<string, string>): Response {
  return body === undefined
    ? new Response(null, { status, headers })
    : Response.json(body, { status, headers })
}

export function refused(status: number, code: number, message: string): Answer {
  return { status, body: { message, code } }
}

/** Discord would have refused this: the test ends with it. */
export function wrong(discord: LocalDiscord, fault: string): Answer {
  discord.refused.push(fault)
  return refused(400, 50_035, `Invalid Form Body: ${fault}`)
}

/** https://docs.discord.com/developers/resources/message#create-message: enforce_nonce */
export function sentBefore(discord: LocalDiscord, channel: string, body: unknown): Message | undefined {
  const nonce = textAt(body, 'nonce')
  if (!nonce || valueAt(body, 'enforce_nonce') !== true || discord.forgetsNonces) return undefined
  return discord.messagesIn(channel).find((message) => message.nonce === nonce)
}

/** A message of the bot, with its files. */
export function kept(discord: LocalDiscord, channel: string, { body, files }: ApiCall): Message {
  const nonce = textAt(body, 'nonce')
  const message: Message = {
    id: snowflake(),
    channel,
    author: BOT,
    content: textAt(body, 'content'),
    flags: numberAt(body, 'flags'),
    components: listAt(body, 'components'),
    attachments: files.map(({ name, bytes }, i) => {
      const description = textAt(body, 'attachments', i, 'description')
      return { ...discord.keep(name, bytes), ...(description && { description }) }
    }),
    ...(nonce && { nonce }),
    mentions: listAt(body, 'allowed_mentions', 'users').map(String),
    edits: 0,
  }
  discord.messages.set(message.id, message)
  discord.gateway.dispatch('MESSAGE_CREATE', {
    ...messagePayload(message),
    channel_type: discord.channels.get(channel)?.type ?? 0,
    ...(discord.channels.get(channel)?.type !== 1 && { guild_id: IDS.guild }),
  })
  return message
}

export function edited(discord: LocalDiscord, message: Message, body: unknown): Answer {
  const fault = faultInMessage(body, message.attachments.length, message)
  if (fault) return wrong(discord, fault)
  message.components = listAt(body, 'components')
  message.flags |= numberAt(body, 'flags')
  message.edits += 1
  return { status: 200, body: messagePayload(message) }
}

function numberAt(body: unknown, key: string): number {
  const found = valueAt(body, key)
  return typeof found === 'number' ? found : 0
}
