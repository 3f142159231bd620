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
import { originOf, wordsIn, workbooksIn, valuesOf, optionsOf, answersOf } from './decode.ts'
import type { Door } from './handlers.ts'
import { clip } from '../../messages/rich-text.ts'
import { DISCORD_LIMITS } from './limits.ts'
import { opensForm } from '../../messages/click-ids.ts'
import { Reply } from './replies.ts'

/** A mention with a file, a file in a direct message, and words to the bot. */
export function listenToMessages(client: Client, door: Door, guarded: Guarded): void {
  client.on('messageCreate', (message) => {
    if (isForUs(message)) guarded(heard(door, message))
  })
}

async function heard(door: Door, message: Message): Promise<void> {
  const files = workbooksIn(message)
  const origin = originOf(message)
  const words = wordsIn(message)
  const isCommand = COMMAND_VERBS.some((verb) => verb === words.verb)
  const isTalk = !message.inGuild() && files.length === 0
  if (files.length === 0 && (isCommand || isTalk)) return door.command(origin, words)
  return door.receive(origin, { files, sending: message.id })
}

/** From a person, and meant for the bot: a reply to it, which pings it too, is only when it brings a file. */
function isForUs(message: Message): boolean {
  const { author, system, mentions, attachments, client, content } = message
  if (author.bot || system) return false
  if (!message.inGuild()) return true
  const isNamed = new RegExp(`<@!?${client.user.id}>`).test(content)
  return isNamed || (mentions.users.has(client.user.id) && attachments.size > 0)
}

/** Everything that Discord wants an answer to within 3 s. */
export function listenToInteractions(client: Client, door: Door, guarded: Guarded): void {
  client.on('interactionCreate', (interaction) => {
    if (interaction.isAutocomplete()) guarded(autocomplete(door, interaction))
    else if (interaction.isMessageComponent()) guarded(clicked(door, interaction))
    else if (interaction.isModalSubmit()) guarded(submitted(door, interaction))
    else if (interaction.isChatInputCommand()) guarded(commanded(door, interaction))
    else if (interaction.isMessageContextMenuCommand()) guarded(runOnMessage(door, interaction))
  })
}

/** Sees to it that a listener that fails is logged, and nothing else happens. */
export type Guarded = (work: Promise<void>) => void

export async function autocomplete(door: Door, interaction: AutocompleteInteraction): Promise<void> {
  const { name, value } = interaction.options.getFocused(true)
  const choices = await door.choices(originOf(interaction), name === 'task' ? 'task' : 'workflow', value)
  const shown = choices.slice(0, DISCORD_LIMITS.choices)
  await interaction.respond(
    shown.map(({ value, label }) => ({ name: clip(label, DISCORD_LIMITS.choiceChars), value })),
  )
}

export async function clicked(door: Door, interaction: MessageComponentInteraction): Promise<void> {
  const { customId } = interaction
  const reply = new Reply(interaction)
  const inTime = opensForm(customId) ? reply.acknowledgeInTime() : undefined
  if (!inTime) await reply.acknowledge()
  await door.click(originOf(interaction), customId, valuesOf(interaction), reply)
  inTime?.()
}

/** `/batch …` */
export async function commanded(door: Door, interaction: ChatInputCommandInteraction): Promise<void> {
  const reply = new Reply(interaction)
  await reply.acknowledge()
  const { verb, argument, file } = optionsOf(interaction)
  const origin = originOf(interaction)
  if (!file) return door.command(origin, { verb, argument }, reply)
  const sent = { files: [file], sending: interaction.id, ...(argument && { workflowId: argument }) }
  return door.receive(origin, sent, reply)
}

export async function submitted(door: Door, interaction: ModalSubmitInteraction): Promise<void> {
  const reply = new Reply(interaction)
  await reply.acknowledge()
  const sent = { answers: answersOf(interaction), sending: interaction.id }
  await door.submit(originOf(interaction), interaction.customId, sent, reply)
}

/** “Run batch” on a message, whoever wrote it. Whoever asks for it again means it: each time is a sending of its own. */
export async function runOnMessage(
  door: Door,
  interaction: MessageContextMenuCommandInteraction,
): Promise<void> {
  const reply = new Reply(interaction)
  await reply.acknowledge()
  const files = workbooksIn(interaction.targetMessage)
  await door.receive(originOf(interaction), { files, sending: interaction.id }, reply)
}
