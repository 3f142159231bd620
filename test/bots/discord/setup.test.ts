import { expect, test } from 'bun:test'
import { DiscordBot } from '../../../src/bots/discord/app.ts'
import { commandsOf } from '../../../src/bots/discord/commands.ts'
import { registerDiscord } from '../../../src/bots/discord/register.ts'
import { later } from '../../support/bot.ts'
import { BITS, TOKEN } from '../../support/discord/world.ts'
import { aDiscord, botOptions, Logged, NO_DESK } from '../../support/discord/whole.ts'
import { waitClock } from '../../support/own-time.ts'

function aBotIn(discord: ReturnType<typeof aDiscord>, token = TOKEN) {
  const log = new Logged()
  const bot = new DiscordBot(botOptions(discord, log, { token }))
  later(() => bot.stop(0))
  return { bot, log }
}

test('the commands are registered at start, once, in every language, and not again while they are the same', async () => {
  const discord = aDiscord()
  const { bot } = aBotIn(discord)
  await bot.start(NO_DESK)
  expect(JSON.stringify(discord.commands)).toContain('批量')
  expect(JSON.stringify(discord.commands)).toContain('"zh-TW":"清單"')
  const log = new Logged()
  const address = { token: TOKEN, apiUrl: discord.apiUrl }
  expect(await registerDiscord(address, log)).toEqual({
    isChanged: false,
    invite: bot.invite() ?? '',
  })
  discord.commands = discord.commands.slice(1)
  expect((await registerDiscord(address, log)).isChanged).toBe(true)
  expect(discord.done(/^PUT/)).toHaveLength(2)
})

test('a command that says something else than ours is registered anew', async () => {
  const discord = aDiscord()
  discord.commands = commandsOf().map((command) => ({ ...command, id: '1', default_member_permissions: '0' }))
  const { isChanged } = await registerDiscord({ token: TOKEN, apiUrl: discord.apiUrl }, new Logged())
  expect(isChanged).toBe(true)
})

test('the invite link asks for what is needed and nothing else', async () => {
  const discord = aDiscord()
  const { bot } = aBotIn(discord)
  expect(bot.invite()).toBeUndefined()
  await bot.start(NO_DESK)
  const { searchParams } = new URL(bot.invite() ?? '')
  const needed = Object.values(BITS).reduce((all, bit) => all | bit, 0n)
  expect(Object.fromEntries(searchParams)).toEqual({
    client_id: '900000000000000001',
    scope: 'bot applications.commands',
    permissions: String(needed),
  })
})

test('a token that Discord does not know ends the start with a sentence', async () => {
  const { bot } = aBotIn(aDiscord(), 'OTAwMDAwMDAwMDAwMDAwMDAx.GfAkEt.another')
  expect(bot.start(NO_DESK)).rejects.toThrow('Discord does not accept DISCORD_TOKEN.')
})

test('stopping never waits for Discord', async () => {
  const discord = aDiscord()
  const { bot } = aBotIn(discord)
  await bot.start(NO_DESK)
  discord.gateway.forget()
  discord.gateway.drop(4000)
  const waitMs = waitClock()
  await bot.stop(100)
  expect(waitMs()).toBeLessThan(3_000)
})
