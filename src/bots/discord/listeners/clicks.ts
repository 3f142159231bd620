import type { MessageComponentInteraction } from 'discord.js'
import { opensForm } from '../../../wizard/click-ids.ts'
import { originOf, valuesOf } from '../decode.ts'
import type { Door } from '../door.ts'
import { Reply } from '../reply.ts'

export async function clicked(door: Door, interaction: MessageComponentInteraction): Promise<void> {
  const { customId } = interaction
  const reply = new Reply(interaction)
  const inTime = opensForm(customId) ? reply.acknowledgeInTime() : undefined
  if (!inTime) await reply.acknowledge()
  await door.click(originOf(interaction), customId, valuesOf(interaction), reply)
  inTime?.()
}
