import { expect, test } from 'bun:test'
import type { DoctorResult } from '../../../src/bots/doctor-result.ts'
import type { SlackSettings } from '../../../src/bots/slack/doctor-settings.ts'
import { examineSlack } from '../../../src/bots/slack/doctor.ts'
import http from '../../../manifest/slack-http.json'
import socket from '../../../manifest/slack.json'
import { HttpReceiver } from '../../../src/bots/slack/http.ts'
import { later } from '../../support/bot.ts'
import { APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN } from '../../support/slack/emulated.ts'
import type { LocalSlack } from '../../support/slack/local-slack.ts'
import { aSlack, Logged } from '../../support/slack/rig.ts'

async function results(slack: LocalSlack, settings: Partial<SlackSettings>): Promise<DoctorResult[]> {
  const all = {
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    signingSecrets: [],
    apiUrl: slack.apiUrl,
    ...settings,
  }
  return examineSlack(all, new Logged())
}

async function found(slack: LocalSlack, settings: Partial<SlackSettings>): Promise<string[]> {
  return (await results(slack, settings)).map(({ kind, sentence }) => `${kind}: ${sentence}`)
}

/** What is not fine, each with its fix in full. */
async function faults(slack: LocalSlack, settings: Partial<SlackSettings>): Promise<DoctorResult[]> {
  return (await results(slack, settings)).filter(({ kind }) => kind !== 'fine')
}

const EVERYTHING_ARRIVED = {
  arrived: () => Promise.resolve(['message', 'click'] as const).then((all) => [...all]),
}
const APP = 'https://api.slack.com/apps/A1 → '

test('a set-up of which everything has been seen to work is called fine, and nothing is posted', async () => {
  const slack = await aSlack()
  expect(await found(slack, EVERYTHING_ARRIVED)).toEqual([
    'fine: In Slack the bot is @rowbot in the workspace Emulate.',
    expect.stringMatching(
      /^fine: The bot has every permission that it needs\. .*channels:history: after an outage/,
    ),
    'fine: Slack gives the bot access to files.',
    'fine: Events and clicks from Slack have arrived before.',
    'fine: Socket Mode opens: Rowbot needs no public address.',
  ])
  const methods = slack.calls.map(({ method }) => method)
  expect(methods.filter((method) => /^(chat|views|conversations)\.|complete/.test(method))).toEqual([])
})

test('where nothing has arrived yet, it says that it cannot know, and how to find out', async () => {
  const slack = await aSlack()
  const [fault, ...more] = await faults(slack, {})
  expect(more).toEqual([])
  expect(fault).toMatchObject({ kind: 'warning' })
  expect(fault?.sentence).toContain('Whether events and buttons are switched on cannot be asked')
  expect(fault?.sentence).toContain('rowbot doctor --listen')
  const half = await faults(slack, { arrived: () => Promise.resolve(['message']) })
  expect(half[0]?.sentence).toStartWith('Whether buttons are switched on')
})

test('every missing permission is named, with what fails without it, where to click and what to paste', async () => {
  const slack = await aSlack()
  slack.scopes = slack.scopes.filter((scope) => scope !== 'files:read' && scope !== 'im:history')
  const add = (paste: string) => ({
    where: `${APP}OAuth & Permissions → Bot Token Scopes → Add an OAuth Scope, then Reinstall to Workspace at the top`,
    paste,
  })
  expect(await faults(slack, EVERYTHING_ARRIVED)).toEqual([
    {
      kind: 'bad',
      sentence: 'The permission files:read is missing: no file can be read.',
      fix: add('files:read'),
    },
    {
      kind: 'bad',
      sentence: 'The permission im:history is missing: files in direct messages do not arrive.',
      fix: add('im:history'),
    },
    {
      kind: 'bad',
      sentence: 'Files cannot be read: it says “missing_scope”.',
      fix: add('files:read'),
    },
  ])
})

test('tokens that are wrong, mixed up or absent are named by their setting', async () => {
  const slack = await aSlack()
  const [wrong] = await faults(slack, { botToken: 'xoxb-wrong' })
  expect(wrong?.sentence).toBe('Slack does not accept SLACK_BOT_TOKEN: there is no such token.')
  expect(wrong?.fix?.where).toStartWith(`${APP}OAuth & Permissions → Bot User OAuth Token → Copy`)
  expect(await found(slack, { botToken: APP_TOKEN, appToken: BOT_TOKEN })).toEqual([
    'bad: SLACK_BOT_TOKEN must begin with xoxb-; this one is an app-level token.',
    'bad: SLACK_APP_TOKEN must begin with xapp-; this one is a bot token.',
  ])
  slack.faults.plan('apps.connections.open', { kind: 'refuses', error: 'missing_scope' })
  expect(await faults(slack, EVERYTHING_ARRIVED)).toMatchObject([
    {
      sentence: 'SLACK_APP_TOKEN lacks the permission connections:write.',
      fix: { where: expect.stringContaining('App-Level Tokens'), paste: 'connections:write' },
    },
  ])
})

