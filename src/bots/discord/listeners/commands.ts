import type { ChatInputCommandInteraction } from 'discord.js'
import { optionsOf, originOf } from '../decode.ts'
import type { Door } from '../door.ts'
import { Reply } from '../reply.ts'

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
