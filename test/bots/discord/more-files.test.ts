import { expect, test } from 'bun:test'
import { IDS } from '../../support/discord/world.ts'
import { aRowbotInDiscord, inChannel, plain } from '../../support/discord/whole.ts'
import { aPdf, filesAlong, INVOICES, newestUpload, takesFiles } from '../../support/takes-files.ts'
import { aZip } from '../../support/zip.ts'

const MENTION = `<@${IDS.app}>`

async function aRowbotForFiles() {
  const cast = await aRowbotInDiscord()
  const { discord, bot, workflow } = cast
  await takesFiles(bot.db, workflow)
  const kept = (...files: { name: string; bytes: Uint8Array }[]) =>
    files.map(({ name, bytes }) => discord.keep(name, bytes))
  return { ...cast, kept }
}

test('ten PDFs in one message are a row each', async () => {
  const { mei, discord, bot, kept } = await aRowbotForFiles()
  mei.tellOf(mei.put(mei.direct, kept(...Array.from({ length: 10 }, (_, n) => aPdf(n)))))
  await inChannel(discord, mei.direct, '10 files, a row each')
  expect(await newestUpload(bot.db)).toMatchObject({ listsFiles: true, fileName: '10 files' })
})

test('12 PDFs come in a ZIP, or ten of them and then the others in reply', async () => {
  const { mei, discord, bot, kept } = await aRowbotForFiles()
  const pdfs = Array.from({ length: 12 }, (_, n) => aPdf(n))
  mei.drop(await aZip(pdfs), 'march.zip')
  await inChannel(discord, mei.direct, '12 files, a row each')

  mei.tellOf(mei.put(mei.direct, kept(...pdfs.slice(0, 10))))
  const shown = await inChannel(discord, mei.direct, '10 files, a row each')
  const reply = mei.put(mei.direct, kept(...pdfs.slice(10)), '', shown.id)
  mei.tellOf(reply)
  mei.tellOf(reply)
  await discord.until(
    () => plain(shown),
    (text) => text.includes('12 files, a row each'),
  )
  expect(await filesAlong(bot.db)).toHaveLength(12)
})

test('a ZIP is unpacked: a workbook in it names the files in it', async () => {
  const { mei, discord, bot } = await aRowbotForFiles()
  mei.drop(await aZip([INVOICES, aPdf(1), aPdf(2)]), 'march.zip')
  mei.click(await inChannel(discord, mei.direct, '1 of 4'), 'Next')
  await inChannel(discord, mei.direct, 'All 2 rows can run.')
  expect(await filesAlong(bot.db)).toEqual(['invoice-1.pdf', 'invoice-2.pdf'])
})

test('a mention with files but no workbook starts with a row each', async () => {
  const { mei, discord, kept } = await aRowbotForFiles()
  mei.tellOf(mei.put(IDS.merch, kept(aPdf(1), aPdf(2)), MENTION))
  await inChannel(discord, IDS.merch, '2 files, a row each')
})

test('in a direct message, files that reply to nothing are new', async () => {
  const { mei, discord, bot, kept } = await aRowbotForFiles()
  mei.tellOf(mei.put(mei.direct, kept(aPdf(1), aPdf(2))))
  await inChannel(discord, mei.direct, '2 files, a row each')
  mei.tellOf(mei.put(mei.direct, kept(aPdf(3), aPdf(4), aPdf(5))))
  await inChannel(discord, mei.direct, '3 files, a row each')
  expect(await bot.db.selectFrom('drafts').select('id').execute()).toHaveLength(2)
})

test('a reply in a channel adds files; a workbook in reply starts another wizard', async () => {
  const { mei, discord, bot, kept } = await aRowbotForFiles()
  mei.tellOf(mei.put(IDS.merch, kept(INVOICES, aPdf(1)), MENTION))
  const shown = await inChannel(discord, IDS.merch, '1 of 4')
  mei.click(shown, 'Next')
  await inChannel(discord, IDS.merch, '1 file came along')
  mei.tellOf(mei.put(IDS.merch, kept(aPdf(2)), MENTION, shown.id))
  await inChannel(discord, IDS.merch, '2 files came along')
  mei.tellOf(mei.put(IDS.merch, kept({ ...INVOICES, name: 'april.csv' }), MENTION, shown.id))
  await inChannel(discord, IDS.merch, 'april.csv')
  expect(await bot.db.selectFrom('drafts').select('id').execute()).toHaveLength(2)
})

test('files in the thread of the draft are added', async () => {
  const { mei, discord, bot, kept } = await aRowbotForFiles()
  const thread = { id: IDS.forumPost, type: 11, name: 'Invoices', parent: IDS.merch }
  discord.channels.set(thread.id, thread)
  discord.gateway.dispatch('THREAD_CREATE', discord.payloadOf(thread))
  mei.tellOf(mei.put(IDS.forumPost, kept(aPdf(1), aPdf(2)), MENTION))
  await inChannel(discord, IDS.forumPost, '2 files, a row each')
  mei.tellOf(mei.put(IDS.forumPost, kept(aPdf(3)), MENTION))
  await inChannel(discord, IDS.forumPost, '3 files, a row each')
  expect(await bot.db.selectFrom('drafts').select('id').execute()).toHaveLength(1)
})

test('Add files opens a form for ten, and adds them', async () => {
  const { mei, discord, bot } = await aRowbotForFiles()
  mei.tellOf(
    mei.put(
      mei.direct,
      [INVOICES, aPdf(1)].map(({ name, bytes }) => discord.keep(name, bytes)),
    ),
  )
  mei.click(await inChannel(discord, mei.direct, '1 of 4'), 'Next')
  const shown = await inChannel(discord, mei.direct, '1 file came along')
  const form = await mei.form(mei.click(shown, 'Add files'))
  const sent = Array.from({ length: 10 }, (_, n) => aPdf(n + 2))
  mei.submit(
    shown,
    form,
    {},
    ...sent.map(({ name, bytes }) => discord.keep(name, bytes, { isEphemeral: true })),
  )
  await inChannel(discord, mei.direct, '11 files came along')
  expect(await filesAlong(bot.db)).toHaveLength(11)
})

test('a download that breaks midway is begun again once', async () => {
  const { mei, discord, bot, kept } = await aRowbotForFiles()
  discord.faults.plan(/invoice-1/, { kind: 'breaks' })
  mei.tellOf(mei.put(mei.direct, kept(aPdf(1), aPdf(2))))
  await inChannel(discord, mei.direct, '2 files, a row each')
  expect((await newestUpload(bot.db))?.files?.map(({ size }) => size)).toEqual([17, 17])

  discord.faults.plan(/invoice-3/, { kind: 'breaks' }, 2)
  mei.tellOf(mei.put(mei.direct, kept(aPdf(3))))
  await inChannel(discord, mei.direct, '“invoice-3.pdf”')
})