test('half a set-up is never called fine: a bot token alone, or an app token alone', async () => {
  const slack = await aSlack()
  const alone = await faults(slack, { appToken: '', ...EVERYTHING_ARRIVED })
  expect(alone).toMatchObject([
    { kind: 'bad', sentence: expect.stringContaining('No event or click can arrive') },
  ])
  const without = await faults(slack, { botToken: '' })
  expect(without[0]).toMatchObject({
    kind: 'bad',
    sentence: expect.stringContaining('SLACK_BOT_TOKEN is missing'),
  })
})

test('tokens of two apps are noticed: the bot would post, and hear nothing', async () => {
  const slack = await aSlack()
  slack.appId = 'A2'
  const [fault] = await faults(slack, EVERYTHING_ARRIVED)
  expect(fault).toMatchObject({
    kind: 'bad',
    sentence: expect.stringContaining('SLACK_APP_TOKEN belongs to the app A1, SLACK_BOT_TOKEN to A2'),
    fix: { where: expect.stringContaining('https://api.slack.com/apps/A2 → Basic Information') },
  })
})

test('files that Slack refuses are found without leaving any', async () => {
  const slack = await aSlack()
  slack.faults.plan('files.getUploadURLExternal', { kind: 'refuses', error: 'missing_scope' })
  expect(await faults(slack, EVERYTHING_ARRIVED)).toMatchObject([
    { sentence: 'Files cannot be sent: it says “missing_scope”.', fix: { paste: 'files:write' } },
  ])
})

test('Slack being down is not taken for a wrong token', async () => {
  const slack = await aSlack()
  slack.faults.plan('auth.test', { kind: 'down' }, 2)
  const [fault] = await faults(slack, {})
  expect(fault?.sentence).toBe(
    'Slack could not be asked about SLACK_BOT_TOKEN: it cannot be reached (HTTP 502).',
  )
  expect(fault?.fix?.where).toContain('slack-status.com')
})

test('with a configuration token, every switch of the app is read, and our own manifest has them all on', async () => {
  const slack = await aSlack()
  expect(await faults(slack, { configToken: CONFIG_TOKEN })).toEqual([])
  slack.manifest = {
    ...socket,
    features: { ...socket.features, slash_commands: [], shortcuts: [], app_home: {} },
    settings: { ...socket.settings, event_subscriptions: {}, interactivity: {}, socket_mode_enabled: false },
  }
  const all = await faults(slack, { configToken: CONFIG_TOKEN })
  expect(all.map(({ sentence }) => sentence)).toEqual([
    'The event message.im is not subscribed: direct messages do not arrive.',
    'The event app_mention is not subscribed: mentions in channels do not arrive.',
    'The event app_home_opened is not subscribed: the Home tab stays empty.',
    'Interactivity is off: no button, form or shortcut does anything.',
    'People cannot write to the bot directly.',
    'The Home tab is off: people cannot see their tasks there.',
    'The command /batch does not exist.',
    'The shortcut “New batch” does not exist.',
    'The shortcut “Run as batch” does not exist.',
    'Socket Mode is off, and SLACK_APP_TOKEN is set.',
  ])
  expect(all.every(({ kind, fix }) => kind === 'bad' && fix?.where.startsWith(APP))).toBe(true)
})

test('a configuration token that has expired is named, and the doctor goes on without it', async () => {
  const slack = await aSlack()
  const [expired, unsure] = await faults(slack, { configToken: 'xoxe.xoxp-old' })
  expect(expired?.sentence).toBe(
    'The app’s settings could not be read with SLACK_CONFIG_TOKEN: it has expired.',
  )
  expect(unsure?.sentence).toContain('cannot be asked')
})

test('over HTTP the public address is asked as Slack asks it', async () => {
  const slack = await aSlack()
  const receiver = new HttpReceiver({ signingSecrets: ['the secret'], log: new Logged() })
  const served = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => receiver.handle(request) })
  later(() => served.stop(true))
  const eventsUrl = `http://127.0.0.1:${served.port}/slack/events`
  const way = { appToken: '', signingSecrets: ['the secret'], eventsUrl, ...EVERYTHING_ARRIVED }
  expect(await faults(slack, way)).toEqual([])
  expect((await faults(slack, { ...way, signingSecrets: ['another'] }))[0]?.sentence).toContain(
    'answers HTTP 401, and not as Rowbot does: it is served with another SLACK_SIGNING_SECRET.',
  )
  slack.manifest = http
  const switches = await faults(slack, { ...way, configToken: CONFIG_TOKEN })
  expect(switches.map(({ fix }) => fix?.paste)).toEqual([eventsUrl, eventsUrl, eventsUrl])
  await served.stop(true)
  expect((await faults(slack, way))[0]?.sentence).toStartWith('Nothing answers at')
  const { eventsUrl: _, ...unset } = way
  expect((await faults(slack, unset))[0]).toMatchObject({
    kind: 'warning',
    sentence: expect.stringContaining('ROWBOT_PUBLIC_URL is not set'),
  })
})
