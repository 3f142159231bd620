import type { AutocompleteInteraction } from 'discord.js'
import { clip } from '../../../wizard/text.ts'
import { originOf } from '../decode.ts'
import type { Door } from '../door.ts'
import { DISCORD_LIMITS } from '../limits.ts'

export async function autocomplete(door: Door, interaction: AutocompleteInteraction): Promise<void> {
  const { name, value } = interaction.options.getFocused(true)
  const choices = await door.choices(originOf(interaction), name === 'task' ? 'task' : 'workflow', value)
  const shown = choices.slice(0, DISCORD_LIMITS.choices)
  await interaction.respond(
    shown.map(({ value, label }) => ({ name: clip(label, DISCORD_LIMITS.choiceChars), value })),
  )
}
