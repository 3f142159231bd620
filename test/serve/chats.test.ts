import { expect, test } from 'bun:test'
import pino from 'pino'
import { Chats } from '../../src/serve/chats.ts'
import { readConfig } from '../../src/app/config.ts'
import { healthOf } from '../../src/serve/health.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { later, tempFolder, until } from '../support/bot.ts'
import { aDiscord } from '../support/discord/whole.ts'
import { TOKEN } from '../support/discord/world.ts'

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
  const chats = new Chats(bot)
  later(() => chats.stop())
  const health = () => healthOf(bot, { isDraining: false, chats: chats.states() })
  expect(await health()).toMatchObject({ ready: true, parts: { slack: 'off', discord: 'starting' } })

  await chats.start(() => {})
  expect(await health()).toMatchObject({ ready: true, parts: { discord: 'connected' } })

  discord.gateway.drop(4004) // it does not take the token any more
  const red = await until(health, ({ ready }) => !ready)
  expect(red.parts).toMatchObject({ database: 'ok', discord: 'fatal' })
})
