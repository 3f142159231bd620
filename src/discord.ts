import { DiscordBot } from './bots/discord/app.ts'
import type { DiscordConfig } from './config.ts'
import type { Rowbot } from './rowbot.ts'

/** The bot in Discord, as the settings want it; not started. */
export function discordBotOf({ config, log }: Rowbot, { apiUrl, ...discord }: DiscordConfig): DiscordBot {
  return new DiscordBot({
    ...discord,
    ...(apiUrl && { apiUrl }),
    maxFileBytes: config.limits.maxFileBytes,
    log,
  })
}
