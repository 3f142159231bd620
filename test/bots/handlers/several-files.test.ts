import { expect, test } from 'bun:test'
import { updateWorkflow } from '../../../src/db/workflows/workflows.ts'
import { UserError } from '../../../src/engine/user-error.ts'
import type { Variable } from '../../../src/engine/workflow.ts'
import { findUpload } from '../../../src/db/drafts/uploads.ts'
import { aZip } from '../../support/zip.ts'
import { aDesk } from '../support/cast.ts'
import { aLostFile, aSentFile } from '../support/sent.ts'

const SHEET = { name: 'orders.csv', bytes: new TextEncoder().encode('Name,Key features\nKettle,Boils\n') }
const pdf = (n: number) => ({
  name: `invoice-${n}.pdf`,
  bytes: new TextEncoder().encode(`%PDF-1.7\n${n}\n%%EOF\n`),
})
const pdfs = (count: number) => Array.from({ length: count }, (_, i) => pdf(i + 1))

test('with a workbook, the other files come along with it', async () => {
  const { desk: handlers, mei, chat, db } = await aDesk()
  await handlers.receive(mei, { files: [SHEET, ...pdfs(3)].map(aSentFile), source: 's' })
  expect(chat.text()).toContain('orders.csv')
  const upload = await onlyUpload(db)
  expect(upload?.files?.map(({ name, content }) => [name, content])).toEqual([
    ['invoice-1.pdf', 'pdf'],
    ['invoice-2.pdf', 'pdf'],
    ['invoice-3.pdf', 'pdf'],
  ])
  expect(upload?.listsFiles).toBeFalsy()
})

test('without a workbook, each file is a row, and the first message says how many are read', async () => {
  const cast = await aDesk()
  await takesFiles(cast)
  const { desk: handlers, mei, chat, db } = cast
  let seen = ''
  const [first, ...others] = pdfs(12).map(aSentFile)
  if (!first) throw new Error('unreachable')
  const open = () => {
    seen = chat.text()
    return first.open()
  }
  await handlers.receive(mei, { files: [{ ...first, open }, ...others], source: 's' })
  expect(seen).toBe('12 files\nReading 12 files…')
  expect(chat.text()).toContain('12 files, a row each')
  expect((await onlyUpload(db))?.listsFiles).toBe(true)
  expect(chat.messages).toHaveLength(1)
})

test('a ZIP gives the table of its files its name, as on the page', async () => {
  const cast = await aDesk()
  await takesFiles(cast)
  const { desk: handlers, mei, chat, db } = cast
  const march = aSentFile({ name: 'march.zip', bytes: await aZip(pdfs(3)) })
  await handlers.receive(mei, { files: [march], source: 's' })
  expect(chat.text()).toContain('3 files, a row each')
  const { id } = await db.selectFrom('uploads').select('id').executeTakeFirstOrThrow()
  expect((await findUpload(db, id))?.fileName).toBe('march')
})

test('in Chinese, too', async () => {
  const cast = await aDesk()
  await takesFiles(cast)
  const { desk: handlers, mei, chat } = cast
  await handlers.receive({ ...mei, locale: 'zh-CN' }, { files: pdfs(2).map(aSentFile), source: 's' })
  expect(chat.text()).toContain('2 个文件，每个一行')
})

test('while no workflow takes files, a file that is no workbook is answered as ever', async () => {
  const { desk: handlers, mei, chat, db } = await aDesk()
  await handlers.receive(mei, { files: [aSentFile(pdf(1))], source: 's' })
  expect(chat.text()).toStartWith('invoice-1.pdf\n')
  expect(chat.text()).not.toContain('1 of 4')
  expect(await db.selectFrom('uploads').selectAll().execute()).toEqual([])
})

test('while no workflow takes files, a workbook in a ZIP is read all the same', async () => {
  const { desk: handlers, mei, chat, db } = await aDesk()
  const bytes = await aZip([SHEET, pdf(1)])
  await handlers.receive(mei, { files: [aSentFile({ name: 'march.zip', bytes })], source: 's' })
  expect(chat.text()).toContain('orders.csv')
  expect((await onlyUpload(db))?.listsFiles).toBeFalsy()
})

test('and a ZIP of other files is answered as a file that is no workbook', async () => {
  const { desk: handlers, mei, chat, db } = await aDesk()
  const bytes = await aZip(pdfs(2))
  await handlers.receive(mei, { files: [aSentFile({ name: 'march.zip', bytes })], source: 's' })
  expect(chat.text()).toStartWith('march.zip\n')
  expect(chat.text()).not.toContain('1 of 4')
  expect(await db.selectFrom('uploads').selectAll().execute()).toEqual([])
})

test('of several files, the one that cannot be fetched is named, and nothing starts', async () => {
  const { desk: handlers, mei, chat, db } = await aDesk()
  const lost = aLostFile(
    'b.pdf',
    new UserError('Slack would not hand over “b.pdf”.', 'Please send it again.'),
  )
  await handlers.receive(mei, { files: [aSentFile(SHEET), aSentFile(pdf(1)), lost], source: 's' })
  expect(chat.text()).toBe('orders.csv\nSlack would not hand over “b.pdf”. Please send it again.')
  expect(await db.selectFrom('uploads').selectAll().execute()).toEqual([])
})

test('two events of one sending of files start one wizard', async () => {
  const { desk: handlers, mei, chat } = await aDesk()
  const sending = { files: [SHEET, ...pdfs(3)].map(aSentFile), source: 'C1:1.1:F1' }
  await Promise.all([handlers.receive(mei, sending), handlers.receive(mei, sending)])
  expect(chat.messages).toHaveLength(1)
})

test('40 files of 10 MB are never in memory', async () => {
  const { desk: handlers, mei, db } = await aDesk()
  const before = process.memoryUsage().rss
  let most = before
  const piece = new Uint8Array(1 << 20)
  const large = (n: number) => ({
    name: `scan-${n}.pdf`,
    open: async () =>
      (async function* () {
        for (let i = 0; i < 10; i++) {
          most = Math.max(most, process.memoryUsage().rss)
          yield piece
        }
      })(),
  })
  const files = [aSentFile(SHEET), ...Array.from({ length: 40 }, (_, n) => large(n))]
  await handlers.receive(mei, { files, source: 's' })
  expect((await onlyUpload(db))?.files).toHaveLength(40)
  expect(most - before).toBeLessThan(150 * 2 ** 20)
})

type Desk = Awaited<ReturnType<typeof aDesk>>

async function onlyUpload(db: Desk['db']) {
  const { id } = await db.selectFrom('uploads').select('id').executeTakeFirstOrThrow()
  return findUpload(db, id)
}

const INVOICE: Variable = { name: 'invoice', label: 'Invoice', type: 'file', required: true }

/** The translator reads invoices from now on. */
async function takesFiles({ db, workflows, clock }: Desk): Promise<void> {
  const [, translator] = workflows
  if (!translator) throw new Error('unreachable')
  await updateWorkflow(db, translator.id, { ...translator, variables: [INVOICE] }, clock.now())
}
