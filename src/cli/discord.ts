import { registerDiscord } from '../bots/discord/register.ts'
import { UserError } from '../engine/user-error.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './finish.ts'
import type { Screen } from './screen.ts'

/** Tells Discord the commands, and how the bot is let into a server. */
export async function registerInDiscord(bot: Rowbot, screen: Screen): Promise<number> {
  const { discord } = bot.config
  if (!discord) throw new UserError('DISCORD_TOKEN is not set.', 'docs/discord.md says where it is.')
  const { token, apiUrl } = discord
  const { isChanged, invite } = await registerDiscord({ token, ...(apiUrl && { apiUrl }) }, bot.log)
  screen.print(isChanged ? 'Discord has the commands now.' : 'Discord has these commands already.')
  screen.print(`Let the bot into a server: ${invite}`)
  return EXIT.done
}
