import { valueAt } from '../../../src/bots/json-path.ts'
import { describe, expect, test } from 'bun:test'
import { SlackChat } from '../../../src/bots/slack/chat.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'
import { newForm } from '../../../src/wizard/forms.ts'
import { until } from '../../support/bot.ts'
import { BOT_TOKEN } from '../../support/slack/emulated.ts'
import type { Misbehaviour } from '../../support/slack/faults.ts'
import { type Message, saysOf } from '../../support/slack/message.ts'
import { said, toldTo } from '../../support/slack/notices.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack, aSlackBot, Logged } from '../../support/slack/rig.ts'
import { waitClock } from '../../support/own-time.ts'

const PROMPT: Prompt = { title: '', lines: [['You may not stop that.']], selects: [], buttons: [] }
const FORM = newForm(textsFor('en-US'))
const refuses = (error: string): Misbehaviour => ({ kind: 'refuses', error })

/** What Slack may say to a call that tells somebody something: docs.slack.dev/reference/methods. */
const REFUSALS: [string, Misbehaviour][] = [
  ['429', { kind: 'limited', retryAfter: 30 }],
  ['502', { kind: 'down' }],
  ...[
    'ratelimited',
    'user_not_in_channel',
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'restricted_action',
    'restricted_action_thread_only_channel',
    'messages_tab_disabled',
    'cannot_dm_bot',
    'user_disabled',
    'missing_scope',
    'not_implemented',
    'team_access_not_granted',
    'internal_error',
    'some_new_error',
  ].map((code): [string, Misbehaviour] => [code, refuses(code)]),
]

describe('what was to be told privately and is refused', () => {
  async function aChat() {
    const slack = await aSlack()
    const mei = new SlackPerson(slack, 'mei')
    const log = new Logged()
    const channel = mei.channel('merch')
    const root = await mei.say(channel, 'Hello')
    const place = { platform: 'slack' as const, team: 'T000000001', channel, thread: root.ts }
    /** with nothing remembered of the last one */
    const chat = () => new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log })
    const tell = (by = chat()) => by.tell(place, { id: mei.id, name: 'mei' }, PROMPT)
    const inThread = async () => (await mei.thread(channel, root.ts)).map(saysOf)
    const directly = async () => (await mei.messages(await mei.directChannel())).map(saysOf)
    return { slack, mei, log, channel, chat, tell, inThread, directly }
  }

  test('is told as the response to what they did, whatever the refusal', async () => {
    const { slack, mei, channel, chat, tell, log } = await aChat()
    for (const [code, how] of REFUSALS) {
      slack.faults.plan('chat.postEphemeral', how)
      const by = chat()
      by.replies.note(channel, mei.id, { url: `${slack.url}${slack.urls.give(mei.id)}` })
      expect([code, (await tell(by)).kind]).toEqual([code, 'ok'])
    }
    expect(slack.urls.replies.map(({ body }) => said(body))).toEqual(
      REFUSALS.map(() => 'You may not stop that.'),
    )
    expect(log.lines).toEqual([])
  })

  test.each([
    ['after half an hour', 1_800_001, 0],
    ['after five answers', 0, 5],
  ])('and may be answered no more %s, is told in a direct message', async (_, ms, uses) => {
    const { slack, mei, channel, chat, tell, directly } = await aChat()
    const by = chat()
    const url = `${slack.url}${slack.urls.give(mei.id)}`
    const other = chat() // does not know of these answers
    const used = other.replies.note(channel, mei.id, { url })
    for (let use = 0; use < uses; use++) await used.tell({ text: 'used' })
    slack.time.pass(ms)
    by.replies.note(channel, mei.id, { url })
    slack.faults.plan('chat.postEphemeral', refuses('user_not_in_channel'))
    expect((await tell(by)).kind).toBe('ok')
    expect(await directly()).toEqual(['You may not stop that.\n'])
  })

  test('is told in a direct message, whatever the refusal', async () => {
    const { slack, tell, directly } = await aChat()
    for (const [code, how] of REFUSALS) {
      slack.faults.plan('chat.postEphemeral', how)
      expect([code, (await tell()).kind]).toEqual([code, 'ok'])
    }
    expect(await directly()).toHaveLength(REFUSALS.length)
  })

  test('and not taken as a direct message either, is told in the thread, to that person', async () => {
    const { slack, mei, tell, inThread } = await aChat()
    for (const [code, how] of REFUSALS) {
      slack.faults.plan('chat.postEphemeral', refuses('user_not_in_channel'))
      slack.faults.plan('chat.postMessage', how)
      expect([code, (await tell()).kind]).toEqual([code, 'ok'])
    }
    const [, ...told] = await inThread()
    expect(told).toHaveLength(REFUSALS.length)
    expect(told[0]).toContain(`@${mei.id}`)
    expect(told[0]).toContain('You may not stop that.')
  })

  test('where no direct message can be opened, is sent to the person all the same', async () => {
    const { slack, mei, tell } = await aChat()
    slack.faults.plan('chat.postEphemeral', refuses('user_not_in_channel'))
    slack.faults.plan('conversations.open', refuses('missing_scope'))
    expect((await tell()).kind).toBe('ok')
    expect(slack.calls.find(({ method }) => method === 'chat.postMessage')?.args['channel']).toBe(mei.id)
  })

  test('everywhere is in the log, once, with what was not said', async () => {
    const { slack, mei, tell, log } = await aChat()
    slack.faults.plan('chat.', refuses('is_archived'), 9)
    expect((await tell()).kind).toBe('gone')
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'a person could not be told something',
        details: {
          user: mei.id,
          unsaid: 'You may not stop that.',
          refusals: {
            privately: 'is_archived',
            'as a response': 'there is no response_url that works',
            'in a direct message': 'is_archived',
            'in the place': 'is_archived',
          },
        },
      },
    ])
  })
})

