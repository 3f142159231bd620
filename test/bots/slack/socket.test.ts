import { expect, test } from 'bun:test'
import { SlackBot } from '../../../src/bots/slack/app.ts'
import { later, until } from '../../support/bot.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { RecordingDesk } from '../../support/slack/recording-handlers.ts'
import { aSlack, aSlackBot, botOptions, Logged } from '../../support/slack/rig.ts'

/** Both connections are there. */
async function aConnectedBot() {
  const cast = await aSlackBot()
  await bothConnected(cast.slack)
  return cast
}

function bothConnected({ sockets }: Awaited<ReturnType<typeof aSlack>>) {
  return until(
    () => sockets.live.length,
    (live) => live === 2,
  )
}

test('not a click is lost while Slack renews the connections, one after the other', async () => {
  const { slack, desk: handlers, mei } = await aConnectedBot()
  const channel = mei.channel('merch')
  let typed = 0
  for (let round = 0; round < 4; round++) {
    const [line] = slack.sockets.live
    if (line) slack.sockets.refresh(line)
    for (let i = 0; i < 5; i++) await mei.command(channel, `status ${typed++}`)
    await bothConnected(slack)
  }
  expect(slack.sockets.lost).toEqual([])
  const heard = await until(
    () => handlers.commands.map(({ argument }) => Number(argument)),
    (all) => all.length >= typed,
  )
  expect(heard.toSorted((a, b) => a - b)).toEqual(Array.from({ length: typed }, (_, i) => i))
  expect(slack.sockets.opened).toBe(6)
})

test('an event over a connection that breaks comes again, and is heard once', async () => {
  const { slack, desk: handlers, mei } = await aConnectedBot()
  const channel = await mei.directChannel()
  for (let i = 0; i < 6; i++) {
    const told = mei.tellOf(await mei.say(channel, `status ${i}`))
    if (i % 2) slack.sockets.live[0]?.terminate()
    await told
    await bothConnected(slack)
  }
  await until(
    () => handlers.commands,
    (all) => all.length === 6,
  )
  expect(new Set(handlers.commands.map(({ argument }) => argument)).size).toBe(6)
})

test('an envelope without an event inside does not end the process, and is logged', async () => {
  const { slack, log, desk: handlers, mei } = await aConnectedBot()
  slack.sockets.sendRateLimited()
  await until(
    () => log.lines,
    (lines) => lines.length > 0,
  )
  await mei.command(mei.channel('merch'), 'list')
  await isHeard(handlers)
  expect(log.lines[0]?.message).toBe('Slack sent something that the library cannot read')
})

test('a bot that is started while Slack is down is there as soon as Slack is', async () => {
  const slack = await aSlack()
  const handlers = new RecordingDesk()
  slack.faults.plan('auth.test', { kind: 'down' }, 2)
  slack.faults.plan('apps.connections.open', { kind: 'down' }, 2)
  slack.faults.plan('apps.connections.open', { kind: 'refuses', error: 'internal_error' }, 2)
  const bot = new SlackBot(botOptions(slack, new Logged()))
  later(() => bot.stop(0))
  await bot.start(handlers)
  await bothConnected(slack)
  const mei = new SlackPerson(slack, 'mei')
  await mei.command(mei.channel('merch'), 'list')
  await isHeard(handlers)
})

test('tokens that Slack will never take are told at once, by the name of their setting', async () => {
  const slack = await aSlack()
  const wrong = [
    [{ botToken: 'xoxb-wrong' }, 'Slack does not accept SLACK_BOT_TOKEN (invalid_auth).'],
    [{ appToken: 'xapp-wrong' }, 'Slack does not accept SLACK_APP_TOKEN (invalid_auth).'],
  ] as const
  for (const [options, sentence] of wrong) {
    const bot = new SlackBot(botOptions(slack, new Logged(), options))
    later(() => bot.stop(0))
    expect(bot.start(new RecordingDesk())).rejects.toThrow(sentence)
    await bot.start(new RecordingDesk()).catch(() => {})
  }
})

test('a token that is revoked while the bot runs is logged, and the bot stays', async () => {
  const { slack, log, desk: handlers, mei } = await aConnectedBot()
  slack.faults.plan('apps.connections.open', { kind: 'refuses', error: 'invalid_auth' }, 2)
  for (const line of slack.sockets.live.toReversed()) line.terminate()
  await bothConnected(slack)
  expect(log.lines.some(({ message }) => message === 'no connection to Slack; trying again')).toBe(true)
  await mei.command(mei.channel('merch'), 'list')
  await isHeard(handlers)
})

test('a stopped bot finishes what it has heard, and connects no more', async () => {
  const { slack, bot, desk: handlers, mei } = await aConnectedBot()
  const release = Promise.withResolvers<void>()
  const done: string[] = []
  handlers.onCommand = async (_, verb) => {
    await release.promise
    done.push(verb)
  }
  await mei.command(mei.channel('merch'), 'list')
  const stopping = bot.stop()
  release.resolve()
  await stopping
  expect(done).toEqual(['list'])
  expect(slack.sockets.live).toEqual([])
  expect(slack.sockets.opened).toBe(2)
})

test('a bot that is stopped while it connects is not connected in the end', async () => {
  const { slack, bot } = await aConnectedBot()
  slack.faults.plan('apps.connections.open', { kind: 'slow', ms: 200 }, 2)
  const known = slack.calls.length
  for (const line of slack.sockets.live.toReversed()) line.terminate()
  await until(
    () => slack.calls.slice(known).filter(({ method }) => method === 'apps.connections.open'),
    (calls) => calls.length === 2,
  )
  await bot.stop(0)
  await until(
    () => [slack.sockets.opened, slack.sockets.live.length],
    ([opened, live]) => opened === 4 && live === 0,
  )
})

test('a click is acknowledged before it is answered, a form with its answer', async () => {
  const { desk: handlers, mei } = await aConnectedBot()
  const never = Promise.withResolvers<void>()
  handlers.onCommand = () => never.promise
  const { sentAt, ackedAt } = await mei.command(mei.channel('merch'), 'list')
  expect(ackedAt - sentAt).toBeLessThan(500)

  handlers.onClick = async (_, __, openForm) =>
    openForm({
      id: 'draft:k7f2:n1:exact',
      title: 'Exact values',
      submit: 'Save',
      fields: [{ type: 'text', id: 'retries', label: 'Retries', value: '2', maxLength: 3 }],
    })
  handlers.errors = { retries: 'A whole number from 0 to 5, please.' }
  await mei.newBatch()
  const { response } = await mei.submit(await mei.form(), { retries: '7' })
  expect(response).toEqual({ response_action: 'errors', errors: handlers.errors })
  expect(handlers.submitted[0]?.values).toEqual({ retries: '7' })
  never.resolve()
})

function isHeard({ commands }: RecordingDesk) {
  return until(
    () => commands,
    (all) => all.length === 1,
  )
}
