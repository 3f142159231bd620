import { expect, test } from 'bun:test'
import { SlackBot, type SlackOptions } from '../../../src/bots/slack/app.ts'
import type { ChatHealth } from '../../../src/bots/chat-health.ts'
import { later, until } from '../../support/bot.ts'
import { RecordingDesk } from '../../support/slack/recording-handlers.ts'
import { aSlack, botOptions, Logged } from '../../support/slack/rig.ts'

async function aSlackAndItsBot(options: Partial<SlackOptions> = {}) {
  const slack = await aSlack()
  const bot = new SlackBot(botOptions(slack, new Logged(), options))
  later(() => bot.stop(0))
  return {
    slack,
    bot,
    start: () => bot.start(new RecordingDesk()),
    becomes: (state: ChatHealth['state']) =>
      until(
        () => bot.healthy(),
        (health) => health.state === state,
      ),
  }
}

test('a bot that was not started yet is not connected, and a started one is', async () => {
  const { bot, start } = await aSlackAndItsBot()
  expect(bot.healthy()).toEqual({ state: 'reconnecting', sentence: 'Slack is not connected yet.' })
  await start()
  expect(bot.healthy()).toEqual({ state: 'connected' })
})

test('while Slack cannot be reached at start, that is told until it can', async () => {
  const { slack, bot, start, becomes } = await aSlackAndItsBot()
  slack.faults.plan('auth.test', { kind: 'down' }, 3)
  slack.faults.plan('apps.connections.open', { kind: 'down' }, 3)
  await start()
  expect(bot.healthy()).toEqual({
    state: 'reconnecting',
    sentence: 'Slack cannot be reached (HTTP 502); trying again.',
  })
  await becomes('connected')
})

test('a token that turns out to be wrong once Slack can be reached is told', async () => {
  const { slack, start, becomes } = await aSlackAndItsBot({ botToken: 'xoxb-wrong' })
  slack.faults.plan('auth.test', { kind: 'down' }, 3)
  await start()
  const health = await becomes('fatal')
  expect(health.state === 'fatal' && health.sentence).toStartWith('Slack does not accept SLACK_BOT_TOKEN')
})

test('a short loss of both connections is nothing to tell, a long one is, and its end too', async () => {
  const { slack, bot, start, becomes } = await aSlackAndItsBot({ awayMs: 100 })
  await start()
  await until(
    () => slack.sockets.live,
    ({ length }) => length === 2,
  )
  slack.faults.plan('apps.connections.open', { kind: 'down' }, 1_000)
  for (const line of slack.sockets.live.toReversed()) line.terminate()
  expect(bot.healthy()).toEqual({ state: 'connected' })
  await becomes('reconnecting')
  slack.faults.clear()
  await becomes('connected')
})

test('an app token that is revoked while the bot runs is told, until it is fixed', async () => {
  const { slack, start, becomes } = await aSlackAndItsBot()
  await start()
  await until(
    () => slack.sockets.live,
    ({ length }) => length === 2,
  )
  slack.faults.plan('apps.connections.open', { kind: 'refuses', error: 'token_revoked' }, 1_000)
  for (const line of slack.sockets.live.toReversed()) line.terminate()
  const health = await becomes('fatal')
  expect(health.state === 'fatal' && health.sentence).toStartWith(
    'Slack does not accept SLACK_APP_TOKEN (token_revoked). Make one',
  )
  slack.faults.clear()
  await becomes('connected')
})

test('a bot token that is revoked while the bot runs is told with the next message, until it is fixed', async () => {
  const { slack, bot, start } = await aSlackAndItsBot()
  await start()
  const place = { platform: 'slack' as const, team: 'T', channel: slack.channels.get('merch') ?? '' }
  const prompt = { title: 'A', lines: [], selects: [], buttons: [] }
  slack.faults.plan('chat.postMessage', { kind: 'refuses', error: 'account_inactive' })
  expect((await bot.chat.post(place, prompt, { key: 'a', again: false })).kind).toBe('failed')
  expect(bot.healthy()).toMatchObject({
    state: 'fatal',
    sentence: expect.stringMatching(/^Slack does not accept SLACK_BOT_TOKEN \(account_inactive\)\. Copy/),
  })
  expect((await bot.chat.post(place, prompt, { key: 'a', again: false })).kind).toBe('ok')
  expect(bot.healthy()).toEqual({ state: 'connected' })
})

test('over HTTP a bot that Slack knows is well', async () => {
  const { bot, start } = await aSlackAndItsBot({ appToken: '', signingSecrets: ['the signing secret'] })
  expect(bot.healthy().state).toBe('reconnecting')
  await start()
  expect(bot.healthy()).toEqual({ state: 'connected' })
})