test.each([
  ['expired_url', { kind: 'refuses', error: 'expired_url' }],
  ['used_url', { kind: 'refuses', error: 'used_url' }],
  ['429', { kind: 'limited', retryAfter: 30 }],
  ['502', { kind: 'down' }],
] as [string, Misbehaviour][])(
  'a click that Slack lets show nothing (%s) says so to its caller',
  async (_, how) => {
    const slack = await aSlack()
    const mei = new SlackPerson(slack, 'mei')
    const chat = new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() })
    const channel = mei.channel('merch')
    const posted = await chat.post({ platform: 'slack', team: 'T1', channel }, PROMPT, {
      key: 'k',
      again: false,
    })
    const message = posted.kind === 'ok' ? posted.value.id : ''
    const url = `${slack.url}${slack.urls.give(mei.id, { channel, ts: message })}`
    const clicked = chat.clicked(chat.replies.note(channel, mei.id, { url, message }))
    expect(await clicked?.show(PROMPT)).toBe(true)
    slack.faults.plan('respond', how)
    expect(await clicked?.show(PROMPT)).toBe(false)
  },
)

describe('a form that Slack does not open', () => {
  async function withForm() {
    const cast = await aSlackBot()
    cast.desk.onClick = async (_, __, openForm) => openForm(FORM)
    const { slack, mei } = cast
    const told = async (count: number) => {
      await until(
        () => toldTo(slack, mei.id),
        (all) => all.length >= count,
      )
      return slack.done('chat.postEphemeral').at(-1)?.args
    }
    return { ...cast, told }
  }

  test('is offered again by a button, whatever the refusal', async () => {
    const { slack, mei, told } = await withForm()
    const late = [
      'expired_trigger_id',
      'trigger_expired',
      'exchanged_trigger_id',
      'trigger_exchanged',
      'invalid_trigger_id',
      'ratelimited',
      'internal_error',
    ].map((code) => refuses(code))
    let count = 0
    for (const how of [...late, { kind: 'limited' as const, retryAfter: 30 }, { kind: 'down' as const }]) {
      // A failed call is made once more.
      slack.faults.plan('views.open', how, how.kind === 'down' ? 2 : 1)
      await mei.newBatch()
      count += 1
      expect(said(await told(count))).toContain('Press the button once more.')
    }
    const args = await told(count)
    const blocks: unknown[] = Array.isArray(args?.['blocks']) ? args['blocks'] : []
    const message: Message = {
      channel: String(args?.['channel']),
      ts: '1.1',
      thread: '',
      text: '',
      user: slack.botUser,
      blocks,
      files: [],
    }
    await mei.click(message, 'New batch')
    await mei.form()
  })

  test('because the click is older than 3 s, is offered again', async () => {
    const { slack, mei, told, desk } = await withForm()
    desk.onClick = async (_, __, openForm) => {
      slack.time.pass(3_001)
      await openForm(FORM)
    }
    await mei.newBatch()
    expect(said(await told(1))).toContain('Press the button once more.')
  })

  test('for a reason that no second press changes, is in the log, and the person is told where', async () => {
    const { slack, mei, told, log } = await withForm()
    slack.faults.plan('views.open', refuses('view_too_large'))
    await mei.newBatch()
    expect(said(await told(1))).toMatch(/in the log under \w{8}\./)
    expect(log.lines).toMatchObject([{ level: 'error' }])
  })
})

