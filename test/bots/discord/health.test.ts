import { expect, test } from 'bun:test'
import { DiscordBot, type DiscordOptions } from '../../../src/bots/discord/app.ts'
import type { ChatHealth } from '../../../src/bots/chat-health.ts'
import { later, until } from '../../support/bot.ts'
import { aDiscord, botOptions, Logged, NO_DESK } from '../../support/discord/whole.ts'

async function aStartedBot(options: Partial<DiscordOptions> = {}, discord = aDiscord()) {
  const log = new Logged()
  const bot = new DiscordBot(botOptions(discord, log, options))
  later(() => bot.stop(0))
  await bot.start(NO_DESK)
  return { discord, bot, log, becomes: (state: ChatHealth['state']) => becomes(bot, state) }
}

function becomes(bot: DiscordBot, state: ChatHealth['state']): Promise<ChatHealth> {
  return until(
    () => bot.healthy(),
    (health) => health.state === state,
  )
}

test('a bot that was not started yet is not connected, and a started one is', async () => {
  const discord = aDiscord()
  expect(new DiscordBot(botOptions(discord, new Logged())).healthy()).toEqual({
    state: 'reconnecting',
    sentence: 'Discord is not connected yet.',
  })
  const { bot } = await aStartedBot({}, discord)
  expect(bot.healthy()).toEqual({ state: 'connected' })
})

test('while Discord cannot be reached at start, it is tried again until it can', async () => {
  const discord = aDiscord()
  await discord.close()
  const { bot, becomes } = await aStartedBot({}, discord)
  const health = bot.healthy()
  expect(health.state === 'reconnecting' && health.sentence).toMatch(
    /^Discord cannot be reached \(.+\); trying/,
  )
  discord.open()
  await becomes('connected')
})

test('a Discord that lets the bot in and then says nothing does not keep the others from starting', async () => {
  const discord = aDiscord()
  discord.gateway.isMute = true
  const { bot } = await aStartedBot({ openWithinMs: 30 }, discord)
  expect(bot.healthy().state).toBe('reconnecting')
})

test('a short loss of the connection is nothing to tell, a long one is, and its end too', async () => {
  const { discord, bot, becomes } = await aStartedBot({ awayMs: 150 })
  await discord.close()
  expect(bot.healthy().state).toBe('connected')
  expect(await becomes('reconnecting')).toMatchObject({
    sentence: 'Discord has been away for a minute; trying again.',
  })
  discord.open()
  await becomes('connected')
})

for (const [code, sentence] of [
  [4004, 'Discord no longer accepts DISCORD_TOKEN.'],
  [4011, 'The bot is on more servers than one connection may serve.'],
  [4013, 'Discord has closed the connection for good (4013).'],
  [4014, 'Discord does not allow the events that the bot asks for.'],
] as const) {
  test(`a connection that is closed for good with ${code} at the start ends the start with a sentence`, () => {
    const discord = aDiscord()
    discord.gateway.refuseWith = code
    expect(aStartedBot({}, discord)).rejects.toThrow(sentence)
  })

  test(`a connection that is closed for good with ${code} later is told until it is fixed`, async () => {
    const { discord, bot, log, becomes } = await aStartedBot({ awayMs: 0 })
    discord.gateway.refuseWith = code
    discord.gateway.forget()
    discord.gateway.drop(code)
    const health = await becomes('fatal')
    expect(health.state === 'fatal' && health.sentence).toStartWith(sentence)
    expect(log.lines.some(({ level, message }) => level === 'error' && message === sentence)).toBe(true)
    // Refused again and again, it stays so.
    const tries = discord.gateway.received.length
    await until(
      () => discord.gateway.received.length,
      (now) => now > tries + 1,
    )
    expect(bot.healthy()).toEqual(health)
    discord.gateway.refuseWith = undefined
    await becomes('connected')
  })
}

test('one 401 is reported, and the next call is made with the token all the same', async () => {
  const { discord, bot } = await aStartedBot()
  const place = { platform: 'discord' as const, team: '', channel: '700000000000000001' }
  const prompt = { title: 'A', lines: [], selects: [], buttons: [] }
  discord.faults.plan(/^POST/, { kind: 'refuses', status: 401, code: 0 })
  expect((await bot.chat.post(place, prompt, { key: 'a', again: false })).kind).toBe('failed')
  expect(bot.healthy().state).toBe('fatal')
  expect((await bot.chat.post(place, prompt, { key: 'a', again: false })).kind).toBe('ok')
  expect(bot.healthy().state).toBe('connected')
})
