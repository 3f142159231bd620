import type { Client } from 'discord.js'
import type { Door } from '../door.ts'
import { autocomplete } from './autocomplete.ts'
import { clicked } from './clicks.ts'
import { commanded } from './commands.ts'
import { submitted } from './forms.ts'
import { runOnMessage } from './message-command.ts'

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
