import { registerDiscord } from '../bots/discord/register.ts'
import { UserError } from '../engine/user-error.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './end-code.ts'
import type { Screen } from './screen.ts'

/** Registers the commands with Discord, and prints the link that adds the bot to a server. */
export async function registerInDiscord(bot: Rowbot, screen: Screen): Promise<number> {
  const { discord } = bot.config
  if (!discord) throw new UserError('DISCORD_TOKEN is not set.', 'docs/discord.md says where to find it.')
  const { token, apiUrl } = discord
  const { isChanged, invite } = await registerDiscord({ token, ...(apiUrl && { apiUrl }) }, bot.log)
  screen.print(isChanged ? 'Discord has the commands now.' : 'Discord has these commands already.')
  screen.print(`Add the bot to a server: ${invite}`)
  return EXIT.done
}
