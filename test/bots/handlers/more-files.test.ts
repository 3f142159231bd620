import { expect, test } from 'bun:test'
import { UserError } from '../../../src/engine/user-error.ts'
import type { Requester } from '../../../src/messages/people.ts'
import { asker, PLACE } from '../../wizard/support/cast.ts'
import { aPdf, filesAlong, INVOICES, newestUpload, takesFiles } from '../../support/takes-files.ts'
import { aZip } from '../../support/zip.ts'
import { aDesk } from '../support/cast.ts'
import { aLostFile, aSentFile } from '../support/sent.ts'

type Sheet = { name: string; bytes: Uint8Array }
const THREAD = [PLACE.thread ?? '']

/** The translator takes invoices, and one sheet of them has been sent. */
async function aDraft(files: Sheet[] = [INVOICES, aPdf(1)]) {
  const cast = await aDesk()
  const [, translator] = cast.workflows
  if (!translator) throw new Error('unreachable')
  await takesFiles(cast.db, translator)
  const send = (sent: Sheet[], more: { who?: Requester; source?: string; answered?: string[] } = {}) =>
    cast.desk.receive(more.who ?? cast.mei, {
      files: sent.map(aSentFile),
      source: more.source ?? crypto.randomUUID(),
      ...(more.answered && { answered: more.answered }),
    })
  await send(files)
  return { ...cast, send, press: cast.press }
}

test('files in the thread are added to the draft, and its message shows them', async () => {
  const { send, chat, db, press } = await aDraft()
  await press('Next')
  expect(chat.text()).toContain('1 file came along')
  await send([aPdf(2)], { answered: THREAD })
  expect(chat.text()).toContain('2 files came along')
  expect(chat.text()).toContain('All 2 rows can run.')
  expect(await filesAlong(db)).toEqual(['invoice-1.pdf', 'invoice-2.pdf'])
  expect(chat.messages).toHaveLength(1)
})

test('so is what is in a ZIP, and rows where each file is one', async () => {
  const { send, chat, db } = await aDraft([aPdf(1), aPdf(2)])
  expect(chat.text()).toContain('2 files, a row each')
  const bytes = await aZip([aPdf(3), aPdf(4)])
  await send([{ name: 'more.zip', bytes }], { answered: THREAD })
  expect(chat.text()).toContain('4 files, a row each')
  expect((await newestUpload(db))?.fileName).toBe('4 files')
})

test('in a later step, they are shown in the check', async () => {
  const { send, chat, press } = await aDraft([INVOICES, aPdf(1), aPdf(2)])
  for (const label of ['Next', 'Next', 'Next']) await press(label)
  expect(chat.text()).toContain('4 of 4')
  await send([aPdf(3)], { answered: THREAD })
  expect(chat.text()).toContain('2 of 4')
  expect(chat.text()).toContain('3 files came along')
})

test('two events about one message add its files once', async () => {
  const { send, chat, db } = await aDraft([aPdf(1), aPdf(2)])
  const edits = chat.messages[0]?.edits.length ?? 0
  const twice = () => send([aPdf(3)], { answered: THREAD, source: 'C1:2.2:F3' })
  await Promise.all([twice(), twice()])
  await twice()
  expect(await filesAlong(db)).toHaveLength(3)
  expect(chat.messages[0]?.edits).toHaveLength(edits + 1)
  expect(chat.messages).toHaveLength(1)
  expect(chat.told).toEqual([])
})

test('two messages at once are both added', async () => {
  const { send, db } = await aDraft([aPdf(1), aPdf(2)])
  await Promise.all([send([aPdf(3)], { answered: THREAD }), send([aPdf(4)], { answered: THREAD })])
  expect(await filesAlong(db)).toHaveLength(4)
})

test.each<[string, Sheet[] | 'zip', Partial<{ who: Requester; answered: string[] }>]>([
  ['a workbook among them', [INVOICES, aPdf(2)], {}],
  ['a ZIP with a workbook', 'zip', {}],
  ['somebody else', [aPdf(2), aPdf(3)], { who: asker('Jo') }],
  ['another thread', [aPdf(2), aPdf(3)], { answered: ['9.9'] }],
])('%s starts a wizard', async (_, files, more) => {
  const { send, chat } = await aDraft()
  const sent = files === 'zip' ? [{ name: 'all.zip', bytes: await aZip([INVOICES, aPdf(2)]) }] : files
  await send(sent, { answered: THREAD, ...more })
  expect(chat.messages).toHaveLength(2)
  expect(chat.text(1)).toContain('1 of 4')
})

test('a draft that is over takes no more files: a new one starts', async () => {
  const { send, chat, press } = await aDraft()
  await press('Cancel')
  await send([aPdf(2), aPdf(3)], { answered: THREAD })
  expect(chat.text(1)).toContain('2 files, a row each')
})

