import type {
  Client,
  Message,
  AutocompleteInteraction,
  MessageComponentInteraction,
  ChatInputCommandInteraction,
  ModalSubmitInteraction,
  MessageContextMenuCommandInteraction,
} from 'discord.js'
import { COMMAND_VERBS } from '../handlers/commands.ts'
import { isGreeting, isHelpWord } from '../handlers/greeting.ts'
import { answeredBy, originOf, commandIn, filesIn, valuesOf, optionsOf, answersOf } from './decode.ts'
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
}

async function onMessage(handlers: DiscordHandlers, message: Message): Promise<void> {
  const files = filesIn(message)
  const origin = originOf(message)
  const words = commandIn(message)
  const said = `${words.verb} ${words.argument}`
  const isCommand = COMMAND_VERBS.some((verb) => verb === words.verb) || isGreeting(said) || isHelpWord(said)
  const isTalk = !message.inGuild() && files.length === 0
  if (files.length === 0 && (isCommand || isTalk)) return handlers.command(origin, words)
  return handlers.receive(origin, { files, sending: message.id, answered: answeredBy(message) })
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
  const { verb, argument, file } = optionsOf(interaction)
  const origin = originOf(interaction)
  if (!file) return handlers.command(origin, { verb, argument }, reply)
  const sent = { files: [file], sending: interaction.id, ...(argument && { workflowId: argument }) }
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
  const files = filesIn(interaction.targetMessage)
  await handlers.receive(originOf(interaction), { files, sending: interaction.id }, reply)
}
