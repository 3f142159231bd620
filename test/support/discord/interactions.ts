import { valueAt, listAt, textAt } from '../../../src/bots/json-path.ts'
import type { ApiCall } from './calls.ts'
import type { LocalDiscord } from './local-discord.ts'
import { type Answer, edited, refused, wrong } from './messages.ts'
import { faultInChoices, faultInMessage, faultInModal } from './rules.ts'
import { BOT, EPHEMERAL, type Message, messagePayload, snowflake } from './world.ts'

/** One thing that a person did, and what they were answered. */
export interface Interaction {
  id: string
  token: string
  user: string
  channel: string
  at: number
  ackedAt: number | undefined
  /** kind of the first answer: 4 message, 5 thinking, 6 nothing yet, 7 edit, 8 choices, 9 form */
  kind: number | undefined
  /** the message that was clicked on */
  source: Message | undefined
  original: Message | undefined
  modal: unknown
  choices: unknown[]
}

/** https://docs.discord.com/developers/interactions/receiving-and-responding */
const WITHIN_MS = 3_000
const TOKEN_LASTS_MS = 15 * 60_000

export function answerInteraction(discord: LocalDiscord, call: ApiCall, [id, token = '']: string[]): Answer {
  const interaction = discord.interactions.get(token)
  if (!interaction || interaction.id !== id) return refused(404, 10_062, 'Unknown interaction')
  if (discord.time.now() - interaction.at > WITHIN_MS && interaction.ackedAt === undefined) {
    discord.late.push(interaction)
    return refused(404, 10_062, 'Unknown interaction')
  }
  if (interaction.ackedAt !== undefined)
    return refused(400, 40_060, 'Interaction has already been acknowledged.')
  const { body } = call
  const data = valueAt(body, 'data')
  const kind = valueAt(body, 'type')
  if (kind === 9) {
    const fault = faultInModal(data)
    if (fault) return wrong(discord, fault)
    interaction.modal = data
  }
  if (kind === 8) {
    const fault = faultInChoices(listAt(data, 'choices'))
    if (fault) return wrong(discord, fault)
    interaction.choices = listAt(data, 'choices')
  }
  if (kind === 4) {
    const answer = privately(discord, interaction, { ...call, body: data })
    if (answer.status !== 200) return answer
  }
  if (kind === 5) interaction.original = blank(interaction)
  if (kind === 6 || kind === 7) interaction.original = interaction.source
  if (kind === 7) {
    if (!interaction.source) return wrong(discord, 'an edit of no message')
    const answer = edited(discord, interaction.source, data)
    if (answer.status !== 200) return answer
  }
  interaction.ackedAt = discord.time.now()
  interaction.kind = typeof kind === 'number' ? kind : undefined
  return { status: 204 }
}

export function answerWebhook(
  discord: LocalDiscord,
  call: ApiCall,
  [method, token = '', which]: string[],
): Answer {
  const interaction = discord.interactions.get(token)
  if (!interaction || interaction.ackedAt === undefined) return refused(404, 10_015, 'Unknown Webhook')
  if (discord.time.now() - interaction.at > TOKEN_LASTS_MS)
    return refused(401, 50_027, 'Invalid Webhook Token')
  if (!which) return privately(discord, interaction, call)
  const message = which === '@original' ? interaction.original : discord.messages.get(which)
  if (!message) return refused(404, 10_008, 'Unknown Message')
  if (method === 'DELETE') {
    interaction.original = undefined
    discord.messages.delete(message.id)
    return { status: 204 }
  }
  // Only “thinking…” is not a message yet. One that was deleted does not come back.
  const isThinking = message.components.length === 0 && message === interaction.original
  if (!discord.messages.has(message.id) && !isThinking) return refused(404, 10_008, 'Unknown Message')
  discord.messages.set(message.id, message)
  return edited(discord, message, call.body)
}

/** A message that only its person sees. Nothing else may be answered with: what everybody sees is the bot's own. */
function privately(discord: LocalDiscord, interaction: Interaction, { body, files }: ApiCall): Answer {
  const flags = valueAt(body, 'flags')
  if (typeof flags !== 'number' || (flags & EPHEMERAL) === 0)
    return wrong(discord, 'an answer that everybody sees')
  const fault = faultInMessage(body, files.length, { flags: 0 })
  if (fault) return wrong(discord, fault)
  const message = {
    ...blank(interaction),
    components: listAt(body, 'components'),
    content: textAt(body, 'content'),
    flags,
  }
  discord.messages.set(message.id, message)
  if (interaction.ackedAt === undefined) interaction.original = message
  return { status: 200, body: messagePayload(message) }
}

/** Private messages stand in a channel of their own here. */
export function privateChannel(user: string, channel: string): string {
  return `private:${user}:${channel}`
}

function blank({ user, channel }: Interaction): Message {
  return {
    id: snowflake(),
    channel: privateChannel(user, channel),
    author: BOT,
    content: '',
    flags: EPHEMERAL,
    components: [],
    attachments: [],
    mentions: [],
    edits: 0,
  }
}
