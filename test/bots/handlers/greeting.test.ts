import { expect, test } from 'bun:test'
import { isGreeting, isHelpWord, localeOfText } from '../../../src/bots/handlers/greeting.ts'
import { asker } from '../../wizard/support/cast.ts'
import { aDesk } from '../support/cast.ts'

test.each([
  '',
  ' ',
  '？',
  '?',
  'hello',
  'Hi!',
  'hey there',
  '你好',
  '您好！',
  '在吗',
  '你好，请问怎么用',
  'Can you read .csv?',
])('“%s” is a greeting or a question', (text) => {
  expect(isGreeting(text)).toBeTrue()
})

test.each([
  'please',
  'list',
  'this is the new sheet',
  'high time',
  'frobnicate',
  '请处理这个表格',
  'can you run <https://docs.google.com/spreadsheets/d/1A/edit|Orders>?',
  'hi https://example.com/orders.xlsx',
])('“%s” is none', (text) => {
  expect(isGreeting(text)).toBeFalse()
})

test('help is help in both languages', () => {
  for (const word of ['help', 'Help!', '帮助', '幫助']) expect(isHelpWord(word)).toBeTrue()
  expect(isHelpWord('help me please')).toBeFalse()
})

test('who writes Chinese is answered in Chinese, who writes English in the language of their chat', () => {
  expect(localeOfText('你好', 'en-US')).toBe('zh-CN')
  expect(localeOfText('在嗎', 'en-US')).toBe('zh-TW')
  expect(localeOfText('你好', 'zh-TW')).toBe('zh-TW')
  expect(localeOfText('hello', 'zh-CN')).toBe('zh-CN')
})

const open = () => Promise.resolve()

test('a greeting is answered with what Rowbot does, what to do now, and the commands, in three lines', async () => {
  const { desk: handlers, mei, chat } = await aDesk()
  await handlers.command(mei, 'hello', '', open)
  const [does, now, commands, ...more] = chat.told[0]?.text.split('\n') ?? []
  expect(does).toContain('every row of a workbook')
  expect(now).toContain('send me a workbook')
  expect(commands).toBe(
    'Commands: /batch new · list · status · pause · resume · stop · retry · results · template · help',
  )
  expect(more).toEqual([])
})

test('in the person’s language: that of what they wrote, if it is Chinese', async () => {
  const { desk: handlers, mei, chat } = await aDesk()
  await handlers.command(mei, '你好', '', open)
  await handlers.command(asker('Mei', { locale: 'zh-CN' }), 'hello', '', open)
  for (const { text } of chat.told) expect(text).toStartWith('我对表格的每一行运行一个 Dify 工作流')
  await handlers.command(mei, '帮助', '', open)
  expect(chat.told[2]?.text).toContain('/batch retry <任务> 重新运行失败的行')
})

test('a template is sent to who asked for it, and nobody else sees it', async () => {
  const { desk: handlers, mei, chat } = await aDesk()
  await handlers.command(mei, 'template', 'prod', open)
  expect(chat.uploads).toMatchObject([
    { name: 'Product copywriter.template.xlsx', place: { channel: 'D-U-Mei' } },
  ])
  expect(chat.told).toEqual([
    { to: 'Mei', text: 'I have sent you Product copywriter.template.xlsx in a direct message.' },
  ])
})

test('so is the one of the wizard’s button; who takes no direct messages gets it in the thread', async () => {
  const { receive, press, chat } = await aDesk()
  await receive()
  await press('Template')
  expect(chat.uploads).toMatchObject([{ place: { channel: 'D-U-Mei' } }])
  chat.noDirect = true
  await press('Template')
  expect(chat.uploads[1]).toMatchObject({ place: { channel: 'C1', thread: '1.1' } })
  expect(chat.told).toHaveLength(1)
})

test('in the direct message itself it comes at once, without another word', async () => {
  const { desk: handlers, mei, chat } = await aDesk()
  const place = { ...mei.place, channel: 'D1' }
  await handlers.command({ ...mei, place }, 'template', 'prod', open)
  expect(chat.uploads).toMatchObject([{ place: { channel: 'D1' } }])
  expect(chat.told).toEqual([])
})
