import { expect, test } from 'bun:test'
import type { Requester } from '../../../src/messages/people.ts'
import { asker, PLACE, selectOf } from '../../wizard/support/cast.ts'
import { aPdf, filesAlong, INVOICES, newestUpload, takesFiles } from '../../support/takes-files.ts'
import { aZip } from '../../support/zip.ts'
import { aDesk } from '../support/cast.ts'
import { aSentFile } from '../support/sent.ts'

type Sheet = { name: string; bytes: Uint8Array }
const csv = (name: string, text: string): Sheet => ({ name, bytes: new TextEncoder().encode(text) })
const ORDERS = csv('orders.csv', 'Name,Key features\nKettle,Boils\n')
const LAMPS = csv('lamps.csv', 'Name,Key features\nLamp,Shines\nTorch,Shines too\n')

async function asked(files: Sheet[], more: { source?: string; locale?: string } = {}) {
  const cast = await aDesk()
  const { source = 's', locale = 'en-US' } = more
  const send = () => cast.desk.receive({ ...cast.mei, locale }, { files: files.map(aSentFile), source })
  await send()
  const choose = (value: string, who: Requester = cast.mei, handlers = cast.desk) =>
    handlers.click(who, selectIn(cast.chat).id, [value], () => Promise.resolve())
  return { ...cast, send, choose }
}

test('of several workbooks it is asked which one is the sheet; the others come along', async () => {
  const { chat, db, choose } = await asked([ORDERS, aPdf(1), LAMPS])
  expect(chat.text()).toContain('Which file is the sheet?')
  expect(selectIn(chat).options.map(({ label }) => label)).toEqual(['orders.csv', 'lamps.csv'])
  await choose('1')
  expect(chat.text()).toContain('1 of 4')
  expect(chat.text()).toContain('lamps.csv')
  expect(chat.text()).toContain('2 rows')
  expect(await filesAlong(db)).toEqual(['orders.csv', 'invoice-1.pdf'])
  expect(chat.messages).toHaveLength(1)
})

test('in Chinese, too', async () => {
  const { chat } = await asked([ORDERS, LAMPS], { locale: 'zh-CN' })
  expect(chat.text()).toContain('收到 2 个表格')
})

test.each<[string, () => Promise<Sheet[]>]>([
  ['one workbook and other files', async () => [ORDERS, aPdf(1)]],
  ['a workbook beside a ZIP with workbooks', async () => [ORDERS, await zipOf(LAMPS, INVOICES)]],
  ['a ZIP with one workbook', async () => [await zipOf(ORDERS, aPdf(1))]],
])('with %s nothing is asked', async (_, files) => {
  const { chat } = await asked(await files())
  expect(chat.text()).toContain('1 of 4')
  expect(chat.text()).toContain('orders.csv')
})

test('of a ZIP with several workbooks, too, it is asked', async () => {
  const { chat, choose } = await asked([await zipOf(ORDERS, LAMPS)])
  expect(selectIn(chat).options).toHaveLength(2)
  await choose('0')
  expect(chat.text()).toContain('orders.csv')
})

test('where a workflow takes files, each file may be a row', async () => {
  const cast = await aDesk()
  const [, translator] = cast.workflows
  if (!translator) throw new Error('unreachable')
  await takesFiles(cast.db, translator)
  await cast.desk.receive(cast.mei, { files: [ORDERS, LAMPS].map(aSentFile), source: 's' })
  const { id, options } = selectIn(cast.chat)
  expect(options.map(({ label }) => label).at(-1)).toBe('None: each file is a row')
  await cast.desk.click(cast.mei, id, ['rows'], () => Promise.resolve())
  expect(cast.chat.text()).toContain('2 files, a row each')
})

test('the question outlives a restart', async () => {
  const { chat, rebuild, choose, mei } = await asked([ORDERS, LAMPS])
  const next = rebuild().desk
  await next.start()
  next.stop()
  expect(chat.text()).toContain('Which file is the sheet?')
  await choose('0', mei, next)
  expect(chat.text()).toContain('1 of 4')
})

test('only who sent them may choose', async () => {
  const { chat, choose } = await asked([ORDERS, LAMPS])
  await choose('0', asker('Jo'))
  expect(chat.told[0]?.text).toContain('This batch is Mei’s.')
  expect(chat.text()).toContain('Which file is the sheet?')
})

test('a choice is made once: the second one comes too late', async () => {
  const { chat, desk, mei } = await asked([ORDERS, LAMPS])
  const { id } = selectIn(chat)
  const click = (value: string) => desk.click(mei, id, [value], () => Promise.resolve())
  await Promise.all([click('0'), click('1')])
  expect(chat.text()).toContain('orders.csv')
  expect(chat.told[0]?.text).toContain('That step is already done')
})

test('the same sending twice is asked once', async () => {
  const { chat, send } = await asked([ORDERS, LAMPS])
  await send()
  expect(chat.messages).toHaveLength(1)
})

test('one that cannot be read is named, and another may be chosen', async () => {
  const broken = { name: 'broken.xlsx', bytes: new TextEncoder().encode('%PDF-1.7') }
  const { chat, choose } = await asked([broken, ORDERS])
  await choose('0')
  expect(chat.told[0]?.text).toContain('not a workbook')
  await choose('1')
  expect(chat.text()).toContain('orders.csv')
})

test('files that are sent in the thread meanwhile are added', async () => {
  const { chat, db, desk, mei, choose } = await asked([ORDERS, LAMPS])
  await desk.receive(mei, { files: [aSentFile(aPdf(1))], source: 't', answered: [PLACE.thread ?? ''] })
  expect(chat.text()).toContain('Which file is the sheet?')
  await choose('0')
  expect(await filesAlong(db)).toEqual(['lamps.csv', 'invoice-1.pdf'])
  expect((await newestUpload(db))?.fileName).toBe('orders.csv')
})

test('more workbooks than fit into a select are shown in pages', async () => {
  const many = Array.from({ length: 30 }, (_, n) => ({ ...ORDERS, name: `orders-${n}.csv` }))
  const { chat, choose } = await asked(many)
  expect(selectIn(chat).options.at(-1)?.label).toBe('More…')
  await choose('page 1')
  await choose('29')
  expect(chat.text()).toContain('orders-29.csv')
})

async function zipOf(...files: Sheet[]): Promise<Sheet> {
  return { name: 'all.zip', bytes: await aZip(files) }
}

function selectIn(chat: Awaited<ReturnType<typeof aDesk>>['chat']) {
  const prompt = chat.messages[0]?.prompt
  if (!prompt) throw new Error('there is no message')
  return selectOf(prompt, 'Workbook')
}
