import { expect, test } from 'bun:test'
import { Ajv } from 'ajv'
import { OPTIONAL_SCOPES, SCOPES } from '../../../src/bots/slack/scopes.ts'
import http from '../../../manifest/slack-http.json'
import socket from '../../../manifest/slack.json'

/*
 * The parts of Slack's schema that these manifests use, with its numbers: docs.slack.dev/reference/app-manifest and the
 * repository slackapi/manifest-schema. Slack refuses a property that it does not know.
 */
const object = (required: object, optional: object = {}) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
})
const text = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength })
const SCOPE_LIST = { type: 'array', uniqueItems: true, items: text(255) }
const flag = { type: 'boolean' }
const url = { type: 'string', pattern: '^https://', maxLength: 3_000 }

const MANIFEST = object({
  _metadata: object({ major_version: { const: 2 }, minor_version: { type: 'integer' } }),
  display_information: object({
    name: text(35),
    description: text(140),
    long_description: text(4_000, 175),
    background_color: { type: 'string', pattern: '^#[0-9a-f]{6}$' },
  }),
  features: object({
    app_home: object({
      home_tab_enabled: flag,
      messages_tab_enabled: flag,
      messages_tab_read_only_enabled: flag,
    }),
    bot_user: object({ display_name: text(80), always_online: flag }),
    slash_commands: {
      type: 'array',
      maxItems: 50,
      items: object(
        {
          command: { ...text(32, 2), pattern: '^/' },
          description: text(2_000),
          usage_hint: text(1_000),
          should_escape: flag,
        },
        { url },
      ),
    },
    shortcuts: {
      type: 'array',
      maxItems: 10,
      items: object({
        name: text(24),
        type: { enum: ['message', 'global'] },
        callback_id: text(255),
        description: text(150),
      }),
    },
  }),
  oauth_config: object({ scopes: object({ bot: SCOPE_LIST }, { bot_optional: SCOPE_LIST }) }),
  settings: object({
    event_subscriptions: object({ bot_events: { type: 'array', items: text(255) } }, { request_url: url }),
    interactivity: object({ is_enabled: flag }, { request_url: url, message_menu_options_url: url }),
    org_deploy_enabled: flag,
    socket_mode_enabled: flag,
    token_rotation_enabled: flag,
  }),
})

test('both manifests are ones that Slack takes', () => {
  const ajv = new Ajv()
  for (const manifest of [socket, http]) {
    ajv.validate(MANIFEST, manifest)
    expect(ajv.errors).toBeNull()
  }
})

test('they ask for the permissions that the doctor looks for, and for no other', () => {
  for (const { oauth_config } of [socket, http]) {
    const { bot, bot_optional } = oauth_config.scopes
    const needed = bot.filter((scope) => !bot_optional.includes(scope))
    expect(needed.toSorted()).toEqual(Object.keys(SCOPES).toSorted())
    // Slack wants optional ones in both lists.
    expect(bot).toEqual(expect.arrayContaining(bot_optional))
    expect(Object.keys(OPTIONAL_SCOPES)).toEqual(expect.arrayContaining(bot_optional))
  }
})

test('each event that is asked for has a scope and a listener, and people can write to the bot', () => {
  expect(socket.settings.event_subscriptions.bot_events).toEqual([
    'app_home_opened', // needs none
    'app_mention', // app_mentions:read
    'message.im', // im:history
  ])
  expect(socket.features.shortcuts.map(({ type, callback_id }) => [type, callback_id])).toEqual([
    ['global', 'batch_new'],
    ['message', 'batch_from_message'],
  ])
  expect(socket.features.app_home).toMatchObject({
    home_tab_enabled: true,
    messages_tab_enabled: true,
    messages_tab_read_only_enabled: false,
  })
})

test('they differ only in how Slack reaches the bot', () => {
  const address = 'https://rowbot.example.com/slack/events'
  const [command] = socket.features.slash_commands
  expect(http).toEqual({
    ...socket,
    features: { ...socket.features, slash_commands: [{ ...Object(command), url: address }] },
    settings: {
      ...socket.settings,
      event_subscriptions: { ...socket.settings.event_subscriptions, request_url: address },
      interactivity: {
        ...socket.settings.interactivity,
        request_url: address,
        message_menu_options_url: address,
      },
      socket_mode_enabled: false,
    },
  })
})
