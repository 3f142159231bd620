import { expect, test } from 'bun:test'
import { findUpload } from '../../../src/db/drafts/uploads.ts'
import { BOT, IDS } from '../../support/discord/world.ts'
import { aRowbotInDiscord, inChannel, plain, SAMPLE, toldIn } from '../../support/discord/whole.ts'

const pdf = (n: number) => new TextEncoder().encode(`%PDF-1.7\n${n}\n%%EOF\n`)

test('a workbook and three files in one message: one wizard, and the files come along', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  const files = [1, 2, 3].map((n) => discord.keep(`invoice-${n}.pdf`, pdf(n)))
  const message = mei.put(IDS.merch, [...files, discord.keep(SAMPLE.name, SAMPLE.bytes)], `<@${IDS.app}>`)
  mei.tellOf(message)
  mei.tellOf(message)
  await inChannel(discord, IDS.merch, '1 of 4')
  expect(await namesIn(bot.db)).toEqual(['invoice-1.pdf', 'invoice-2.pdf', 'invoice-3.pdf'])
  expect(discord.messagesIn(IDS.merch).filter(({ author }) => author.id === BOT.id)).toHaveLength(1)
})

test('a file that Discord no longer has is named', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  const lost = discord.keep('invoice-1.pdf', pdf(1), { lastsMs: -60_000 })
  const message = mei.put(mei.direct, [discord.keep(SAMPLE.name, SAMPLE.bytes), lost])
  discord.messages.delete(message.id) // so that there is no fresh address of its files
  mei.tellOf(message)
  expect(plain(await inChannel(discord, mei.direct, 'invoice-1.pdf'))).toContain(
    'Discord no longer has “invoice-1.pdf”. Please send it again.',
  )
})

test('the form takes several files; of two workbooks it is asked which one is the sheet', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.command(IDS.merch, 'list')
  const list = await toldIn(mei, IDS.merch, 'No tasks yet')
  const form = await mei.form(mei.click(list, 'New batch'))
  const sent = ['a.xlsx', 'b.xlsx'].map((name) => discord.keep(name, SAMPLE.bytes, { isEphemeral: true }))
  mei.submit(list, form, {}, ...sent)
  const asked = await inChannel(discord, IDS.merch, 'Which file is the sheet?')
  mei.choose(asked, 'Workbook', 'b.xlsx')
  expect(plain(await inChannel(discord, IDS.merch, '1 of 4'))).toContain('b.xlsx')
  expect(discord.messagesIn(IDS.merch)).toHaveLength(1)
})

test('photos in a channel without a mention are left alone', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.tellOf(
    mei.put(IDS.merch, [discord.keep('photo.png', pdf(1)), discord.keep('more.png', pdf(2))], 'look'),
  )
  mei.say(IDS.merch, `<@${IDS.app}> help`)
  await discord.until(
    () => [...discord.messages.values()].some(({ author }) => author.id === BOT.id),
    (isAnswered) => isAnswered,
  )
  expect([...discord.messages.values()].filter((one) => plain(one).includes('photo'))).toEqual([])
})

async function namesIn(db: Awaited<ReturnType<typeof aRowbotInDiscord>>['bot']['db']): Promise<string[]> {
  const { id } = await db.selectFrom('uploads').select('id').executeTakeFirstOrThrow()
  return ((await findUpload(db, id))?.files ?? []).map(({ name }) => name)
}
