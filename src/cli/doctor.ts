import { IS_EXECUTABLE, ROWBOT, VERSION } from '../engine/this-program.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import { listArrivals } from '../db/chats/arrivals.ts'
import { examineDiscordChannel } from '../bots/discord/doctor-channel.ts'
import { examineDiscord } from '../bots/discord/doctor.ts'
import { bad, type DoctorResult, fine, linesOf, warning } from '../bots/doctor-result.ts'
import { isArrivalKind } from '../bots/slack/arrivals.ts'
import { examineSlackChannel } from '../bots/slack/doctor-channel.ts'
import { listenToSlack } from '../bots/slack/doctor-listen.ts'
import { examineSlack } from '../bots/slack/doctor.ts'
import { providerOf } from '../admin/sign-in/provider.ts'
import { checkWorkflow } from '../app/workflows.ts'
import { examineNetwork } from './doctor-network.ts'
import { examineNotifications } from '../notify/doctor.ts'
import { FilesAway } from '../engine/files.ts'
import { UserError } from '../engine/user-error.ts'
import { BucketHome } from '../files/bucket-home.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { examineMachine } from './doctor-machine.ts'
import { EXIT } from './end-code.ts'
import { actorHere, addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../app/config.ts'
import { ADMIN_TOKEN_FILE } from '../app/data-folder.ts'
import { discordSettingsOf, slackSettingsOf } from '../serve/examine-chats.ts'
import { isLoopback, pageAddress } from '../serve/page-address.ts'

export interface DoctorFlags {
  /** wait this many seconds for a person to try the bot in Slack */
  listen?: number
  /** channels to try: by name or id in Slack, by id in Discord */
  slackChannel?: string
  discordChannel?: string
}

/** Checks the set-up: the page, every workflow’s key, the chats, who is notified. Exit code 1 if something is wrong. */
export async function doctor(bot: Rowbot, flags: DoctorFlags, screen: Screen): Promise<number> {
  await addConfigured(bot, screen)
  const slack = slackSettingsOf(bot)
  const discord = discordSettingsOf(bot)
  const results: DoctorResult[] = []
  const checks = [
    () => Promise.resolve([programLine()]),
    () => examineMachine(bot),
    () => Promise.resolve(examinePage(bot.config)),
    () => examineNetwork(bot),
    () => examineProvider(bot),
    () => examineBucket(bot.config),
    () => examineWorkflows(bot),
    () => examineSlack(slack, bot.log),
    () => examineDiscord(discord, bot.log),
    () => examineNotifications(bot.notify),
    () => examineChannels(bot, flags),
    () => listen(bot, flags, screen),
  ]
  for (const check of checks) {
    const some = await check()
    for (const line of some.flatMap(linesOf)) screen.print(line)
    results.push(...some)
  }
  return results.some(({ kind }) => kind === 'bad') ? EXIT.couldNotRun : EXIT.done
}

function programLine(): DoctorResult {
  const form = IS_EXECUTABLE ? ', single-file executable' : ''
  return fine(`Rowbot ${VERSION} on Bun ${Bun.version} (${process.platform} ${process.arch}${form}).`)
}

async function examineChannels(
  bot: Rowbot,
  { slackChannel, discordChannel }: DoctorFlags,
): Promise<DoctorResult[]> {
  return [
    ...(slackChannel
      ? bot.config.slack
        ? await examineSlackChannel(slackSettingsOf(bot), { channel: slackChannel }, bot.log)
        : [off('--slack-channel', 'Slack', 'SLACK_BOT_TOKEN=xoxb-…')]
      : []),
    ...(discordChannel
      ? bot.config.discord
        ? await examineDiscordChannel(discordSettingsOf(bot), discordChannel, bot.log)
        : [off('--discord-channel', 'Discord', 'DISCORD_TOKEN=…')]
      : []),
  ]
}

async function listen(
  bot: Rowbot,
  { listen: seconds }: DoctorFlags,
  screen: Screen,
): Promise<DoctorResult[]> {
  if (seconds === undefined) return []
  if (!bot.config.slack) return [off('--listen', 'Slack', 'SLACK_BOT_TOKEN=xoxb-…')]
  const since = bot.clock.now()
  const isOver = Promise.withResolvers<void>()
  const cancel = bot.clock.after(seconds * 1_000, isOver.resolve)
  screen.note(`Listening to Slack for up to ${seconds} s. A file that is sent meanwhile starts no batch.`)
  const results = await listenToSlack(
    slackSettingsOf(bot),
    {
      arrivedAtServe: async () =>
        (await listArrivals(bot.db, { platform: 'slack', since })).filter(isArrivalKind),
      isOver: isOver.promise,
      say: (line) => screen.note(line),
    },
    bot.log,
  )
  cancel()
  return results
}

function off(option: string, chat: string, paste: string): DoctorResult {
  return bad(`${option} was given, but ${chat} is off.`, {
    where: `In .env, in the folder where Rowbot is started (see docs/${chat.toLowerCase()}.md)`,
    paste,
  })
}

async function examineWorkflows(bot: Rowbot): Promise<DoctorResult[]> {
  const workflows = await listWorkflows(bot.db)
  if (workflows.length === 0) {
    return [
      bad('No workflow is set up.', { where: 'In a terminal', paste: `${ROWBOT} workflow add --key app-…` }),
    ]
  }
  return Promise.all(
    workflows.map(async (workflow): Promise<DoctorResult> => {
      try {
        const { isSerious } = await checkWorkflow(bot, actorHere(), workflow)
        return isSerious
          ? warning(`“${workflow.name}” answers, but its inputs have changed.`, {
              where: `${ROWBOT} workflow check says what; ${ROWBOT} workflow sync takes it over`,
            })
          : fine(`“${workflow.name}” answers, and its key works.`)
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        return bad(`“${workflow.name}”: ${fault.message}`, {
          where: fault.hint ?? 'Check the app in Dify',
        })
      }
    }),
  )
}

/** Checks the page’s settings only, not whether the page is being served now. */
export function examinePage(config: Config): DoctorResult[] {
  const { http } = config
  const { host, port, publicUrl } = http
  const open = isLoopback(host) ? 'reachable from this machine alone' : 'reachable from other machines'
  const results = [
    fine(`The page is served at ${pageAddress(http)} (${host}, port ${port}: ${open}).`),
    fine(tokenText(config)),
  ]
  if (publicUrl === undefined)
    results.push(
      isLoopback(host)
        ? fine('ROWBOT_PUBLIC_URL is not set: messages in the chats do not link to the page.')
        : warning(
            'The page is reachable from other machines, by IP address only and without https: others on the network can read tokens and ' +
              'files. Put a proxy with https before it, and set ROWBOT_PUBLIC_URL.',
          ),
    )
  else if (!publicUrl.startsWith('https:'))
    results.push(
      warning(
        `ROWBOT_PUBLIC_URL is ${publicUrl}, without https: others on the network can read tokens and files. See docs/operate.md.`,
      ),
    )
  return results
}

/** Asks the provider of sign-ins who it is, if one is set up. */
export async function examineProvider({
  config: { http },
  log,
  clock,
}: Pick<Rowbot, 'config' | 'log' | 'clock'>): Promise<DoctorResult[]> {
  if (!http.provider) return []
  const { issuer } = http.provider
  const provider = providerOf({ provider: http.provider, fingerprint: String, log }, () => clock.now())
  try {
    await provider?.reach()
    return [
      fine(
        `People sign in to the page with ${issuer}; there, the redirect URI is ${pageAddress(http)}/sign-in/callback.`,
      ),
    ]
  } catch (fault) {
    if (!(fault instanceof UserError)) throw fault
    return [
      bad(`Nobody can sign in with ${issuer}: it cannot be reached, or does not call itself that.`, {
        where:
          'In .env, ROWBOT_OIDC_ISSUER is the address as the provider itself writes it (rowbot.log says what failed)',
      }),
    ]
  }
}

/** Stores, reads and deletes a small object, if files are in a bucket. */
export async function examineBucket({ bucket }: Pick<Config, 'bucket'>): Promise<DoctorResult[]> {
  if (!bucket) return []
  const place = `s3://${bucket.name}/${bucket.prefix}`
  try {
    await new BucketHome(bucket).check()
    return [fine(`Files are kept in ${place}: they can be stored, read, listed and deleted there.`)]
  } catch (fault) {
    if (!(fault instanceof FilesAway)) throw fault
    return [
      bad(`${place}: ${fault.message}`, {
        where:
          'In .env, see ROWBOT_BUCKET and the settings after it; the key must be allowed s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket',
      }),
    ]
  }
}

function tokenText({ http, databaseUrl, dataDir }: Pick<Config, 'http' | 'databaseUrl' | 'dataDir'>): string {
  if (http.adminToken !== undefined) return 'The admin token is the one in ROWBOT_ADMIN_TOKEN.'
  if (databaseUrl !== undefined)
    return `The admin token is kept in the database, encrypted. ${ROWBOT} page prints the link with it.`
  const file = join(dataDir, ADMIN_TOKEN_FILE)
  if (existsSync(file)) return `The admin token is kept in ${file}. ${ROWBOT} page prints the link with it.`
  return 'The admin token is made when the page is first served, and printed once as a link.'
}
