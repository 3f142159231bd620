import { expect, test } from 'bun:test'
import pino from 'pino'
import { Chats } from '../../src/serve/chats.ts'
import { readConfig } from '../../src/app/config.ts'
import { healthOf } from '../../src/serve/health.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { listArrivals } from '../../src/db/chats/arrivals.ts'
import { later, tempFolder, until } from '../support/bot.ts'
import { aDiscord } from '../support/discord/whole.ts'
import { TOKEN } from '../support/discord/world.ts'
import { APP_TOKEN, BOT_TOKEN } from '../support/slack/emulated.ts'
import type { LocalSlack } from '../support/slack/local-slack.ts'
import { SlackPerson } from '../support/slack/person.ts'
import { aSlack } from '../support/slack/rig.ts'

test('a chat that is shut out for good turns readiness red, and says no more than that', async () => {
  const discord = aDiscord()
  const bot = await Rowbot.open({
    config: readConfig({
      ROWBOT_DATA_DIR: tempFolder(),
      DISCORD_TOKEN: TOKEN,
      DISCORD_API_URL: discord.apiUrl,
    }),
    log: pino({ level: 'silent' }),
  })
  later(() => bot.close())
  const chats = new Chats(bot, () => {})
  later(() => chats.stop())
  const health = () => healthOf(bot, { isDraining: false, chats: chats.states() })
  expect(await health()).toMatchObject({ ready: true, parts: { slack: 'off', discord: 'starting' } })

  await chats.start()
  expect(await health()).toMatchObject({ ready: true, parts: { discord: 'connected' } })

  discord.gateway.drop(4004) // it does not take the token any more
  const red = await until(health, ({ ready }) => !ready)
  expect(red.parts).toMatchObject({ database: 'ok', discord: 'fatal' })
})

/** Slack served by a bot that is otherwise new. @param prepare changes Slack before the start */
async function aServedSlack(prepare: (slack: LocalSlack) => void = () => {}) {
  const slack = await aSlack()
  prepare(slack)
  const bot = await Rowbot.open({
    config: readConfig({
      ROWBOT_DATA_DIR: tempFolder(),
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
      SLACK_API_URL: slack.apiUrl,
    }),
    log: pino({ level: 'silent' }),
  })
  later(() => bot.close())
  const notes: string[] = []
  const chats = new Chats(bot, (line) => notes.push(line))
  later(() => chats.stop())
  await chats.start()
  return { slack, bot, chats, notes }
}

test('a start with half a set-up goes on, and says each fault with where to click and what to paste', async () => {
  const { notes, chats } = await aServedSlack((slack) => {
    slack.scopes = slack.scopes.filter((scope) => scope !== 'users:read')
  })
  const all = await until(
    () => notes,
    (lines) => lines.some((line) => line.includes('doctor --listen')),
  )
  expect(all).toContain(
    '✖ The permission users:read is missing: names, languages and workspaces of people are unknown.',
  )
  expect(all).toContain('    Paste: users:read')
  expect(chats.states().slack).toBe('connected')
})

test('what arrives is in the database and in the words for /readyz', async () => {
  const { slack, bot, chats } = await aServedSlack()
  expect(chats.remarks()).toEqual({ slackEvents: 'none since the start (0 min)' })
  const mei = new SlackPerson(slack, 'mei')
  await mei.command(mei.channel('merch'), 'help')
  const kinds = await until(
    () => listArrivals(bot.db, { platform: 'slack', account: 'A1', since: 0 }),
    (some) => some.length > 0,
  )
  expect(kinds).toEqual(['command'])
  expect(chats.remarks()).toEqual({ slackEvents: 'arrive' })
  const health = await healthOf(bot, { isDraining: false, chats: {}, remarks: chats.remarks() })
  expect(health).toMatchObject({ ready: true, parts: { slackEvents: 'arrive' } })
})
