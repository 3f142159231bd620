import type { Client, Message } from 'discord.js'
import { COMMAND_VERBS } from '../../commands.ts'
import { originOf, wordsIn, workbooksIn } from '../decode.ts'
import type { Door } from '../door.ts'
import type { Guarded } from './interactions.ts'

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
