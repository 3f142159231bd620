import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { SlackBot } from '../../../src/bots/slack/app.ts'
import { ChatOps } from '../../../src/serve/chat-ops.ts'
import type { Clock } from '../../../src/engine/clock.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'
import { aBot, later, openBot } from '../bot.ts'
import type { LocalSlack } from './local-slack.ts'
import { buttonsOf, type Message, saysOf } from './message.ts'
import { SlackPerson } from './person.ts'
import { aSlack, botOptions, Logged } from './rig.ts'

export const SAMPLE = {
  name: 'test_batch_data.xlsx',
  bytes: new Uint8Array(readFileSync(join(import.meta.dir, '../../../samples/test_batch_data.xlsx'))),
}

/** Waiting, between two edits say, is a twentieth of what it is in life. */
const FASTER = 20

function fastClock(faster: number): Clock {
  const began = Date.now() // the rows have the times of the real clock
  return {
    now: () => began + (Date.now() - began) * faster,
    monotonicNow: () => began + (Date.now() - began) * faster,
    uptime: () => (Date.now() - began) * faster,
    after(ms, action) {
      const timer = setTimeout(action, ms / faster)
      return () => clearTimeout(timer)
    },
  }
}

/** The whole product in a local Slack, beside a sandbox of Dify: nothing of ours is replaced. */
export async function aRowbotInSlack(options: Parameters<typeof aBot>[0] & { faster?: number } = {}) {
  const cast = await aBot(options)
  const slack = await aSlack()
  const running = await serveIn(slack, cast.bot, options.faster)
  cast.bot.startRunner()
  const people = { mei: new SlackPerson(slack, 'mei'), jo: new SlackPerson(slack, 'jo') }
  return { ...cast, slack, running, ...people }
}

/** The chat side of a bot, until it is stopped. */
export async function serveIn(slack: LocalSlack, bot: Rowbot, faster = FASTER) {
  const log = new Logged()
  const slackBot = new SlackBot(botOptions(slack, log))
  const ops = new ChatOps(bot, {
    chats: { slack: slackBot.chat },
    isAdmin: () => false,
    clock: fastClock(faster),
  })
  const handlers = ops.handlersFor('slack', slackBot.chat)
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= slackBot.stop().then(() => ops.stop()))
  later(stop)
  await ops.start()
  await slackBot.start(handlers)
  return { slackBot, log, stop }
}

/** The same data folder and the same Slack, after the process ended: another one takes over. */
export async function restart({ slack, folder, bot, running }: Awaited<ReturnType<typeof aRowbotInSlack>>) {
  await running.stop()
  await bot.close()
  const next = await openBot(folder)
  const serving = await serveIn(slack, next)
  next.startRunner()
  return { bot: next, ...serving }
}

/** The answer under this message that says so, as soon as one does. */
export async function under(
  person: SlackPerson,
  root: Pick<Message, 'channel' | 'ts'>,
  words: string,
): Promise<Message> {
  const answers = async () => (await person.thread(root.channel, root.ts)).filter(isAnswer)
  return found(person, answers, words)

  // A message of the bot's own may be the root.
  function isAnswer({ ts, user }: Message): boolean {
    return ts !== root.ts || user === person.slack.botUser
  }
}

/** The message of the bot in a channel that says so, as soon as it does. */
export async function inChannel(person: SlackPerson, channel: string, words: string): Promise<Message> {
  const ours = async () =>
    (await person.messages(channel)).filter(({ user }) => user === person.slack.botUser)
  return found(person, ours, words)
}

async function found(person: SlackPerson, look: () => Promise<Message[]>, words: string): Promise<Message> {
  const says = (message: Message) =>
    saysOf(message).includes(words) || message.files.some(({ name }) => name.includes(words))
  const message = await person.slack.until(
    async () => (await look()).find(says),
    (one) => one !== undefined,
  )
  if (!message) throw new Error('unreachable')
  return message
}

/** Next, Next, Next, Start: each as soon as its step is shown under this message. */
export async function throughTheSteps(
  person: SlackPerson,
  root: Pick<Message, 'channel' | 'ts'>,
  last = 'Start',
) {
  for (const [step, button] of STEPS) {
    const message = await under(person, root, step)
    await person.click(message, button === 'Start' ? last : forwardIn(buttonsOf(message), button))
  }
}

/** Where another task of the channel with the same rows is over already, the check offers its answers beside. */
function forwardIn(buttons: string[], button: string): string {
  return buttons.includes(button) ? button : (buttons.find((one) => one.startsWith('Run all')) ?? button)
}

export const STEPS = [
  ['1 of 4', 'Next'],
  ['2 of 4', 'Next'],
  ['3 of 4', 'Next'],
  ['4 of 4', 'Start'],
] as const

/** The first sheet of a result: its cells by row number of the person's sheet. */
export async function resultOf(person: SlackPerson, message: Message): Promise<Map<number, string[]>> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(Buffer.from(await contentOf(person, message)).buffer)
  const rows = new Map<number, string[]>()
  const sheet = book.worksheets[0]
  const headings = cellsOf(sheet?.getRow(1))
  const at = headings.indexOf('row')
  for (let i = 2; i <= (sheet?.rowCount ?? 0); i++) {
    const cells = cellsOf(sheet?.getRow(i))
    rows.set(at < 0 ? i : Number(cells[at]), cells) // their own workbook has the rows where they were
  }
  return rows
}

function cellsOf(row: ExcelJS.Row | undefined): string[] {
  const cells: string[] = []
  row?.eachCell({ includeEmpty: true }, (cell) => cells.push(cell.text))
  return cells
}

/** The bytes of a file in Slack. */
export async function contentOf(person: SlackPerson, { files }: Message): Promise<Uint8Array> {
  const [file] = files
  if (!file) throw new Error('no file')
  const response = await fetch(`${person.slack.emulator}/files-pri/${file.id}/${file.name}`, {
    headers: { authorization: `Bearer ${person.token}` },
  })
  return new Uint8Array(await response.arrayBuffer())
}
