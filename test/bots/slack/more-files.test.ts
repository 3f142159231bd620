import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { buttonsOf, saysOf } from '../../support/slack/message.ts'
import { aRowbotInSlack, under } from '../../support/slack/whole.ts'
import { aPdf, filesAlong, INVOICES, newestUpload, takesFiles } from '../../support/takes-files.ts'
import { aZip } from '../../support/zip.ts'

async function aRowbotForFiles() {
  const cast = await aRowbotInSlack()
  await takesFiles(cast.bot.db, cast.workflow)
  return cast
}

test('12 PDFs in one message are a row each', async () => {
  const { mei, bot } = await aRowbotForFiles()
  const dropped = await mei.dropAll(Array.from({ length: 12 }, (_, n) => aPdf(n)))
  await under(mei, dropped, '12 files, a row each')
  expect(await newestUpload(bot.db)).toMatchObject({ listsFiles: true, fileName: '12 files' })
})

test('a ZIP is unpacked: a workbook in it names the files in it', async () => {
  const { mei, bot } = await aRowbotForFiles()
  const dropped = await mei.drop(await aZip([INVOICES, aPdf(1), aPdf(2)]), 'march.zip')
  const shown = await under(mei, dropped, '1 of 4')
  await mei.click(shown, 'Next')
  await under(mei, dropped, 'All 2 rows can run.')
  expect(await filesAlong(bot.db)).toEqual(['invoice-1.pdf', 'invoice-2.pdf'])
})

test('a mention with files but no workbook starts with a row each', async () => {
  const { mei, slack } = await aRowbotForFiles()
  const text = `<@${slack.botUser}>`
  const message = await mei.put(mei.channel('merch'), [aPdf(1), aPdf(2)], { text })
  await mei.tellOfMention(message)
  await under(mei, message, '2 files, a row each')
})

test('photos in a channel without a mention are left alone', async () => {
  const { mei, bot } = await aRowbotForFiles()
  const photo = await mei.put(mei.channel('merch'), [aPdf(1), aPdf(2)], { text: 'look' })
  await mei.tellOf(photo, undefined, 'channel')
  await under(mei, await mei.dropAll([aPdf(3), aPdf(4)]), '2 files, a row each')
  expect(await bot.db.selectFrom('drafts').select('id').execute()).toHaveLength(1)
  expect(await mei.thread(photo.channel, photo.ts)).toHaveLength(1)
})

test('files in the thread of a direct message are added to its draft once', async () => {
  const { mei, bot } = await aRowbotForFiles()
  const dropped = await mei.dropAll([aPdf(1), aPdf(2)])
  await under(mei, dropped, '2 files, a row each')
  const more = await mei.put(dropped.channel, [aPdf(3)], { under: dropped })
  await mei.tellOf(more)
  await mei.tellOf(more)
  await under(mei, dropped, '3 files, a row each')
  expect(await filesAlong(bot.db)).toHaveLength(3)
  expect(await bot.db.selectFrom('drafts').select('id').execute()).toHaveLength(1)
})

test('in the thread of a channel, files with a mention are added; a workbook starts another wizard', async () => {
  const { mei, slack, bot } = await aRowbotForFiles()
  const text = `<@${slack.botUser}>`
  const root = await mei.put(mei.channel('merch'), [INVOICES, aPdf(1)], { text })
  await mei.tellOfMention(root)
  await mei.click(await under(mei, root, '1 of 4'), 'Next')
  await under(mei, root, '1 file came along')
  await mei.tellOfMention(await mei.put(root.channel, [aPdf(2)], { text, under: root }))
  await under(mei, root, '2 files came along')
  const book = { ...INVOICES, name: 'april.csv' }
  await mei.tellOfMention(await mei.put(root.channel, [book], { text, under: root }))
  await under(mei, root, 'april.csv')
  expect(await bot.db.selectFrom('drafts').select('id').execute()).toHaveLength(2)
})

test('Add files opens a form for ten, and adds them', async () => {
  const { mei, bot } = await aRowbotForFiles()
  const dropped = await mei.dropAll([INVOICES, aPdf(1)])
  await mei.click(await under(mei, dropped, '1 of 4'), 'Next')
  await mei.click(await under(mei, dropped, '1 file came along'), 'Add files')
  await mei.submit(await mei.form(), {}, ...Array.from({ length: 10 }, (_, n) => aPdf(n + 2)))
  const shown = await under(mei, dropped, '11 files came along')
  expect(buttonsOf(shown)).toContain('Add files')
  expect(saysOf(shown)).toContain('All 2 rows can run.')
  expect(await filesAlong(bot.db)).toHaveLength(11)
})

test('a download that breaks midway is begun again once', async () => {
  const { mei, slack, bot } = await aRowbotForFiles()
  slack.faults.plan('download', { kind: 'breaks' })
  const dropped = await mei.dropAll([aPdf(1), aPdf(2)])
  await under(mei, dropped, '2 files, a row each')
  const files = await until(
    async () => (await newestUpload(bot.db))?.files ?? [],
    (all) => all.length > 0,
  )
  expect(files.map(({ size }) => size)).toEqual([17, 17])

  slack.faults.plan('download', { kind: 'breaks' }, 2)
  const again = await mei.dropAll([aPdf(3)])
  await under(mei, again, '“invoice-3.pdf”')
})
