import type { Config } from '../../app/config.ts'
import { examineDiscord } from '../../bots/discord/doctor.ts'
import { bad, type DoctorResult, fine, linesOf, warning } from '../../bots/doctor-result.ts'
import type { Log } from '../../bots/log.ts'
import { examineSlack } from '../../bots/slack/doctor.ts'
import { describeApp } from '../../dify/apps/describe-app.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { discordSettingsOf, slackSettingsOf } from '../../serve/examine-chats.ts'
import type { Screen } from '../screen.ts'

/** There is no data folder yet, where a log could be. What was answered is in the results. */
const NO_LOG: Log = { error() {}, warn() {} }

/**
 * Asks Dify, Slack and Discord whether they take these settings, as `doctor` does, but without a database.
 * @returns false if one of them does not
 */
export async function examineSettings(
  config: Config,
  { screen, texts }: { screen: Screen; texts: Texts },
): Promise<boolean> {
  let isWell = true
  const checks = [
    () => examineKeys(config, texts),
    () => examineSlack(slackSettingsOf({ config }), NO_LOG),
    () => examineDiscord(discordSettingsOf({ config }), NO_LOG),
  ]
  for (const check of checks) {
    const results = await check()
    for (const line of results.flatMap(linesOf)) screen.print(line)
    isWell &&= results.every(({ kind }) => kind !== 'bad')
  }
  return isWell
}

async function examineKeys({ dify }: Config, { setup, say }: Texts): Promise<DoctorResult[]> {
  const { baseUrl, apiKeys } = dify
  if (apiKeys.length === 0) return [warning(setup.noKeys, { where: setup.addLater })]
  return Promise.all(
    apiKeys.map(async (apiKey, i) => {
      try {
        return fine(setup.keyWorks((await describeApp({ baseUrl, apiKey })).name))
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        const { message, hint } = fault.says
        return bad(setup.keyFails(i + 1, say(message)), { where: hint === undefined ? baseUrl : say(hint) })
      }
    }),
  )
}