test('what is wrong with a form that Slack could not wait for is told, and the form is closed in time', async () => {
  const { slack, mei, desk } = await aSlackBot()
  desk.onClick = async (_, __, openForm) => openForm(FORM)
  await mei.newBatch()
  const form = await mei.form()
  const gate = Promise.withResolvers<void>()
  desk.submit = async () => {
    await gate.promise
    return { errors: { file: 'Choose a file.' }, keep: async () => FORM, done: Promise.resolve() }
  }
  const { response } = await mei.submit(form, {})
  expect(response).toEqual({})
  gate.resolve()
  await until(
    () => toldTo(slack, mei.id),
    (all) => all.length === 1,
  )
  expect(toldTo(slack, mei.id)[0]).toContain('Choose a file.')
  expect(JSON.stringify(slack.done('chat.postEphemeral')[0]?.args['blocks'])).toContain('"action_id":"new"')
})

test('a form that is acknowledged after 3 s has failed for its person, whatever came with that', async () => {
  const { slack, mei, desk } = await aSlackBot()
  desk.onClick = async (_, __, openForm) => openForm(FORM)
  await mei.newBatch()
  const form = await mei.form()
  desk.submit = async () => {
    slack.time.pass(3_001)
    return { errors: { file: 'Choose a file.' }, keep: async () => FORM, done: Promise.resolve() }
  }
  const { response } = await mei.submit(form, {})
  expect(response).toBeUndefined()
  expect(slack.sockets.late.splice(0)).toEqual([
    { user: mei.id, sees: 'We had some trouble connecting. Try again?' },
  ])
})

test('a home tab that Slack does not show is told as a message, whatever the refusal', async () => {
  const { slack, mei, log } = await aSlackBot()
  const channel = await mei.directChannel()
  let count = 0
  for (const [, how] of REFUSALS) {
    slack.faults.plan('views.publish', how, how.kind === 'down' ? 2 : 1)
    await mei.openHome(channel)
    count += 1
    await until(
      () => toldTo(slack, mei.id),
      (all) => all.length === count,
    )
  }
  expect(toldTo(slack, mei.id)[0]).toBe('Your tasks\nNone yet.')
  // What passes by itself is published again with the next refresh.
  const passing = new Set(['429', '502', 'ratelimited', 'internal_error'])
  expect(log.lines.map(({ details }) => valueAt(details, 'refusal'))).toEqual(
    REFUSALS.map(([code]) => code).filter((code) => !passing.has(code)),
  )
})

test('a click where Slack does not say who that is for a while is answered at once', async () => {
  const { slack, mei } = await aSlackBot()
  slack.faults.plan('users.info', { kind: 'limited', retryAfter: 20 }, 9)
  const waitMs = waitClock()
  await mei.command(mei.channel('merch'), 'list')
  await until(
    () => toldTo(slack, mei.id),
    (all) => all.length === 1,
  )
  expect(waitMs()).toBeLessThan(3_000)
})

test('a form of the shortcut opens though Slack opens no direct message', async () => {
  const { slack, mei, desk } = await aSlackBot()
  desk.onClick = async (_, __, openForm) => openForm(FORM)
  slack.faults.plan('conversations.open', { kind: 'limited', retryAfter: 30 }, 9)
  await mei.newBatch()
  await mei.form()
})