test('while the first files are being read, it is said that they are', async () => {
  const { desk, mei, chat, clock, send } = await aDraft([INVOICES])
  await clock.pass(1)
  const held = Promise.withResolvers<void>()
  const slow = {
    name: 'slow.pdf',
    open: async () => {
      await held.promise
      return aSentFile(aPdf(1)).open()
    },
  }
  const reading = desk.receive(mei, { files: [aSentFile(INVOICES), slow], source: 'slow' })
  while (chat.messages.length < 2) await Bun.sleep(1)
  await send([aPdf(2)], { answered: THREAD })
  expect(chat.told.map(({ text }) => text)).toEqual([
    'That upload is still being read. Send these files again as soon as its check is shown.',
  ])
  held.resolve()
  await reading
  expect(chat.text(1)).toContain('1 of 4')
})

test('a reply to the message of the draft is enough', async () => {
  const { send, chat, db } = await aDraft([aPdf(1), aPdf(2)])
  await send([aPdf(3)], { answered: [chat.messages[0]?.id ?? ''] })
  expect(await filesAlong(db)).toHaveLength(3)
})

test('a direct message in Discord, which is its own thread, is a new sending unless it replies', async () => {
  const { desk, mei, chat } = await aDraft()
  const direct = { ...mei, place: { ...PLACE, channel: 'D1', thread: 'D1' } }
  const send = (answered: string[]) =>
    desk.receive(direct, { files: [aPdf(2), aPdf(3)].map(aSentFile), source: crypto.randomUUID(), answered })
  await send(['D1'])
  await send(['D1'])
  expect(chat.messages).toHaveLength(3)
})

test('what cannot be added is told, and the draft stays as it is', async () => {
  const { desk, mei, chat, db } = await aDraft([aPdf(1), aPdf(2)])
  const before = chat.text()
  const lost = aLostFile('c.pdf', new UserError('Slack would not hand over “c.pdf”.'))
  await desk.receive(mei, { files: [aSentFile(aPdf(3)), lost], source: 's', answered: THREAD })
  expect(chat.told[0]?.text).toContain('would not hand over “c.pdf”')
  expect(chat.text()).toBe(before)
  expect(await filesAlong(db)).toHaveLength(2)
})

test('a corrected sheet keeps the files that came along; new ones of the same name win', async () => {
  const { desk, mei, chat, db, press } = await aDraft([INVOICES, aPdf(1), aPdf(2)])
  await press('Next')
  const id = buttonId(chat, 'Send another file')
  const next = { name: 'corrected.csv', bytes: INVOICES.bytes }
  const larger = { name: 'invoice-2.pdf', bytes: new TextEncoder().encode('%PDF-1.7\nlarger than before') }
  const submitted = await desk.submit(mei, id, {}, { files: [next, larger].map(aSentFile), source: 's' })
  await submitted.done
  expect(chat.text()).toContain('corrected.csv')
  expect(chat.text()).toContain('2 files came along')
  expect((await newestUpload(db))?.files?.map(({ size }) => size)).toEqual([17, 27])
})

test('Add files is offered where files are of use, and its form adds them', async () => {
  const { desk, mei, chat, db, press } = await aDraft()
  await press('Next')
  const submitted = await desk.submit(
    mei,
    buttonId(chat, 'Add files'),
    {},
    {
      files: [aSentFile({ name: 'more.zip', bytes: await aZip([aPdf(2)]) })],
      source: 's',
    },
  )
  await submitted.done
  expect(chat.text()).toContain('All 2 rows can run.')
  expect(await filesAlong(db)).toEqual(['invoice-1.pdf', 'invoice-2.pdf'])
  const workbook = await desk.submit(
    mei,
    buttonId(chat, 'Add files'),
    {},
    {
      files: [aSentFile(INVOICES)],
      source: 't',
    },
  )
  await workbook.done
  expect(chat.told[0]?.text).toContain('“invoices.csv” is a workbook')
})

test('Add files is not offered for a workflow without an input for files', async () => {
  const { receive, chat, press } = await aDesk()
  await receive()
  await press('Next')
  expect(chat.text()).toContain('2 of 4')
  expect(chat.messages[0]?.prompt.buttons.map(({ label }) => label)).not.toContain('Add files')
})

test('a crash while several files are fetched ends their message with a sentence', async () => {
  const { desk, mei, chat, rebuild } = await aDraft()
  const never = { name: 'b.pdf', open: () => new Promise<never>(() => {}) }
  void desk.receive(mei, { files: [aSentFile(INVOICES), aSentFile(aPdf(1)), never], source: 'crash' })
  while (chat.messages.length < 2) await Bun.sleep(1)
  expect(chat.text(1)).toContain('Reading 3 files…')
  const next = rebuild().desk
  await next.start()
  next.stop()
  expect(chat.text(1)).toContain('I was restarted while fetching the file.')
  expect(chat.text(0)).toContain('1 of 4') // that one had been read
})

function buttonId(chat: Awaited<ReturnType<typeof aDesk>>['chat'], label: string): string {
  const button = chat.messages[0]?.prompt.buttons.find((one) => one.label === label)
  if (!button || !('id' in button) || button.id === undefined) throw new Error(`no button “${label}”`)
  return button.id
}
