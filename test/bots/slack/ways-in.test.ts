import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { bytesOf } from '../support/sent.ts'
import type { Message } from '../../support/slack/message.ts'
import { saysOf } from '../../support/slack/message.ts'
import { toldTo } from '../../support/slack/notices.ts'
import type { SlackPerson } from '../../support/slack/person.ts'
import { aSlackBot } from '../../support/slack/rig.ts'
import { aRowbotInSlack, restart, SAMPLE, under } from '../../support/slack/whole.ts'
import { UserError } from '../../../src/engine/user-error.ts'

const BYTES = new TextEncoder().encode('Name,Key features\nKettle,Boils\n')

test('a mention in a thread that is also sent to the channel is a mention', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const channel = mei.channel('merch')
  const root = await mei.say(channel, 'autumn')
  const sent = await mei.put(channel, [file('products.csv')], { text: `<@${slack.botUser}>`, under: root })
  await mei.tellOfMention(sent, undefined, { subtype: 'thread_broadcast' })
  const { asker: requester, sending } = await first(handlers.received)
  expect(requester.place.thread).toBe(root.ts)
  expect(await bytesOf(sending.files[0])).toEqual(BYTES)
})

test('a mention in a group conversation is answered in its thread', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const message = await mei.put(mei.channel('merch'), [file('products.csv')], { text: `<@${slack.botUser}>` })
  await mei.tellOfMention({ ...message, channel: 'GGROUP' }, undefined, { channel_type: 'mpim' })
  const { asker: requester } = await first(handlers.received)
  expect(requester.place).toMatchObject({ channel: 'GGROUP', thread: message.ts })
})

test('a direct message that gains a file by an edit starts one wizard, whatever else is said of it', async () => {
  const { mei, bot } = await aRowbotInSlack()
  const channel = await mei.directChannel()
  const { ts } = await mei.say(channel, 'here it is')
  const before: Message = { channel, ts, thread: '', text: 'here it is', user: mei.id, blocks: [], files: [] }
  await mei.tellOf(before)
  const { files } = await mei.upload(channel, SAMPLE.bytes, SAMPLE.name)
  const now = { ...before, files }
  await mei.tellOfEdit(before, now)
  await mei.tellOfEdit(before, now)
  await mei.tellOf(now)
  await mei.tellOfEdit(now, { ...now, text: 'here it is!' })
  await under(mei, now, '1 of 4')
  expect(await draftsOf(bot)).toHaveLength(1)
})

test('a file that comes after the mention is received with those that come at once, and once', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const channel = mei.channel('merch')
  const text = `<@${slack.botUser}> please`
  const all = await mei.put(channel, [file('products.csv'), file('photo.png')], { text })
  // The emulator has each file in a message of its own; in Slack they are shared in one.
  shareIn(slack.fileTraits, all)
  await mei.tellOfMention({ ...all, files: [] })
  await Promise.all(all.files.map(({ id }) => mei.tellOfFile(channel, id)))
  const { asker: requester, sending } = await first(handlers.received)
  expect(requester).toMatchObject({ person: { id: mei.id }, place: { channel, thread: all.ts } })
  expect(sending.files.map(({ name }) => name).toSorted()).toEqual(['photo.png', 'products.csv'])
  expect(sending.source).toBe(`${channel}:${all.ts}`)
  await mei.tellOfFile(channel, all.files[0]?.id ?? '')
  expect(handlers.received).toHaveLength(1)
})

test('the mention with its file, its edit and the event of the file start one wizard', async () => {
  const { slack, mei, bot } = await aRowbotInSlack()
  const channel = mei.channel('merch')
  const text = `<@${slack.botUser}>`
  const message = await mei.put(channel, [SAMPLE], { text })
  shareIn(slack.fileTraits, message)
  await Promise.all([
    mei.tellOfMention({ ...message, files: [] }),
    mei.tellOfMention(message),
    mei.tellOfMention(message, undefined, { edited: { user: mei.id, ts: '1.1' } }),
    mei.tellOfEdit({ ...message, files: [] }, message, 'channel'),
    mei.tellOfFile(channel, message.files[0]?.id ?? ''),
  ])
  await under(mei, message, '1 of 4')
  expect(await draftsOf(bot)).toHaveLength(1)
})

test('a file that nobody waits for is not asked about', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const { channel, files } = await mei.upload(mei.channel('merch'), BYTES, 'photo.png')
  await mei.tellOfFile(channel, files[0]?.id ?? '')
  expect(slack.calls.filter(({ method }) => method === 'files.info')).toEqual([])
  expect(handlers.received).toEqual([])
})

