import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { bytesOf } from '../support/sent.ts'
import { saysOf } from '../../support/slack/message.ts'
import { aSlackBot } from '../../support/slack/rig.ts'

const BYTES = new TextEncoder().encode('Name,Key features\nKettle,Boils\n')
const FILE_FORM = {
  id: 'new',
  title: 'New batch',
  submit: 'Send',
  fields: [{ type: 'file' as const, id: 'file', label: 'Workbook (Excel, .ods or .csv)' }],
}

test('a file in a direct message is received, with who sent it, where, and its bytes', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const message = await mei.drop(BYTES, 'products.csv')
  const { asker: requester, sending } = await first(handlers.received)
  expect(requester).toEqual({
    person: { platform: 'slack', team: 'T000000001', id: mei.id, name: 'mei', roles: [] },
    locale: 'en-US',
    place: {
      platform: 'slack',
      team: 'T000000001',
      channel: message.channel,
      thread: message.ts,
      link: `https://emulate.slack.com/archives/${message.channel}/p${message.ts.replace('.', '')}`,
    },
  })
  expect(sending.source).toBe(`${message.channel}:${message.ts}`)
  expect(sending.files.map(({ name }) => name)).toEqual(['products.csv'])
  expect(await bytesOf(sending.files[0])).toEqual(BYTES)
  expect(slack.done('files.info')).toHaveLength(1)
})

test('a file with a mention in a channel is received in the thread of its message', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  const message = await mei.mention(mei.channel('merch'), BYTES, 'products.csv')
  const { asker: requester, sending } = await first(handlers.received)
  expect(requester.place).toMatchObject({ channel: mei.channel('merch'), thread: message.ts })
  expect(await bytesOf(sending.files[0])).toEqual(BYTES)
})

test('“Run as batch” takes the file of somebody else’s message, and each time is a sending of its own', async () => {
  const { desk: handlers, mei, jo } = await aSlackBot()
  const message = await mei.upload(mei.channel('merch'), BYTES, 'products.csv', 'the new ones')
  await jo.runAsBatch(message)
  await jo.runAsBatch(message)
  const received = await until(
    () => handlers.received,
    (all) => all.length === 2,
  )
  expect(received[0]?.asker.person.id).toBe(jo.id)
  expect(received[0]?.asker.place.thread).toBe(message.ts)
  expect(await bytesOf(received[0]?.sending.files[0])).toEqual(BYTES)
  expect(received[0]?.sending.source).not.toBe(received[1]?.sending.source)
})

test('/batch new opens a form, and the file of the form is received where the command was typed', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  handlers.onCommand = async (_, __, openForm) => openForm(FILE_FORM)
  const channel = mei.channel('merch')
  await mei.command(channel, 'new')
  const form = await mei.form()
  const { response } = await mei.submit(form, {}, { name: 'products.csv', bytes: BYTES })
  expect(response).toEqual({})
  const { asker: requester, id, sending } = await first(handlers.submitted)
  expect(id).toBe('new')
  expect(requester.place).toEqual({ platform: 'slack', team: 'T000000001', channel })
  expect(await bytesOf(sending?.files[0])).toEqual(BYTES)
})

test('the shortcut without a message opens the same form, for the direct message', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  handlers.onClick = async (_, __, openForm) => openForm(FILE_FORM)
  await mei.newBatch()
  await mei.submit(await mei.form(), {}, { name: 'products.csv', bytes: BYTES })
  expect((await first(handlers.clicks)).id).toBe('new')
  expect((await first(handlers.submitted)).asker.place.channel).toBe(await mei.directChannel())
})

test('the home tab shows the tasks, and shows them again after a click there', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  handlers.homePrompts = [
    {
      title: 'Your tasks',
      lines: [['products-q3']],
      selects: [],
      buttons: [{ id: 'task:k7f2:pause', label: 'Pause' }],
    },
  ]
  await mei.openHome(await mei.directChannel())
  await until(
    () => slack.views.homes,
    (homes) => homes.length === 1,
  )
  await mei.clickHome('Pause')
  await until(
    () => slack.views.homes,
    (homes) => homes.length === 2,
  )
  const { asker: requester, id } = await first(handlers.clicks)
  expect(id).toBe('task:k7f2:pause')
  expect(requester.place.channel).toBe(await mei.directChannel())
})

