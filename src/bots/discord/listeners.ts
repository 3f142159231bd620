import {
  type Client,
  GatewayDispatchEvents,
  type Message,
  type PartialMessage,
  type AutocompleteInteraction,
  type MessageComponentInteraction,
  type ChatInputCommandInteraction,
  type ModalSubmitInteraction,
  type MessageContextMenuCommandInteraction,
} from 'discord.js'
import { textAt, valueAt } from '../json-path.ts'
import { COMMAND_VERBS, isWholeCommand } from '../handlers/commands.ts'
import { fileLinkIn } from '../handlers/file-links.ts'
import { isGreeting, isHelpWord } from '../handlers/greeting.ts'
import { EDITED_WITHIN_MS } from '../handlers/incoming-files.ts'
import {
  answeredBy,
  answersOf,
  commandIn,
  filesIn,
  filesRepliedTo,
  noFileIn,
  optionsOf,
  originOf,
  valuesOf,
} from './decode.ts'
import type { DiscordHandlers } from './handlers.ts'
import { clip } from '../../messages/rich-text.ts'
import { DISCORD_LIMITS } from './limits.ts'
import { opensForm } from '../../messages/click-ids.ts'
import { InteractionReply } from './replies.ts'

/** A mention with a file, a file in a direct message, and text commands to the bot. */
export function listenToMessages(client: Client, handlers: DiscordHandlers, guarded: Guarded): void {
  client.on('messageCreate', (message) => {
    if (isForUs(message)) guarded(onMessage(handlers, message))
  })
  client.on('messageUpdate', (before, message) => {
    if (hasGainedFile(before, message) && isForUs(message)) guarded(onMessage(handlers, message))
  })
}

async function onMessage(handlers: DiscordHandlers, message: Message): Promise<void> {
  const own = filesIn(message)
  const files = own.length > 0 ? own : filesRepliedTo(message)
  const origin = originOf(message)
  const words = commandIn(message)
  const instead = own.length < files.length ? undefined : noFileIn(message)
  const said = `${words.verb} ${words.argument}`
  const isHello = !instead && (isGreeting(said) || isHelpWord(said))
  // What is said of a file that it replies to only sounds like a command.
  const isCommand =
    files.length === 0
      ? isHello || COMMAND_VERBS.some((verb) => verb === words.verb)
      : isWholeCommand(words.verb, words.argument)
  const isTalk = !message.inGuild() && !instead && fileLinkIn(message.content) === undefined
  const hasNone = own.length === 0 && (isCommand || files.length === 0)
  if (hasNone && (isCommand || isTalk)) return handlers.command(origin, words)
  const { id: sending, content: text } = message
  const sent = { files, sending, answered: answeredBy(message), text, ...(instead && { instead }) }
  return handlers.receive(origin, sent)
}

/** Discord reports many changes of a message; only a new file counts. @param before partial if it is from before a restart */
function hasGainedFile(before: Message | PartialMessage, message: Message): boolean {
  const had = before.partial ? 0 : filesIn(before).length
  return filesIn(message).length > had && Date.now() - message.createdTimestamp < EDITED_WITHIN_MS
}

/**
 * From a person, and meant for the bot. A reply to the bot also mentions it, so a reply counts only if it has a file.
 */
function isForUs(message: Message): boolean {
  const { author, system, mentions, attachments, client, content } = message
  if (author.bot || system) return false
  if (!message.inGuild()) return true
  const isNamed = new RegExp(`<@!?${client.user.id}>`).test(content)
  return isNamed || (mentions.users.has(client.user.id) && attachments.size > 0)
}

/** Something is changed that may have kept the bot from writing: a lock, permissions, that it is not there. */
export function listenToChannels(client: Client, handlers: DiscordHandlers, guarded: Guarded): void {
  client.on('guildCreate', ({ id }) => guarded(handlers.reopened(id)))
  client.on('roleUpdate', (_, { guild }) => guarded(handlers.reopened(guild.id)))
  client.on('channelUpdate', (_, channel) => {
    if (!channel.isDMBased()) guarded(handlers.reopened(channel.guildId, channel.id))
  })
  // The library says nothing of a thread that it had forgotten, as it does with those in the archive.
  client.ws.on(GatewayDispatchEvents.ThreadUpdate, (thread: unknown) => {
    const isLocked = valueAt(thread, 'thread_metadata', 'locked') === true
    if (!isLocked) guarded(handlers.reopened(textAt(thread, 'guild_id'), textAt(thread, 'id')))
  })
}

/** Everything that Discord wants answered within 3 s. */
export function listenToInteractions(client: Client, handlers: DiscordHandlers, guarded: Guarded): void {
  client.on('interactionCreate', (interaction) => {
    if (interaction.isAutocomplete()) guarded(autocomplete(handlers, interaction))
    else if (interaction.isMessageComponent()) guarded(clicked(handlers, interaction))
    else if (interaction.isModalSubmit()) guarded(submitted(handlers, interaction))
    else if (interaction.isChatInputCommand()) guarded(commanded(handlers, interaction))
    else if (interaction.isMessageContextMenuCommand()) guarded(runOnMessage(handlers, interaction))
  })
}

/** Logs a listener’s failure; it has no other effect. */
export type Guarded = (work: Promise<void>) => void

export async function autocomplete(
  handlers: DiscordHandlers,
  interaction: AutocompleteInteraction,
): Promise<void> {
  const { name, value } = interaction.options.getFocused(true)
  const choices = await handlers.choices(originOf(interaction), name === 'task' ? 'task' : 'workflow', value)
  const shown = choices.slice(0, DISCORD_LIMITS.choices)
  await interaction.respond(
    shown.map(({ value, label }) => ({ name: clip(label, DISCORD_LIMITS.choiceChars), value })),
  )
}

export async function clicked(
  handlers: DiscordHandlers,
  interaction: MessageComponentInteraction,
): Promise<void> {
  const { customId } = interaction
  const reply = new InteractionReply(interaction)
  const inTime = opensForm(customId) ? reply.acknowledgeInTime() : undefined
  if (!inTime) await reply.acknowledge()
  await handlers.click(originOf(interaction), customId, valuesOf(interaction), reply)
  inTime?.()
}

/** `/batch …` */
export async function commanded(
  handlers: DiscordHandlers,
  interaction: ChatInputCommandInteraction,
): Promise<void> {
  const reply = new InteractionReply(interaction)
  await reply.acknowledge()
  const { verb, argument, files } = optionsOf(interaction)
  const origin = originOf(interaction)
  if (files.length === 0) return handlers.command(origin, { verb, argument }, reply)
  const sent = { files, sending: interaction.id, ...(argument && { workflow: argument }) }
  return handlers.receive(origin, sent, reply)
}

export async function submitted(
  handlers: DiscordHandlers,
  interaction: ModalSubmitInteraction,
): Promise<void> {
  const reply = new InteractionReply(interaction)
  await reply.acknowledge()
  const sent = { answers: answersOf(interaction), sending: interaction.id }
  await handlers.submit(originOf(interaction), interaction.customId, sent, reply)
}

/** “Run batch” on a message, by any author. Each use is deliberate, so each starts a new wizard. */
export async function runOnMessage(
  handlers: DiscordHandlers,
  interaction: MessageContextMenuCommandInteraction,
): Promise<void> {
  const reply = new InteractionReply(interaction)
  await reply.acknowledge()
  const { targetMessage: message } = interaction
  const instead = noFileIn(message)
  const sent = { files: filesIn(message), sending: interaction.id, text: message.content }
  await handlers.receive(originOf(interaction), { ...sent, ...(instead && { instead }) }, reply)
}