test('a command is not done again when its message is edited', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const said = await mei.say(mei.channel('merch'), `<@${slack.botUser}> stop k7f2`)
  await mei.tellOfMention(said)
  await mei.tellOfMention(said, undefined, { edited: { user: mei.id, ts: '1.1' } })
  await mei.tellOf(await mei.say(await mei.directChannel(), 'list'))
  await until(
    () => handlers.commands,
    (all) => all.some(({ verb }) => verb === 'list'),
  )
  expect(handlers.commands.map(({ verb }) => verb)).toEqual(['stop', 'list'])
})

test('an edit of words, and one of an old message, start nothing', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const message = await mei.upload(await mei.directChannel(), BYTES, 'products.csv')
  await mei.tellOfEdit(message, { ...message, text: 'these' })
  const old = { ...message, ts: '1700000000.000100', text: `<@${slack.botUser}>` }
  await mei.tellOfEdit({ ...old, files: [] }, old)
  await mei.tellOfMention(old, undefined, { edited: { user: mei.id, ts: '1700000001.000100' } })
  await mei.tellOf(await mei.say(message.channel, 'list'))
  await first(handlers.commands)
  expect(handlers.received).toEqual([])
})

test('a message that somebody forwards brings its file, for who forwards it', async () => {
  const { desk: handlers, mei, jo } = await aSlackBot()
  const original = await jo.upload(jo.channel('merch'), BYTES, 'products.csv', 'the new ones')
  const { ts, channel } = await mei.say(await mei.directChannel(), 'see')
  await mei.tellOf(mei.forwarded({ ts, channel }, original))
  const { asker: requester, sending } = await first(handlers.received)
  expect(requester.person.id).toBe(mei.id)
  expect(requester.place).toMatchObject({ channel, thread: ts })
  expect(await bytesOf(sending.files[0])).toEqual(BYTES)
})

test('“Run as batch” takes the file of a message that is forwarded in its message', async () => {
  const { desk: handlers, mei, jo } = await aSlackBot()
  const original = await jo.upload(jo.channel('elsewhere'), BYTES, 'products.csv')
  const { ts } = await jo.say(jo.channel('merch'), 'see')
  await mei.runAsBatch(mei.forwarded({ ts, channel: jo.channel('merch') }, original))
  const { sending } = await first(handlers.received)
  expect(await bytesOf(sending.files[0])).toEqual(BYTES)
})

test('a file of another channel that the bot cannot see ends in a sentence', async () => {
  const { slack, mei, jo } = await aRowbotInSlack()
  const elsewhere = jo.channel('elsewhere')
  const original = await jo.upload(elsewhere, BYTES, 'products.csv')
  slack.notIn.add(elsewhere)
  const { ts, channel } = await mei.say(await mei.directChannel(), 'this one')
  await mei.tellOf(mei.forwarded({ ts, channel, text: 'this one' }, original))
  await under(mei, { ts, channel }, 'I cannot see “products.csv” here.')
})

test('a file of which an event says only its id is named by Slack', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  const message = await mei.upload(await mei.directChannel(), BYTES, 'products.csv')
  const [sent = { id: '', name: '' }] = message.files
  const bare = { id: sent.id, name: '', file_access: 'check_file_info' }
  await mei.tellOf({ ...message, files: [bare] })
  const { sending } = await first(handlers.received)
  expect(sending.files.map(({ name }) => name)).toEqual(['products.csv'])
})

/** As files.info has them: https://docs.slack.dev/reference/objects/file-object */
test.each<[string, object, string]>([
  ['a canvas', { mode: 'quip', filetype: 'quip', pretty_type: 'Canvas' }, 'is a canvas, not a file.'],
  ['a list', { mode: 'list', filetype: 'list', pretty_type: 'List' }, 'choose ⋯ → Export as CSV'],
  ['a post', { mode: 'space', filetype: 'space', pretty_type: 'Post' }, 'is a post in Slack, not a file.'],
  ['an email', { mode: 'email', filetype: 'email', pretty_type: 'Email' }, 'is an email.'],
  [
    'a Google sheet',
    { mode: 'external', is_external: true, external_type: 'gdrive', filetype: 'gsheet' },
    'File → Download → Microsoft Excel (.xlsx)',
  ],
  [
    'a file in Box',
    { mode: 'external', is_external: true, external_type: 'box', filetype: 'xlsx' },
    'the file itself is with another service. Download it there and send the file itself.',
  ],
])('of %s it is said what to do instead', async (_, traits, sentence) => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const message = await mei.upload(await mei.directChannel(), BYTES, 'Orders')
  slack.fileTraits.set(message.files[0]?.id ?? '', traits)
  await mei.tellOf(message)
  const { sending } = await first(handlers.received)
  const said = await bytesOf(sending.files[0]).catch((fault: unknown) => fault)
  if (!(said instanceof UserError)) throw new Error('it was fetched')
  expect(`${said.message} ${said.hint}`).toContain(sentence)
})

