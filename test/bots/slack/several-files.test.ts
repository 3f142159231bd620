import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { aSlackBot } from '../../support/slack/rig.ts'
import { newForm } from '../../../src/wizard/forms.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'
import { bytesOf } from '../support/sent.ts'

const SHEET = { name: 'orders.csv', bytes: new TextEncoder().encode('Name\nKettle\n') }
const pdfs = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    name: `invoice-${n}.pdf`,
    bytes: new TextEncoder().encode(`%PDF-1.7 ${n}`),
  }))

test('a workbook and three files in one message are one sending, each with its own bytes', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  const all = [...pdfs(3), SHEET]
  await mei.dropAll(all)
  const [received] = await until(
    () => handlers.received,
    (list) => list.length > 0,
  )
  const files = received?.sending.files ?? []
  expect(files.map(({ name }) => name)).toEqual(all.map(({ name }) => name))
  for (const { name, bytes } of all)
    expect(await bytesOf(files.find((file) => file.name === name))).toEqual(bytes)
  expect(handlers.received).toHaveLength(1)
})

test('ten files of a form, two workbooks among them, are one sending', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  handlers.onCommand = async (_, __, openForm) => openForm(newForm(textsFor('en')))
  await mei.command(mei.channel('merch'), 'new')
  await mei.submit(await mei.form(), {}, ...pdfs(8), SHEET, { ...SHEET, name: 'more.csv' })
  const [submitted] = await until(
    () => handlers.submitted,
    (list) => list.length > 0,
  )
  expect(submitted?.sending?.files).toHaveLength(10)
})
