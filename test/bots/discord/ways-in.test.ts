import { expect, test } from 'bun:test'
import type { DiscordPerson } from '../../support/discord/person.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { BOT, IDS, type Message } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  restart,
  SAMPLE,
  throughTheSteps,
  toldIn,
} from '../../support/discord/whole.ts'
import { filesAlong } from '../../support/takes-files.ts'

const MENTION = `<@${IDS.app}>`
const PDF = new TextEncoder().encode('%PDF-1.7\n1\n%%EOF\n')

test('a reply that mentions the bot takes the file of the message that it replies to', async () => {
  const { mei, jo, discord, bot } = await aRowbotInDiscord()
  const original = jo.tellOf(withSample(jo, IDS.merch, 'the new ones'))
  mei.tellOf(mei.put(IDS.merch, [], `${MENTION} please`, original.id))
  const wizard = await inChannel(discord, IDS.merch, '1 of 4')
  expect(plain(wizard)).toContain(SAMPLE.name)
  expect(await ownersOf(bot)).toEqual([mei.user.id])
})

test('so does one whose words only begin like a command', async () => {
  const { mei, jo, discord } = await aRowbotInDiscord()
  const original = jo.tellOf(withSample(jo, IDS.merch, 'the new ones'))
  mei.tellOf(mei.put(IDS.merch, [], `${MENTION} list of products, please`, original.id))
  await inChannel(discord, IDS.merch, '1 of 4')
})

test('where Discord does not show that message to the bot, the person is told another way', async () => {
  const { mei, jo, discord, bot } = await aRowbotInDiscord()
  discord.showsReferenced = false
  const original = jo.tellOf(withSample(jo, IDS.merch, 'the new ones'))
  mei.tellOf(mei.put(IDS.merch, [], `${MENTION} please`, original.id))
  const told = await inChannel(discord, mei.direct, 'I see no file in the message that you replied to')
  expect(plain(told)).toContain('right-click its message, Apps, “Run batch”')
  expect(await ownersOf(bot)).toEqual([])
})

test('a reply to the bot’s own file starts nothing, and a command in a reply is a command', async () => {
  const { mei, jo, discord, bot } = await aRowbotInDiscord()
  const result = Object.assign(withSample(mei, IDS.merch, ''), { author: BOT })
  mei.tellOf(mei.put(IDS.merch, [], `${MENTION} thanks`, result.id))
  await inChannel(discord, mei.direct, 'There is no file in this message.')
  const original = withSample(jo, IDS.merch, 'the new ones')
  mei.tellOf(mei.put(IDS.merch, [], `${MENTION} list`, original.id))
  await inChannel(discord, mei.direct, 'No tasks yet')
  expect(await ownersOf(bot)).toEqual([])
})

test('a message that is forwarded to the bot brings its file, for who forwards it', async () => {
  const { mei, jo, discord, bot } = await aRowbotInDiscord()
  mei.forward(mei.direct, withSample(jo, IDS.merch, 'the new ones'))
  await inChannel(discord, mei.direct, '1 of 4')
  expect(await ownersOf(bot)).toEqual([mei.user.id])
})

test('the file of a forwarded message whose address has expired is asked for anew', async () => {
  const { mei, jo, discord } = await aRowbotInDiscord()
  const old = discord.keep(SAMPLE.name, SAMPLE.bytes, { lastsMs: -1_000 })
  mei.forward(mei.direct, jo.put(IDS.merch, [old], 'the new ones'))
  await inChannel(discord, mei.direct, '1 of 4')
})

test('“Run batch” takes the file of a message that is forwarded', async () => {
  const { mei, jo, discord, bot } = await aRowbotInDiscord()
  const forwarded = jo.forward(IDS.merch, withSample(jo, IDS.voice, 'the new ones'))
  mei.runBatch(forwarded)
  await inChannel(discord, IDS.merch, '1 of 4')
  expect(await ownersOf(bot)).toEqual([mei.user.id])
})

test('from the first message of a forum post to the result in it', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  const post = mei.post([discord.keep(SAMPLE.name, SAMPLE.bytes)], `${MENTION} please`)
  await throughTheSteps(mei, post.channel)
  await inChannel(discord, post.channel, '.results.xlsx')
  expect(discord.done(/threads$/)).toEqual([])
})

test('/batch new takes several files', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  const files = [SAMPLE, { name: 'a.pdf', bytes: PDF }, { name: 'b.pdf', bytes: PDF }]
  mei.command(
    IDS.merch,
    'new',
    {},
    ...files.map(({ name, bytes }) => discord.keep(name, bytes, { isEphemeral: true })),
  )
  await inChannel(discord, IDS.merch, '1 of 4')
  expect(await filesAlong(bot.db)).toEqual(['a.pdf', 'b.pdf'])
})

test('a message that gains a file by an edit starts one wizard, after a restart too', async () => {
  const cast = await aRowbotInDiscord()
  const { mei, discord } = cast
  const message = mei.say(IDS.merch, `${MENTION} please`)
  await inChannel(discord, mei.direct, 'There is no file in this message.')
  const file = discord.keep(SAMPLE.name, SAMPLE.bytes)
  mei.edit(message, [file])
  mei.edit(message, [file], `${MENTION} now, please`)
  await inChannel(discord, IDS.merch, '1 of 4')
  const { bot } = await restart(cast)
  mei.edit(message, [file])
  await answered(mei)
  expect(await ownersOf(bot)).toHaveLength(1)
})