test('a snippet is a file like any other', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const message = await mei.upload(await mei.directChannel(), BYTES, 'products.csv')
  slack.fileTraits.set(message.files[0]?.id ?? '', { mode: 'snippet', filetype: 'csv' })
  await mei.tellOf(message)
  expect(await bytesOf((await first(handlers.received)).sending.files[0])).toEqual(BYTES)
})

test('a link in place of a file is answered with what to do, and not followed', async () => {
  const { mei, slack, bot } = await aRowbotInSlack()
  const direct = await mei.directChannel()
  await mei.tellOf(await mei.say(direct, 'hi, can you run <https://docs.google.com/spreadsheets/d/1A|this>?'))
  await toldPrivately(mei, 'That is a link to Google, and I follow no links.')
  const text = `<@${slack.botUser}> <https://example.com/orders.xlsx>`
  await mei.tellOfMention(await mei.say(mei.channel('merch'), text))
  await toldPrivately(mei, 'That is a link to a file, and I follow no links.')
  await mei.runAsBatch(await mei.say(mei.channel('merch'), '<https://www.dropbox.com/scl/fi/a/orders>'))
  await toldPrivately(mei, 'Download it there, and drop it here.')
  await mei.tellOf(await mei.say(direct, 'help <https://example.com/orders.xlsx>'))
  await toldPrivately(mei, 'How to run a workflow on every row')
  expect(await draftsOf(bot)).toEqual([])
})

test('somebody of another company in a shared channel is refused in words', async () => {
  const { slack, bot, mei, jo } = await aRowbotInSlack()
  slack.traits.set(jo.id, { team_id: 'T0OTHER', is_stranger: true })
  await jo.mention(jo.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  await toldPrivately(jo, 'You are not in the workspace this bot belongs to')
  const message = await mei.mention(mei.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  await under(mei, message, '1 of 4')
  expect(await draftsOf(bot)).toHaveLength(1)
})

test('an event that Slack sends again after a restart starts no second wizard', async () => {
  const cast = await aRowbotInSlack()
  const { mei } = cast
  const message = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await under(mei, message, '1 of 4')
  const { bot } = await restart(cast)
  await mei.tellOf(message)
  expect(await draftsOf(bot)).toHaveLength(1)
})

test('two people who send at once have a wizard each', async () => {
  const { bot, mei, jo } = await aRowbotInSlack()
  const channel = mei.channel('merch')
  const [hers, theirs] = await Promise.all([
    mei.mention(channel, SAMPLE.bytes, SAMPLE.name),
    jo.mention(channel, SAMPLE.bytes, SAMPLE.name),
  ])
  await Promise.all([under(mei, hers, '1 of 4'), under(jo, theirs, '1 of 4')])
  const owners = (await draftsOf(bot)).map(({ owner_key }) => owner_key.split(':').at(-1))
  expect(owners).toHaveLength(2)
  expect(new Set(owners)).toEqual(new Set([mei.id, jo.id]))
})

test('of several workbooks in one message it is asked which one is the sheet', async () => {
  const { slack, bot, mei, jo } = await aRowbotInSlack()
  const both = [SAMPLE, file('notes.csv')]
  const dropped = await mei.put(mei.channel('merch'), both, { text: `<@${slack.botUser}>` })
  await mei.tellOfMention(dropped)
  const asked = await under(mei, dropped, 'Which file is the sheet?')
  await jo.choose(asked, 'Workbook', SAMPLE.name)
  await toldPrivately(jo, 'This batch is')
  await mei.choose(asked, 'Workbook', SAMPLE.name)
  expect(saysOf(await under(mei, dropped, '1 of 4'))).toContain(SAMPLE.name)
  expect(await draftsOf(bot)).toHaveLength(1)
})

function file(name: string) {
  return { name, bytes: BYTES }
}

function shareIn(traits: Map<string, object>, { channel, ts, files }: Message): void {
  for (const { id } of files) traits.set(id, { shares: { public: { [channel]: [{ ts }] } } })
}

async function toldPrivately({ slack, id }: SlackPerson, words: string): Promise<void> {
  await until(
    () => toldTo(slack, id),
    (all) => all.some((text) => text.includes(words)),
  )
}

function draftsOf({ db }: Awaited<ReturnType<typeof aRowbotInSlack>>['bot']) {
  return db.selectFrom('drafts').select(['id', 'owner_key']).execute()
}

async function first<T>(list: T[]): Promise<T> {
  const [found] = await until(
    () => list,
    (all) => all.length > 0,
  )
  if (found === undefined) throw new Error('unreachable')
  return found
}
