import { expect, test } from 'bun:test'
import { SlackChat } from '../../../src/bots/slack/chat.ts'
import type { Place } from '../../../src/messages/people.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import { BOT_TOKEN } from '../../support/slack/emulated.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack, Logged } from '../../support/slack/rig.ts'
import { said } from '../../support/slack/notices.ts'
import { waitClock } from '../../support/own-time.ts'

const PROMPT: Prompt = {
  title: '2 of 4 · Check the upload',
  lines: [['240 rows']],
  table: { headings: ['row', 'Name'], rows: [['2', 'Kettle']] },
  selects: [],
  buttons: [{ id: 'draft:k7f2:n1:next', label: 'Next', style: 'primary' }],
}

const once = (key: string, again = false) => ({ key, again })

async function aChat() {
  const slack = await aSlack()
  const log = new Logged()
  const chat = new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log })
  const mei = new SlackPerson(slack, 'mei')
  const message = await mei.say(mei.channel('merch'), 'a file')
  const place: Place = {
    platform: 'slack',
    team: 'T000000001',
    channel: message.channel,
    thread: message.ts,
  }
  const direct: Place = { platform: 'slack', team: 'T000000001', channel: await mei.directChannel() }
  return { slack, log, chat, mei, place, direct, thread: () => mei.thread(place.channel, message.ts) }
}

test('a message is posted in its thread, unfolds nothing and pings nobody by name', async () => {
  const { slack, chat, place, thread } = await aChat()
  const sent = await chat.post(place, PROMPT, once('once'))
  const [, message] = await thread()
  expect(sent).toEqual({ kind: 'ok', value: { place, id: message?.ts ?? '' } })
  expect(slack.done('chat.postMessage')[0]?.args).toMatchObject({
    unfurl_links: 'false',
    unfurl_media: 'false',
    link_names: 'false',
  })
})

test('what is said about a message without a thread belongs under it', async () => {
  const { chat, direct } = await aChat()
  const sent = await chat.post(direct, PROMPT, once('once'))
  if (sent.kind !== 'ok') throw new Error(sent.kind)
  expect(sent.value.place).toEqual({ ...direct, thread: sent.value.id })
})

test('the same message twice is one message: at once, later, and together', async () => {
  const { chat, place, thread } = await aChat()
  const [first, second] = await Promise.all([
    chat.post(place, PROMPT, once('a')),
    chat.post(place, PROMPT, once('a')),
  ])
  expect(second).toEqual(first)
  expect(await chat.post(place, PROMPT, once('a'))).toEqual(first)
  await chat.post(place, PROMPT, once('b'))
  expect(await thread()).toHaveLength(3)
})

test('a message whose answer was lost is looked for before it is sent again', async () => {
  const { slack, chat, mei, direct } = await aChat()
  slack.faults.plan('chat.postMessage', { kind: 'unheard' })
  expect(await chat.post(direct, PROMPT, once('once'))).toEqual({
    kind: 'failed',
    error: 'HTTP 502',
    isDown: true,
  })
  expect((await chat.post(direct, PROMPT, once('once'))).kind).toBe('ok')
  expect(await mei.messages(direct.channel)).toHaveLength(1)
})

test('while nobody can look whether it is there, it is not sent again', async () => {
  const { slack, chat, mei, direct } = await aChat()
  slack.faults.plan('chat.postMessage', { kind: 'unheard' })
  await chat.post(direct, PROMPT, once('once'))
  slack.faults.plan('conversations.history', { kind: 'down' })
  expect((await chat.post(direct, PROMPT, once('once'))).kind).toBe('failed')
  expect(await mei.messages(direct.channel)).toHaveLength(1)
})