test('a command, words in the direct message and words after a mention all come as verb and argument', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  const channel = mei.channel('merch')
  await mei.command(channel, ' Template  R&amp;D texts ')
  await mei.tellOf(await mei.say(await mei.directChannel(), 'status k7f2'))
  await mei.tellOfMention(await mei.say(channel, '<@U0BOT> list'))
  const commands = await until(
    () => handlers.commands,
    (all) => all.length === 3,
  )
  expect(commands.map(({ verb, argument }) => `${verb} ${argument}`)).toEqual([
    'template R&D texts',
    'status k7f2',
    'list ',
  ])
  // A private answer in a thread that has not begun would be shown to nobody.
  expect(commands.map(({ asker: requester }) => requester.place.thread)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('an event that Slack sends again is heard once', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  const message = await mei.upload(await mei.directChannel(), BYTES, 'products.csv')
  await mei.tellOf(message, 'Ev1')
  await mei.tellOf(message, 'Ev1')
  await mei.tellOf(await mei.say(await mei.directChannel(), 'list'))
  await first(handlers.commands)
  expect(handlers.received).toHaveLength(1)
})

test('edits, deletions and other bots are not heard', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const channel = await mei.directChannel()
  const base = { type: 'message', channel, channel_type: 'im', ts: '1.1', user: mei.id }
  for (const [i, event] of [
    { ...base, subtype: 'message_changed', message: { text: 'list' } },
    { ...base, subtype: 'message_deleted' },
    { ...base, text: 'list', bot_id: 'B1' },
    { ...base, text: 'list', channel_type: 'channel' },
  ].entries()) {
    await slack.deliver({
      type: 'events_api',
      payload: { type: 'event_callback', team_id: 'T000000001', event_id: `Ev${i}`, event },
    })
  }
  await mei.tellOf(await mei.say(channel, 'help'))
  expect((await first(handlers.commands)).verb).toBe('help')
  expect(handlers.commands).toHaveLength(1)
})

test('several files, workbooks too, are one sending', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  const message = await mei.upload(await mei.directChannel(), BYTES, 'products.csv')
  const [file = { id: '', name: '' }] = message.files
  const files = [{ id: 'F0', name: 'photo.png' }, file, { id: 'F2', name: 'more.XLSX' }]
  await mei.tellOf({ ...message, files })
  const { sending } = await first(handlers.received)
  expect(sending.files.map(({ name }) => name)).toEqual(['photo.png', 'products.csv', 'more.XLSX'])
})

test('a mention without a file is told, privately and where it can be seen, how a file is sent', async () => {
  const { slack, mei } = await aSlackBot()
  await mei.tellOfMention(await mei.say(mei.channel('merch'), '<@U0BOT> please'))
  const told = await first(
    slack.calls.filter(({ method }) => method === 'chat.postEphemeral'),
    () => slack.calls.filter(({ method }) => method === 'chat.postEphemeral'),
  )
  expect(told.args).toMatchObject({ user: mei.id, channel: mei.channel('merch') })
  expect(told.args['thread_ts']).toBeUndefined()
  expect(saysOf(blocksIn(told.args))).toStartWith('There is no file in this message.')
})

test('a greeting, a question or nothing but the name is no message that lacks a file', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const channel = mei.channel('merch')
  for (const words of ['hello', '', '你好', '帮助', '？'])
    await mei.tellOfMention(await mei.say(channel, `<@U0BOT> ${words}`))
  const commands = await until(
    () => handlers.commands,
    (all) => all.length === 5,
  )
  expect(commands.map(({ verb }) => verb)).toEqual(['hello', '', '你好', '帮助', '？'])
  expect(slack.calls.filter(({ method }) => method === 'chat.postEphemeral')).toEqual([])
})

function blocksIn(args: Record<string, unknown>) {
  const { blocks, text } = args
  return { blocks: Array.isArray(blocks) ? blocks : [], text: String(text) }
}

/** The first there is, as soon as there is one. */
async function first<T>(list: T[], look = () => list): Promise<T> {
  const [found] = await until(look, (all) => all.length > 0)
  if (found === undefined) throw new Error('nothing there')
  return found
}
