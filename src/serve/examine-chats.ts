import { SLACK_EVENTS } from '../admin/http/app.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { type DiscordSettings, examineDiscord } from '../bots/discord/doctor.ts'
import { type DoctorResult, linesOf } from '../bots/doctor-result.ts'
import { isArrivalKind } from '../bots/slack/arrivals.ts'
import type { SlackSettings } from '../bots/slack/doctor-settings.ts'
import { examineSlackAccess } from '../bots/slack/doctor.ts'
import { listArrivals } from '../db/chats/arrivals.ts'

/**
 * The part of `doctor` that costs a few calls, at the start of `serve`. What is wrong is logged and noted, and stops
 * nothing: the page and the other chat work all the same.
 */
export async function warnOfChats(bot: Rowbot, note: (line: string) => void): Promise<void> {
  const { slack, discord } = bot.config
  const results = [
    ...(slack ? await examineSlackAccess(slackSettingsOf(bot), bot.log) : []),
    ...(discord ? await examineDiscord(discordSettingsOf(bot), bot.log) : []),
  ]
  for (const result of results.filter(({ kind }) => kind !== 'fine')) report(result, bot, note)
}

function report(result: DoctorResult, { log }: Rowbot, note: (line: string) => void): void {
  log.warn({ kind: result.kind, ...result.fix }, result.sentence)
  for (const line of linesOf(result)) note(line)
}

/** Without a database it is not known what has arrived before. */
export function slackSettingsOf({
  config,
  db,
}: Pick<Rowbot, 'config'> & Partial<Pick<Rowbot, 'db'>>): SlackSettings {
  const { slack, http } = config
  if (!slack) return { signingSecrets: [] }
  const { botToken, appToken, configToken, apiUrl, signingSecrets } = slack
  return {
    botToken,
    signingSecrets,
    ...(appToken && { appToken }),
    ...(configToken && { configToken }),
    ...(apiUrl && { apiUrl }),
    ...(http.publicUrl && { eventsUrl: `${http.publicUrl}${SLACK_EVENTS}` }),
    ...(db && {
      arrived: async (account) =>
        (await listArrivals(db, { platform: 'slack', account, since: 0 })).filter(isArrivalKind),
    }),
  }
}

export function discordSettingsOf({ config: { discord } }: Pick<Rowbot, 'config'>): DiscordSettings {
  if (!discord) return {}
  const { token, guilds, apiUrl } = discord
  return { token, guilds, ...(apiUrl && { apiUrl }) }
}