test('where the bot may not read, Slack is told by client_msg_id that it is the same message', async () => {
  const { slack, chat, place } = await aChat()
  slack.faults.plan('chat.postMessage', { kind: 'down' })
  await chat.post(place, PROMPT, once('once'))
  await chat.post(place, PROMPT, once('once'))
  await chat.post(place, PROMPT, once('another'))
  const ids = slack.calls
    .filter(({ method }) => method === 'chat.postMessage')
    .map(({ args }) => args['client_msg_id'])
  expect(ids[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/)
  expect(ids[1]).toBe(ids[0])
  expect(ids[2]).not.toBe(ids[0])
})

test('a storm of 429 and 502 gives values, waits for nothing and posts one message', async () => {
  const { slack, chat, mei, direct } = await aChat()
  slack.faults.plan('chat.', { kind: 'limited', retryAfter: 30 }, 3)
  slack.faults.plan('chat.', { kind: 'unheard' }, 2)
  const waitMs = waitClock()
  const kinds: string[] = []
  let last = ''
  while (last !== 'ok') kinds.push((last = (await chat.post(direct, PROMPT, once('once'))).kind))
  expect(kinds).toEqual(['limited', 'limited', 'limited', 'failed', 'ok'])
  expect(await chat.post(direct, PROMPT, once('once'))).toMatchObject({ kind: 'ok' })
  expect(await mei.messages(direct.channel)).toHaveLength(1)
  expect(waitMs()).toBeLessThan(2_000)
})

test('a table that Slack refuses is sent as text, and blocks that it refuses as words', async () => {
  const { slack, log, chat, place, thread } = await aChat()
  slack.faults.plan('chat.postMessage', { kind: 'refuses', error: 'invalid_blocks' }, 1)
  await chat.post(place, PROMPT, once('a'))
  slack.faults.plan('chat.postMessage', { kind: 'refuses', error: 'invalid_blocks' }, 2)
  await chat.post(place, PROMPT, once('b'))
  const [, first, second] = await thread()
  expect(said(first)).toBe('2 of 4 · Check the upload\n240 rows\nrow  Name\n2    Kettle')
  expect(second?.blocks).toEqual([])
  expect(second?.text).toBe('2 of 4 · Check the upload\n240 rows\nrow · Name\n2 · Kettle')
  expect(log.lines).toHaveLength(3)
})

test('a message that is too long for Slack is sent smaller, then in words, and never again unchanged', async () => {
  const { slack, log, chat, place, thread } = await aChat()
  const options = Array.from({ length: 25 }, (_, i) => ({
    value: `${i}`,
    label: `${i} `.padEnd(75, '题'),
    description: '题'.repeat(75),
  }))
  const selects = ['a', 'b', 'c'].map((id) => ({ id, label: id, options }))
  await chat.post(place, { ...PROMPT, lines: [['水'.repeat(2_000)]], selects }, once('a'))
  expect(slack.refused).toEqual([])

  slack.faults.plan('chat.postMessage', { kind: 'refuses', error: 'msg_blocks_too_long' }, 1)
  await chat.post(place, PROMPT, once('b'))
  slack.faults.plan('chat.postMessage', { kind: 'refuses', error: 'msg_blocks_too_long' }, 20)
  expect((await chat.post(place, PROMPT, once('c'))).kind).toBe('tooLarge')
  slack.faults.clear()
  const [, , second] = await thread()
  expect(said(second)).toContain('240 rows')
  expect(log.lines.length).toBeLessThan(10)
})

test('an edit changes the message; one that is gone, or a place the bot may not write in, is told as gone', async () => {
  const { slack, chat, place, thread } = await aChat()
  const sent = await chat.post(place, PROMPT, once('once'))
  if (sent.kind !== 'ok') throw new Error(sent.kind)
  expect((await chat.edit(sent.value, { ...PROMPT, title: 'Done' })).kind).toBe('ok')
  expect(said((await thread())[1])).toStartWith('Done')
  expect((await chat.edit({ place, id: '1.1' }, PROMPT)).kind).toBe('gone')
  slack.notIn.add(place.channel)
  expect(await chat.post(place, PROMPT, once('another'))).toEqual({
    kind: 'gone',
    error: 'not_in_channel',
    isChannel: true,
  })
})

test('a file is uploaded with its line, escaped, and once', async () => {
  const { chat, place, thread } = await aChat()
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  const line = [{ bold: '3 done' }, ' <!channel> & ', { code: 'a`b' }, { person: { id: 'U1', name: 'mei' } }]
  expect((await chat.upload(place, file, line, once('once'))).kind).toBe('ok')
  expect((await chat.upload(place, file, line, once('once'))).kind).toBe('ok')
  const messages = await thread()
  expect(messages.map(({ files }) => files.map(({ name }) => name))).toEqual([[], ['products.results.xlsx']])
  expect(messages[1]?.text).toBe('*3 done* &lt;!channel&gt; &amp; `aˋb`<@U1>')
})

test('a file whose sharing was not answered is not shared a second time', async () => {
  const { slack, chat, place, thread } = await aChat()
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  slack.faults.plan('files.completeUploadExternal', { kind: 'unheard' })
  expect((await chat.upload(place, file, [], once('once'))).kind).toBe('failed')
  expect((await chat.upload(place, file, [], once('once'))).kind).toBe('ok')
  expect((await thread()).filter(({ files }) => files.length > 0)).toHaveLength(1)
})

test('a file that Slack did not take is sent again as a whole', async () => {
  const { slack, chat, place, thread } = await aChat()
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  slack.faults.plan('upload', { kind: 'down' })
  expect((await chat.upload(place, file, [], once('once'))).kind).toBe('failed')
  slack.faults.plan('files.completeUploadExternal', { kind: 'down' })
  expect((await chat.upload(place, file, [], once('once'))).kind).toBe('failed')
  expect((await chat.upload(place, file, [], once('once'))).kind).toBe('ok')
  expect((await thread()).filter(({ files }) => files.length > 0)).toHaveLength(1)
})

test('after a restart, a message and a file that may have arrived are looked for first', async () => {
  const { slack, chat, mei, place, direct, thread } = await aChat()
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  slack.faults.plan('chat.postMessage', { kind: 'unheard' })
  slack.faults.plan('files.completeUploadExternal', { kind: 'unheard' })
  await chat.post(direct, PROMPT, once('a'))
  await chat.upload(place, file, [], once('b'))

  const restarted = new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() })
  expect((await restarted.post(direct, PROMPT, once('a', true))).kind).toBe('ok')
  expect((await restarted.upload(place, file, [], once('b', true))).kind).toBe('ok')
  expect(await mei.messages(direct.channel)).toHaveLength(1)
  expect(await thread()).toHaveLength(2)

  const larger = { ...file, content: new Blob(['x'.repeat(500)]) }
  expect((await restarted.upload(place, larger, [], once('c', true))).kind).toBe('ok')
  expect(await thread()).toHaveLength(3)
})

