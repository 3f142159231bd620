import type { MessageContextMenuCommandInteraction } from 'discord.js'
import { originOf, workbooksIn } from '../decode.ts'
import type { Door } from '../door.ts'
import { Reply } from '../reply.ts'

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
