import { test } from 'bun:test'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { type Message, saysOf } from '../../test/support/slack/message.ts'
import type { SlackPerson } from '../../test/support/slack/person.ts'
import { aRowbotInSlack, under } from '../../test/support/slack/whole.ts'
import { drawConversation, type Said } from './slack-conversation.ts'

/*
 * Draws slack.svg from a real conversation with Rowbot, through a local Slack and the sandbox. Every text, table and
 * button in the picture was sent by Rowbot.
 *
 *     bun test ./docs/pictures/slack.ts
 */

const ROWS = 24

test('the picture of a conversation in Slack', async () => {
  const { mei, slack } = await aRowbotInSlack({ delayMs: 150, faster: 8 })
  const root = await mei.mention(mei.channel('merch'), await products(), 'products-q3.xlsx')
  const said: Said[] = [{ ...from('Mei', root), text: '@rowbot please', file: 'products-q3.xlsx' }]

  for (const [step, button] of [
    ['1 of 4', 'Next'],
    ['2 of 4', 'Run the other 22'],
    ['3 of 4', 'Next'],
    ['4 of 4', 'Start'],
  ] as const) {
    const message = await under(mei, root, step)
    said.push({ ...from('Rowbot', message), isEdit: said.length > 1 })
    await mei.click(message, button)
  }
  said.push({ ...from('Rowbot', await progress(mei, root, /▓/)), isEdit: true })
  const result = await under(mei, root, '.results.xlsx')
  said.push({ ...from('Rowbot', await progress(mei, root, /completed/)), isEdit: true })
  said.push({ ...from('Rowbot', result), file: result.files[0]?.name ?? '' })

  const names = new Map([
    [mei.id, 'Mei'],
    [slack.botUser, 'rowbot'],
  ])
  await Bun.write(join(import.meta.dir, 'slack.svg'), drawConversation(said, names))
})

function from(by: string, { text, blocks }: Message): Said {
  return { by, isApp: by === 'Rowbot', text, blocks, isEdit: false }
}

async function progress(mei: SlackPerson, root: Message, words: RegExp): Promise<Message> {
  const message = await mei.slack.until(
    async () => (await mei.thread(root.channel, root.ts)).find((one) => words.test(saysOf(one))),
    (one) => one !== undefined,
  )
  if (!message) throw new Error('unreachable')
  return message
}

/** Two of its rows cannot run: one tone is not an option, and one name is empty. */
async function products(): Promise<Uint8Array> {
  const goods = ['Kettle 1.7 l', 'Desk lamp', 'Folding bicycle', 'Rain jacket', 'Travel mug', 'Bookshelf']
  const features = [
    'boils in 3 min, steel',
    'warm light, USB-C',
    '9.8 kg, folds in 3 s',
    'seams taped',
    'keeps 6 h warm',
    'oak, 5 boards',
  ]
  const tones = ['formal', 'casual', 'playful']
  const rows = Array.from({ length: ROWS }, (_, i) => [
    i === 11 ? null : (goods[i % goods.length] ?? ''),
    features[i % features.length] ?? '',
    i === 16 ? 'friendly' : (tones[i % tones.length] ?? ''),
    `${1_000 + i}`,
  ])
  const book = new ExcelJS.Workbook()
  book.addWorksheet('Products').addRows([['Name', 'Key features', 'Tone', 'SKU'], ...rows])
  return new Uint8Array(await book.xlsx.writeBuffer())
}
