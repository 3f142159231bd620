import { setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { listAt } from '../../src/bots/json-path.ts'
import { until, withWorkflow } from '../../test/support/bot.ts'
import { type Message, saysOf } from '../../test/support/slack/message.ts'
import type { SlackPerson } from '../../test/support/slack/person.ts'
import { aRowbotInSlack, throughTheSteps, under } from '../../test/support/slack/whole.ts'
import { drawHome, type Said } from './slack-conversation.ts'
import { answered, asked, card, LATER, LATER_ZH, namesOf, write } from './slack-said.ts'
import { letterWorkbook, products, workbookOf } from './workbooks.ts'

/*
 * Draws pictures from real conversations with Rowbot, through a local Slack and the sandbox. Every text, table and
 * button in them was sent by Rowbot.
 *
 *     bun test ./docs/pictures/slack.ts
 */

setDefaultTimeout(120_000)

const PAGE = { ROWBOT_PUBLIC_URL: 'https://rowbot.example.com' }

test('slack.svg: from the file to the result', async () => {
  await drawTheWhole('slack', 'en-US', {
    steps: [
      ['1 of 4', 'Next'],
      ['2 of 4', 'Run the other 22'],
      ['3 of 4', 'Next'],
      ['4 of 4', 'Start'],
    ],
    completed: /completed/,
    later: LATER,
  })
})

test('slack-zh.svg: the same for somebody who reads Chinese', async () => {
  await drawTheWhole('slack-zh', 'zh-CN', {
    steps: [
      ['第 1 步', '下一步'],
      ['第 2 步', '只运行其余 22 行'],
      ['第 3 步', '下一步'],
      ['第 4 步', '开始'],
    ],
    completed: /已完成/,
    later: LATER_ZH,
  })
})

interface Words {
  /** what each of the four steps says, and the button that is clicked there */
  steps: [says: string, button: string][]
  completed: RegExp
  later: string
}

async function drawTheWhole(
  name: keyof typeof LABELS,
  locale: string,
  { steps, completed, later }: Words,
): Promise<void> {
  const { mei, slack } = await aRowbotInSlack({ delayMs: 150, faster: 8 })
  slack.traits.set(mei.id, { locale })
  // Two of its rows cannot run: one name is empty, and one tone is not an option.
  const faulty = products(24, (row) => (row === 13 ? { name: null } : row === 18 ? { tone: 'friendly' } : {}))
  const root = await mei.mention(mei.channel('merch'), await workbookOf(faulty), 'products-q3.xlsx')
  const said: Said[] = [asked(root)]
  for (const [step, button] of steps) {
    const message = await under(mei, root, step)
    said.push({ ...answered(message), ...(said.length > 1 && { later }) })
    await mei.click(message, button)
  }
  said.push({ ...answered(await card(mei, root, /▓/)), later })
  const result = await under(mei, root, '.results.xlsx')
  said.push({ ...answered(await card(mei, root, completed)), later }, answered(result))
  await write(picture(name), said, slack.botUser, mei)
}

test('slack-look-at.svg: a finished task with something to look at', async () => {
  const { mei, slack } = await aRowbotInSlack({ env: PAGE })
  const refused = 'I’m sorry, but I can’t write about this product.'
  const sheet = products(40, (row) => {
    if (row === 12) return { name: refused, tone: 'formal' }
    if (row === 31) return { maxWords: 1 }
    return row === 26 ? { features: '[sandbox: failed]' } : {}
  })
  const root = await mei.mention(mei.channel('merch'), await workbookOf(sheet), 'products-q3.xlsx')
  await throughTheSteps(mei, root)
  const result = await under(mei, root, '.results.xlsx')
  const finished = answered(await card(mei, root, /completed/))
  await write(picture('slack-look-at'), [finished, answered(result)], slack.botUser, mei)
})

test('slack-which-sheet.svg: of two workbooks it is asked which one is the sheet', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const file = async (name: string, rows: number) => ({ name, bytes: await workbookOf(products(rows)) })
  const root = await mei.dropAll([await file('products-q3.xlsx', 24), await file('price-list.xlsx', 12)])
  const question = answered(await under(mei, root, 'Which file is the sheet?'))
  await write(picture('slack-which-sheet'), [asked(root), question], slack.botUser, mei)
})