test('a file is not shared again while Slack does not say whether it is there', async () => {
  const { slack, chat, place, thread } = await aChat()
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  slack.faults.plan('files.completeUploadExternal', { kind: 'unheard' })
  expect((await chat.upload(place, file, [], once('once'))).kind).toBe('failed')
  slack.faults.plan('files.info', { kind: 'down' })
  expect(await chat.upload(place, file, [], once('once'))).toMatchObject({ kind: 'failed', isDown: true })
  slack.faults.plan('files.info', { kind: 'limited', retryAfter: 7 })
  expect(await chat.upload(place, file, [], once('once'))).toEqual({ kind: 'limited', retryAfterMs: 7_000 })

  const restarted = new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() })
  for (const method of ['files.list', 'files.info']) {
    slack.faults.plan(method, { kind: 'down' })
    expect((await restarted.upload(place, file, [], once('once', true))).kind).toBe('failed')
  }
  expect((await restarted.upload(place, file, [], once('once', true))).kind).toBe('ok')
  expect((await thread()).filter(({ files }) => files.length > 0)).toHaveLength(1)
})

test('after a restart, a message is found among hundreds of its thread', async () => {
  const { slack, chat, mei, direct } = await aChat()
  const { ts } = await mei.say(direct.channel, 'please')
  const under = { ...direct, thread: ts }
  const others = async (texts: number) => {
    for (let n = 0; n < texts; n++)
      await slack.as('xoxp-mei', 'chat.postMessage', { channel: direct.channel, thread_ts: ts, text: `${n}` })
  }
  await others(210)
  const since = Date.now()
  await chat.post(under, PROMPT, once('a'))
  await others(210)
  for (const from of [since, undefined]) {
    const restarted = new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() })
    const again = { ...once('a', true), ...(from && { since: from }) }
    expect((await restarted.post(under, PROMPT, again)).kind).toBe('ok')
  }
  expect(slack.done('chat.postMessage')).toHaveLength(1)
})

test('after a restart, a direct message is found among hundreds, which are not read to their beginning', async () => {
  const { slack, chat, mei, direct } = await aChat()
  const others = async (texts: number) => {
    for (let n = 0; n < texts; n++) await mei.say(direct.channel, `${n}`)
  }
  await others(410)
  const since = Date.now()
  await chat.post(direct, PROMPT, once('a'))
  await others(210)
  const restarted = () => new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() })
  for (const again of [once('a', true), { ...once('a', true), since }])
    expect((await restarted().post(direct, PROMPT, again)).kind).toBe('ok')
  expect(slack.done('chat.postMessage')).toHaveLength(1)

  const read = () => slack.done('conversations.history').length
  const before = read()
  const fresh = { ...once('b', true), since: Date.now() + 60_000 }
  expect((await restarted().post(direct, PROMPT, fresh)).kind).toBe('ok')
  expect(read() - before).toBe(1)
})

test('after a restart, a file is found however many others have shared since', async () => {
  const { slack, chat, place, thread } = await aChat()
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  const since = Date.now()
  await chat.upload(place, file, [], once('a'))
  const another = { name: 'another.xlsx', content: new Blob(['another']) }
  for (let n = 0; n < 210; n++) await chat.upload(place, another, [], once(`another-${n}`))
  const restarted = new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() })
  expect((await restarted.upload(place, file, [], { ...once('a', true), since })).kind).toBe('ok')
  expect((await thread()).filter(({ files }) => files[0]?.name === file.name)).toHaveLength(1)
})

test('a result like it that is older, or in a thread of the channel, is not taken for it', async () => {
  const { slack, chat, mei, place, direct, thread } = await aChat()
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  await chat.upload(place, file, [], once('first'))
  const later = { ...once('second', true), since: Date.now() + 60_000 }
  expect((await chat.upload(place, file, [], later)).kind).toBe('ok')
  expect((await thread()).filter(({ files }) => files.length > 0)).toHaveLength(2)

  const asked = await mei.say(direct.channel, 'a file')
  await chat.upload({ ...direct, thread: asked.ts }, file, [], once('third'))
  expect((await chat.upload(direct, file, [], once('fourth', true))).kind).toBe('ok')
  expect(slack.done('files.completeUploadExternal')).toHaveLength(4)
})

test('while Slack takes no token nothing is said of the place: it is as if Slack were down', async () => {
  const { slack, chat, place } = await aChat()
  slack.faults.plan('chat.postMessage', { kind: 'refuses', error: 'token_revoked' })
  expect(await chat.post(place, PROMPT, once('a'))).toEqual({
    kind: 'failed',
    error: 'token_revoked',
    isDown: true,
  })
})
