import { setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { until } from '../../test/support/bot.ts'
import { aRowbotInDiscord, inChannel, plain, throughTheSteps } from '../../test/support/discord/whole.ts'
import { BOT, IDS, type Message } from '../../test/support/discord/world.ts'
import { drawChannel, type Posted } from './discord-conversation.ts'
import { giftWorkbook, largeWorkbook } from './workbooks.ts'

/*
 * Draws pictures from real conversations with Rowbot, through a local Discord and the sandbox. Every text, table and
 * button in them was sent by Rowbot.
 *
 *     bun test ./docs/pictures/discord.ts
 */

setDefaultTimeout(120_000)

const LATER = 'the same message, a moment later'
const PAGE = { ROWBOT_PUBLIC_URL: 'https://rowbot.example.com' }

test('discord.svg: from the file to the result', async () => {
  const { mei, discord } = await aRowbotInDiscord({ delayMs: 150, faster: 8 })
  // Two of its rows cannot run: one name is empty, and one tone is not an option.
  const faulty = await giftWorkbook(24, (row) =>
    row === 13 ? { name: null } : row === 18 ? { tone: 'friendly' } : {},
  )
  const asked = mei.mention(IDS.merch, faulty, 'gifts.xlsx')
  const posted: Posted[] = [as('Mei', asked)]
  let thread = ''
  for (const [step, button, more] of [
    ['1 of 4', 'Next', { isDrawn: true }],
    ['2 of 4', 'Run the other 22', { isDrawn: true, later: LATER }],
    ['3 of 4', 'Next', { isDrawn: false }],
    ['4 of 4', 'Start', { isDrawn: true, later: 'the same message, after step 3' }],
  ] as const) {
    const message = await inChannel(discord, IDS.merch, step)
    if (more.isDrawn) posted.push({ ...as('Rowbot', message), ...more })
    mei.click(message, button)
    thread = message.id
  }
  const card = (words: RegExp) => seen(() => discord.messagesIn(thread), words)
  const running = as('Rowbot', await card(/▓/))
  const result = as('Rowbot', await inChannel(discord, thread, '.results.xlsx'))
  const place = `the thread “${discord.channels.get(thread)?.name ?? ''}”`
  posted.push(
    { ...as('Rowbot', await inChannel(discord, IDS.merch, 'thread')), later: LATER },
    { ...running, place },
    { ...as('Rowbot', await card(/completed/)), later: LATER },
    result,
  )
  await write('discord', posted, mei.user.id)
})

test('discord-too-large.svg: a result that is too large comes as a link', async () => {
  const { mei, discord } = await aRowbotInDiscord({ env: PAGE })
  mei.mention(IDS.merch, await largeWorkbook(10.2 * 2 ** 20), 'products-q3.xlsx')
  const { id: thread } = await throughTheSteps(mei, IDS.merch)
  const told = as('Rowbot', await inChannel(discord, thread, 'too large'))
  const link = as('Rowbot', await inChannel(discord, mei.direct, 'too large'))
  await write(
    'discord-too-large',
    [
      { ...told, place: `the thread “${discord.channels.get(thread)?.name ?? ''}”` },
      { ...link, place: 'the direct message to Mei' },
    ],
    mei.user.id,
  )
})

async function seen(all: () => Message[], words: RegExp): Promise<Message> {
  const message = await until(
    () => all().find((one) => words.test(plain(one))),
    (one) => one !== undefined,
  )
  if (!message) throw new Error('unreachable')
  return message
}

/** As it stands now: the message may be edited later. */
function as(by: 'Mei' | 'Rowbot', message: Message): Posted {
  const { content, components, attachments } = structuredClone(message)
  return { by, isApp: by === 'Rowbot', content, components, files: attachments }
}

const LABELS = {
  discord:
    'A batch in Discord: a workbook is sent, questions are answered, the result comes back in a thread.',
  'discord-too-large':
    'The thread in Discord says that a link was sent; the direct message to Mei has the link to the result.',
}

async function write(name: keyof typeof LABELS, posted: Posted[], mei: string): Promise<void> {
  const names = new Map([
    [mei, 'Mei'],
    [BOT.id, 'Rowbot'],
  ])
  await Bun.write(join(import.meta.dir, `${name}.svg`), drawChannel(posted, names, LABELS[name]))
}