test('slack-home.svg: the home tab', async () => {
  const { mei, slack, bot } = await aRowbotInSlack()
  const gifts = await start(mei, 'merch', 'gifts.xlsx', 36, (row) =>
    row === 9 || row === 23 ? '[sandbox: failed]' : '',
  )
  await under(mei, gifts, '.results.xlsx')
  const running = await start(mei, 'merch', 'products-q3.xlsx', 240, (row) =>
    row > 132 ? '[sandbox: delay=60000]' : '',
  )
  await card(mei, running, /131 of 240/)
  const direct = await mei.directChannel()
  await start(mei, 'elsewhere', 'returns.xlsx', 18, () => '[sandbox: delay=60]')
  slack.places.archived.add(mei.channel('elsewhere'))
  slack.places.unseen.add(mei.id)
  await until(
    () => bot.db.selectFrom('deliveries').select('task_id').where('state', '=', 'waiting').execute(),
    (waiting) => waiting.length > 0,
  )
  await mei.openHome(direct)
  const blocks = await until(
    () => listAt(slack.views.homes.at(-1)?.view, 'blocks'),
    (all) => saysOf({ blocks: all, text: '' }).includes('131 of 240'),
  )
  const label =
    'The home tab in Slack: a task that runs, with Pause and Stop; a result that waits; recent results.'
  await Bun.write(
    join(import.meta.dir, 'slack-home.svg'),
    drawHome(blocks, namesOf(slack.botUser, mei), label),
  )
})

test('slack-waiting.svg: a row that waits for a person', async () => {
  const { mei, slack, bot, sandbox } = await aRowbotInSlack()
  await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: 'app-sandbox-reply-approval' })
  const root = await mei.mention(mei.channel('merch'), await letterWorkbook(), 'letters.xlsx')
  await throughTheSteps(mei, root)
  const first = await under(mei, root, '1 of 3 wait for an answer')
  await mei.click(first, 'Approve')
  await mei.submit(await mei.form(), { f0: 'a new lid costs nothing' })
  const second = await under(mei, root, '2 of 3 wait for an answer')
  await write(
    picture('slack-waiting'),
    [answered(first), { ...answered(second), later: LATER }],
    slack.botUser,
    mei,
  )
})

/** A task of Mei’s, started in the thread of her message. @param marker says how a row ends in the sandbox */
async function start(
  mei: SlackPerson,
  channel: string,
  file: string,
  rows: number,
  marker: (row: number) => string,
): Promise<Message> {
  // Of this file alone: a file with rows of an earlier one would be asked about.
  const sheet = products(rows, (row) => ({ features: `feature ${row} of ${file} ${marker(row)}` }))
  const root = await mei.mention(mei.channel(channel), await workbookOf(sheet), file)
  await throughTheSteps(mei, root)
  return root
}

const LABELS = {
  slack: 'A batch in Slack: a workbook is sent, four questions are answered, the result comes back.',
  'slack-zh': 'Slack 里的一次批量运行：发送工作簿，回答四个问题，收到结果。',
  'slack-look-at': 'A finished task in Slack: what was done, what failed, which rows to look at and why.',
  'slack-which-sheet':
    'Two workbooks in one message to Rowbot in Slack, which asks which of them is the sheet.',
  'slack-waiting':
    'A row that waits for a person, in the thread in Slack: what is asked, Approve and Reject; then the next row, and who answered the first.',
}

function picture(name: keyof typeof LABELS) {
  return { name, label: LABELS[name] }
}
