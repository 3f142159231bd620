import type { ModalSubmitInteraction } from 'discord.js'
import { answersOf, originOf } from '../decode.ts'
import type { Door } from '../door.ts'
import { Reply } from '../reply.ts'

export async function submitted(door: Door, interaction: ModalSubmitInteraction): Promise<void> {
  const reply = new Reply(interaction)
  await reply.acknowledge()
  const sent = { answers: answersOf(interaction), sending: interaction.id }
  await door.submit(originOf(interaction), interaction.customId, sent, reply)
}
