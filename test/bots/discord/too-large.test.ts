import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { tempFolder, until } from '../../support/bot.ts'
import { filesInZip } from '../../support/files-in-zip.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  SAMPLE,
  throughTheSteps,
  toldIn,
} from '../../support/discord/whole.ts'

const PAGE = { ROWBOT_PUBLIC_URL: 'https://rowbot.example/' }
const LINK = /\[Download it here\.\]\(<https:\/\/rowbot\.example\/r\/[\w-]{43}>\)/

test('a result that is too large comes to its owner as a link, and the thread says so', async () => {
  const { mei, discord } = await aRowbotInDiscord({ env: PAGE })
  discord.maxUploadBytes = 100
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  const told = await inChannel(discord, wizard.id, 'too large')
  expect(plain(told)).toMatch(/^The result \(\d+ KB\) is too large for Discord; I sent <@\d+> a link\.$/)
  expect(told.mentions).toEqual([mei.user.id])
  const [link, ...more] = discord.messagesIn(mei.direct)
  if (!link) throw new Error('no link')
  // In angle brackets Discord shows no preview, and opens the page for none.
  expect(plain(link)).toMatch(LINK)
  expect(more).toEqual([])
  expect(JSON.stringify(discord.messagesIn(wizard.id))).not.toContain('/r/')
  expect(buttonsOf(await inChannel(discord, wizard.id, 'completed'))).toContain('Open the page')
  expect(discord.messagesIn(wizard.id)).toHaveLength(2)
})

test('who takes no direct messages is told so in the thread, once, and gets the link when they write', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord({ env: PAGE })
  discord.maxUploadBytes = 100
  discord.shut.add(mei.user.id)
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  const told = plain(await inChannel(discord, wizard.id, 'too large'))
  expect(told).toContain('but may not send you direct messages')
  const state = () => bot.db.selectFrom('deliveries').select('state').executeTakeFirst()
  await until(state, (row) => row?.state === 'waiting')
  discord.shut.clear()
  mei.command(mei.direct, 'list')
  expect(plain(await inChannel(discord, mei.direct, 'too large'))).toMatch(LINK)
  await until(state, (row) => row?.state === 'seen')
  const said = discord.messagesIn(wizard.id).filter((one) => plain(one).includes('too large'))
  expect(said).toHaveLength(1)
  expect(JSON.stringify(said)).not.toContain('/r/')
})

test('a result that fits as CSV in a ZIP comes as one, with a word about it', async () => {
  const { mei, discord } = await aRowbotInDiscord({ env: PAGE })
  discord.maxUploadBytes = 5_000
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  const message = await inChannel(discord, wizard.id, '.csv.zip')
  expect(plain(message)).toMatch(
    / · The result \(\d+ KB\) is too large for Discord, so it is here as CSV in a ZIP\./,
  )
  const [file] = message.attachments
  if (!file) throw new Error('no file')
  const path = join(tempFolder(), 'result.zip')
  await Bun.write(path, discord.contentOf(file))
  const csv = (await filesInZip(path)).get('test_batch_data.results.csv')
  expect(csv?.toString()).toContain('succeeded')
  expect(discord.messagesIn(mei.direct)).toEqual([])
})

test('without a page it is said how whoever runs Rowbot gets it', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  discord.maxUploadBytes = 100
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, mei.direct)
  const told = await inChannel(discord, mei.direct, 'too large')
  const [task] = await listTasks(bot.db)
  expect(plain(told)).toContain(`The person who runs Rowbot can get it with “rowbot result ${task?.id}”.`)
})

test('what a server takes goes by its boosts; direct messages take 10 MB', async () => {
  const { discord, running } = await aRowbotInDiscord()
  const { chat } = running.discordBot
  const inMegabytes = async (team: string, size = 200 * 2 ** 20) =>
    (await chat.maxFileBytes({ platform: 'discord', team, channel: IDS.merch }, size)) / 2 ** 20
  const seen: number[] = []
  for (const tier of [0, 1, 2, 3]) {
    discord.premiumTier = tier
    seen.push(await inMegabytes(IDS.guild))
  }
  expect(seen).toEqual([10, 10, 50, 100])
  expect(await inMegabytes('')).toBe(10)
  // Every server takes that much, so none is asked.
  expect(await inMegabytes(IDS.guild, 10 * 2 ** 20)).toBe(10)
  discord.faults.plan(/^GET \/guilds\/\d+$/, { kind: 'down' }, 9)
  expect(await inMegabytes(IDS.guild)).toBe(Infinity) // nobody knows: Discord itself has to refuse it
})

const TOO_LARGE = 'is too large for Discord. [Download it here.](<https://rowbot.example/r/'
const TOO_LARGE_ZH = '太大，Discord 发不了。[点此下载。](<https://rowbot.example/r/'

for (const [zh, next, start, results, sentence] of [
  [false, 'Next', 'Start', 'Results so far', TOO_LARGE],
  [true, '下一步', '开始', '目前的结果', TOO_LARGE_ZH],
] as const) {
  test(`results so far that are too large are linked for who asked: ${results}`, async () => {
    const { mei, discord } = await aRowbotInDiscord({ env: PAGE, zh, delayMs: 300 })
    discord.maxUploadBytes = 100
    mei.command(mei.direct, 'new', {}, discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true }))
    for (const step of [1, 2, 3, 4]) {
      const message = await inChannel(discord, mei.direct, zh ? `第 ${step} 步` : `${step} of 4`)
      mei.click(message, step < 4 ? next : start)
    }
    const progress = await until(
      () => inChannel(discord, mei.direct, 'Product copywriter ·'),
      (message) => buttonsOf(message).includes(results),
    )
    mei.click(progress, results)
    await inChannel(discord, mei.direct, sentence)
  })
}

test('results again in a thread: the link comes directly, and only who asked is told', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord({ env: PAGE })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  await inChannel(discord, wizard.id, '.results.xlsx')
  discord.maxUploadBytes = 100
  mei.click(await inChannel(discord, wizard.id, 'completed'), 'Results again')
  const told = plain(await toldIn(mei, wizard.id, 'too large'))
  expect(told).toContain('I sent you a link in a direct message.')
  expect(plain(await inChannel(discord, mei.direct, 'too large'))).toMatch(LINK)
  const acts = await bot.db.selectFrom('audit_log').select('who').where('action', '=', 'link.make').execute()
  expect(acts).toEqual([{ who: 'Mei' }])
})
