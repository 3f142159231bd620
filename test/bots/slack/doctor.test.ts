import { expect, test } from 'bun:test'
import { examineSlack, type SlackSettings } from '../../../src/bots/slack/doctor.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import type { LocalSlack } from '../../support/slack/local-slack.ts'
import { aSlack, Logged } from '../../support/slack/rig.ts'

async function found(slack: LocalSlack, settings: Partial<SlackSettings>): Promise<string[]> {
  const all = {
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    signingSecrets: [],
    apiUrl: slack.apiUrl,
    ...settings,
  }
  const results = await examineSlack(all, new Logged())
  return results.map(({ ok, sentence }) => `${ok ? 'ok' : 'bad'}: ${sentence}`)
}

test('a set-up that is well is told so, and nothing is posted', async () => {
  const slack = await aSlack()
  expect(await found(slack, {})).toEqual([
    'ok: In Slack the bot is @rowbot in the workspace Emulate.',
    'ok: The bot has every permission that it needs.',
    'ok: Socket Mode opens: events come in without a public address.',
  ])
  expect(slack.calls.map(({ method }) => method)).toEqual(['auth.test', 'apps.connections.open'])
})

test('every permission that is missing is named, with what does not work without it', async () => {
  const slack = await aSlack()
  slack.scopes = slack.scopes.filter((scope) => scope !== 'files:read' && scope !== 'im:history')
  expect((await found(slack, {})).slice(1, 3)).toEqual([
    'bad: The permission files:read is missing: no file can be read. Add it under “OAuth & Permissions”, then “Reinstall to Workspace”.',
    'bad: The permission im:history is missing: files in direct messages do not arrive. Add it under “OAuth & Permissions”, then “Reinstall to Workspace”.',
  ])
})

test('tokens that are wrong, mixed up or absent are told by the name of their setting', async () => {
  const slack = await aSlack()
  expect((await found(slack, { botToken: 'xoxb-wrong' }))[0]).toBe(
    'bad: Slack does not accept SLACK_BOT_TOKEN: there is no such token. Copy it again.',
  )
  expect((await found(slack, { botToken: APP_TOKEN, appToken: BOT_TOKEN })).slice(0, 2)).toEqual([
    'bad: SLACK_BOT_TOKEN must begin with xoxb-; this one is an app-level token.',
    'bad: SLACK_APP_TOKEN must begin with xapp-; this one is a bot token.',
  ])
  expect((await found(slack, { appToken: '' }))[2]).toStartWith('bad: No events can arrive:')
  expect((await found(slack, { appToken: '', signingSecrets: ['s'] }))[2]).toStartWith(
    'ok: Events come over HTTP',
  )
  slack.faults.plan('apps.connections.open', { kind: 'refuses', error: 'missing_scope' })
  expect((await found(slack, {}))[2]).toStartWith(
    'bad: SLACK_APP_TOKEN lacks the permission connections:write.',
  )
})

test('Slack being down is not taken for a wrong token', async () => {
  const slack = await aSlack()
  slack.faults.plan('auth.test', { kind: 'down' }, 2)
  expect((await found(slack, {}))[0]).toBe(
    'bad: Slack does not accept SLACK_BOT_TOKEN: it cannot be reached (HTTP 502).',
  )
})
