import { expect, test } from 'bun:test'
import type { ArrivalKind } from '../../../src/bots/slack/arrivals.ts'
import { listenToSlack } from '../../../src/bots/slack/doctor-listen.ts'
import { until } from '../../support/bot.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack, Logged } from '../../support/slack/rig.ts'

/** Somebody runs `doctor --listen`; `giveUp` is the end of its time. */
async function aListener({ appToken = APP_TOKEN }: { appToken?: string } = {}) {
  const slack = await aSlack()
  const lines: string[] = []
  const atServe: ArrivalKind[] = []
  const isOver = Promise.withResolvers<void>()
  const results = listenToSlack(
    { botToken: BOT_TOKEN, signingSecrets: [], apiUrl: slack.apiUrl, ...(appToken && { appToken }) },
    {
      arrivedAtServe: () => Promise.resolve(atServe),
      isOver: isOver.promise,
      say: (line) => lines.push(line),
      everyMs: 5,
    },
    new Logged(),
  )
  await until(
    () => lines,
    (said) => said.some((line) => line.startsWith('Then mention it')),
  )
  return { slack, lines, atServe, results, giveUp: isOver.resolve, mei: new SlackPerson(slack, 'mei') }
}

test('it ends as soon as a message, a click and a mention have arrived, and all of it is fine', async () => {
  const { mei, results, lines } = await aListener()
  const direct = await mei.directChannel()
  await mei.tellOf(await mei.say(direct, 'hello'))
  const answer = await until(
    async () => (await mei.messages(direct)).find(({ user }) => user !== mei.id),
    (message) => message !== undefined,
  )
  if (!answer) throw new Error('unreachable')
  await mei.click(answer, 'Click me')
  await mei.tellOfMention(await mei.say(mei.channel('merch'), 'hello'))
  expect(await results).toEqual([
    { kind: 'fine', sentence: 'From Slack have arrived: a direct message, a click, a mention.' },
  ])
  expect(lines.filter((line) => line.startsWith('Arrived'))).toEqual([
    'Arrived: a direct message.',
    'Arrived: a click.',
    'Arrived: a mention.',
  ])
})

test('where nothing arrives until the time is over, events are off', async () => {
  const { results, giveUp } = await aListener()
  giveUp()
  expect(await results).toMatchObject([
    {
      kind: 'bad',
      sentence: expect.stringContaining('Nothing has arrived from Slack.'),
      fix: { where: expect.stringContaining('Event Subscriptions'), paste: 'message.im' },
    },
  ])
})

test('with events and without clicks, interactivity is what to look at', async () => {
  const { mei, results, lines, giveUp } = await aListener()
  await mei.tellOf(await mei.say(await mei.directChannel(), 'hello'))
  await until(
    () => lines,
    (said) => said.includes('Arrived: a direct message.'),
  )
  giveUp()
  expect(await results).toMatchObject([
    { kind: 'fine' },
    { kind: 'warning', fix: { paste: '/invite @rowbot' } },
    { kind: 'bad', fix: { where: expect.stringContaining('Interactivity & Shortcuts') } },
  ])
})

test('a mention alone shows that events are on and message.im is not', async () => {
  const { mei, results, lines, giveUp } = await aListener()
  await mei.tellOfMention(await mei.say(mei.channel('merch'), 'hello'))
  await until(
    () => lines,
    (said) => said.includes('Arrived: a mention.'),
  )
  giveUp()
  expect((await results)[1]).toMatchObject({
    sentence: 'A direct message has not arrived: the event message.im may not be subscribed.',
    fix: { paste: 'message.im' },
  })
})

test('what arrives at “serve” counts, too: it is the one that hears over HTTP', async () => {
  const { atServe, results, lines } = await aListener({ appToken: '' })
  expect(lines[0]).toContain('which must be running')
  atServe.push('message', 'mention', 'click')
  expect((await results).map(({ kind }) => kind)).toEqual(['fine'])
})