test('a message from before a restart may gain a file', async () => {
  const cast = await aRowbotInDiscord()
  const { mei, discord } = cast
  const message = mei.say(IDS.merch, `${MENTION} please`)
  await inChannel(discord, mei.direct, 'There is no file in this message.')
  await restart(cast)
  mei.edit(message, [discord.keep(SAMPLE.name, SAMPLE.bytes)])
  await inChannel(discord, IDS.merch, '1 of 4')
})

test('an edit of words, and one of a message that is not for the bot, start nothing', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  const command = mei.say(mei.direct, 'list')
  await inChannel(discord, mei.direct, 'No tasks yet')
  mei.edit(command, [], 'list please')
  mei.edit(mei.say(IDS.merch, 'good morning'), [discord.keep(SAMPLE.name, SAMPLE.bytes)])
  await answered(mei)
  expect(await ownersOf(bot)).toEqual([])
  const lists = discord.messagesIn(mei.direct).filter((one) => plain(one).includes('No tasks yet'))
  expect(lists).toHaveLength(1)
})

test.each<[string, (mei: DiscordPerson) => void, string]>([
  [
    'a voice message',
    (mei) => {
      const voice = mei.discord.keep('voice-message.ogg', PDF)
      mei.tellOf(Object.assign(mei.put(mei.direct, [voice]), { flags: 1 << 13 }))
    },
    'That is a voice message, and I cannot read it.',
  ],
  [
    'a sticker',
    (mei) => {
      const stickers = [{ id: '749054660769218631', name: 'Wave' }]
      mei.tellOf(Object.assign(mei.put(mei.direct, []), { stickers }))
    },
    'That is a sticker, not a file.',
  ],
  [
    'a link to a Google sheet',
    (mei) => void mei.say(mei.direct, 'https://docs.google.com/spreadsheets/d/1A/edit'),
    'File → Download → Microsoft Excel (.xlsx)',
  ],
  [
    'a link to a message',
    (mei) => void mei.say(IDS.merch, `${MENTION} hi, and https://discord.com/channels/1/2/3?`),
    'That is a link to something in Discord',
  ],
])('%s is answered with what to do', async (_, send, sentence) => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  send(mei)
  await inChannel(discord, mei.direct, sentence)
  expect(await ownersOf(bot)).toEqual([])
})

test('“Run batch” on a voice message is answered in its channel', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  const voice = mei.put(IDS.merch, [discord.keep('voice-message.ogg', PDF)])
  mei.runBatch(Object.assign(voice, { flags: 1 << 13 }))
  await toldIn(mei, IDS.merch, 'That is a voice message')
})

test('of several workbooks the person who sent them says which one is the sheet, after a restart too', async () => {
  const cast = await aRowbotInDiscord()
  const { mei, jo, discord } = cast
  const files = [SAMPLE.name, 'b.xlsx'].map((name) => discord.keep(name, SAMPLE.bytes))
  mei.tellOf(mei.put(IDS.merch, files, MENTION))
  const asked = await inChannel(discord, IDS.merch, 'Which file is the sheet?')
  const { bot } = await restart(cast)
  jo.choose(asked, 'Workbook', SAMPLE.name)
  await toldIn(jo, IDS.merch, 'This batch is')
  mei.choose(asked, 'Workbook', 'b.xlsx')
  expect(buttonsOf(await inChannel(discord, IDS.merch, '1 of 4'))).toContain('Next')
  expect(await ownersOf(bot)).toHaveLength(1)
})

test('two people who send at once have a wizard each', async () => {
  const { mei, jo, discord, bot } = await aRowbotInDiscord()
  for (const person of [mei, jo, mei, jo]) {
    const sent = discord.messagesIn(IDS.merch).find(({ author }) => author.id === person.user.id)
    person.tellOf(sent ?? withSample(person, IDS.merch, MENTION))
  }
  await discord.until(
    () => discord.messagesIn(IDS.merch).filter((one) => plain(one).includes('1 of 4')),
    (all) => all.length === 2,
  )
  expect(new Set(await ownersOf(bot))).toEqual(new Set([mei.user.id, jo.user.id]))
  expect(discord.messagesIn(IDS.merch)).toHaveLength(4)
})

function withSample(person: DiscordPerson, channel: string, text: string): Message {
  return person.put(channel, [person.discord.keep(SAMPLE.name, SAMPLE.bytes)], text)
}

/** Everything that came before has been dealt with once this is. */
async function answered(mei: DiscordPerson): Promise<void> {
  mei.say(mei.direct, 'help')
  await inChannel(mei.discord, mei.direct, 'How to run a workflow on every row')
}

async function ownersOf({ db }: Awaited<ReturnType<typeof aRowbotInDiscord>>['bot']): Promise<string[]> {
  const drafts = await db.selectFrom('drafts').select('owner_key').execute()
  return drafts.map(({ owner_key }) => owner_key.split(':').at(-1) ?? '')
}
