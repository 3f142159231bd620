import { expect } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { DiscordBot, type DiscordOptions } from '../../../src/bots/discord/app.ts'
import type { DiscordChatHandlers } from '../../../src/bots/discord/handlers.ts'
import type { Log } from '../../../src/bots/log.ts'
import { ChatOps } from '../../../src/serve/chat-ops.ts'
import type { Clock } from '../../../src/engine/clock.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'
import { aBot, later, openBot } from '../bot.ts'
import { LocalDiscord } from './local-discord.ts'
import { DiscordPerson } from './person.ts'
import { buttonsOf, saysOf } from './seen.ts'
import { BOT, type Message, TOKEN } from './world.ts'
import type { Shown } from '../net/certificates.ts'

export const SAMPLE = {
  name: 'test_batch_data.xlsx',
  bytes: new Uint8Array(readFileSync(join(import.meta.dir, '../../../samples/test_batch_data.xlsx'))),
}

/** Waiting is a twentieth of what it is in life: between two edits, say. */
const FASTER = 20
/** The rows have the times of the real clock. */
const BEGAN = Date.now()
const FAST_CLOCK = fastClock(BEGAN, FASTER)

function fastClock(began: number, faster: number): Clock {
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

/** Whatever a test is about: Discord would have taken every message of it. */
export function aDiscord(shown?: Shown): LocalDiscord {
  const discord = LocalDiscord.start(shown)
  later(() => expect({ refused: discord.refused, late: discord.late }).toEqual({ refused: [], late: [] }))
  return discord
}

/** What was logged, so that a test can see that nothing went wrong in silence, or what did. */
export class Logged implements Log {
  readonly lines: { level: string; message: string; details: object }[] = []
  warn = (details: object, message: string) => void this.lines.push({ level: 'warn', message, details })
  error = (details: object, message: string) => void this.lines.push({ level: 'error', message, details })
}

/** Nobody answers. */
export const NO_DESK: DiscordChatHandlers = {
  receive: () => Promise.resolve(),
  click: () => Promise.resolve(),
  submit: () => Promise.resolve({ done: Promise.resolve() }),
  command: () => Promise.resolve(),
  choices: () => Promise.resolve([]),
  localeOf: () => Promise.resolve(undefined),
  reopened: () => Promise.resolve(),
}

export function botOptions(
  discord: LocalDiscord,
  log: Log,
  more: Partial<DiscordOptions> = {},
): DiscordOptions {
  return {
    token: TOKEN,
    apiUrl: discord.apiUrl,
    maxFileBytes: 20 * 2 ** 20,
    maxFilesBytes: 4096 * 2 ** 20,
    log,
    pauseMs: 20,
    ...more,
  }
}

/** The whole product in a local Discord, beside a sandbox of Dify: nothing of ours is replaced. */
export async function aRowbotInDiscord(
  options: Parameters<typeof aBot>[0] & {
    discord?: Partial<DiscordOptions>
    zh?: boolean
    /** how much quicker than in life, if not as usual */
    faster?: number
  } = {},
) {
  const cast = await aBot(options)
  const discord = aDiscord()
  const clock = options.faster === undefined ? FAST_CLOCK : fastClock(Date.now(), options.faster)
  const running = await serveIn(discord, cast.bot, options.discord, clock)
  cast.bot.startRunner()
  const mei = new DiscordPerson(discord, 'mei', options.zh ? 'zh-CN' : 'en-US')
  return { ...cast, discord, running, mei, jo: new DiscordPerson(discord, 'jo') }
}

/** The chat side of a bot, until it is stopped. */
export async function serveIn(
  discord: LocalDiscord,
  bot: Rowbot,
  options: Partial<DiscordOptions> = {},
  clock = FAST_CLOCK,
) {
  const log = new Logged()
  const discordBot = new DiscordBot(botOptions(discord, log, options))
  const ops = new ChatOps(bot, {
    chats: { discord: discordBot.chat },
    isAdmin: () => false,
    clock,
  })
  const handlers = ops.handlersFor('discord', discordBot.chat)
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= discordBot.stop().then(() => ops.stop()))
  later(stop)
  await ops.start()
  await discordBot.start(handlers)
  return { discordBot, log, stop }
}

type Cast = Awaited<ReturnType<typeof aRowbotInDiscord>>

/** The same data folder and the same Discord, after the process ended: another one takes over. */
export async function restart({
  discord,
  folder,
  bot,
  running,
}: Pick<Cast, 'discord' | 'folder' | 'bot' | 'running'>) {
  await running.stop()
  await bot.close()
  const next = await openBot(folder)
  const serving = await serveIn(discord, next)
  next.startRunner()
  return { bot: next, running: serving }
}

/** The bot's message in a channel or thread that says so, as soon as one does. */
export async function inChannel(discord: LocalDiscord, channel: string, words: string): Promise<Message> {
  const ours = () => discord.messagesIn(channel).filter(({ author }) => author.id === BOT.id)
  return found(discord, ours, words)
}

/** What a person alone is told there, as soon as they are. */
export async function toldIn(person: DiscordPerson, channel: string, words = ''): Promise<Message> {
  return found(person.discord, () => person.told(channel), words)
}

async function found(discord: LocalDiscord, look: () => Message[], words: string): Promise<Message> {
  const says = (message: Message) =>
    plain(message).includes(words) || message.attachments.some(({ filename }) => filename.includes(words))
  const message = await discord.until(
    () => look().find(says),
    (one) => one !== undefined,
  )
  if (!message) throw new Error('unreachable')
  return message
}

/** What a message says, as a person reads it: escapes are not seen. */
export function plain(message: Message): string {
  return saysOf(message).replaceAll(/\\(?=[^\w\s])/g, '')
}

/** Next, Next, Next, Start: each as soon as its step is shown in this channel. */
export async function throughTheSteps(
  person: DiscordPerson,
  channel: string,
  last = 'Start',
): Promise<Message> {
  let message: Message | undefined
  for (const [step, button] of STEPS) {
    message = await inChannel(person.discord, channel, step)
    person.click(message, button === 'Start' ? last : forwardIn(buttonsOf(message), button))
  }
  if (!message) throw new Error('unreachable')
  return message
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
export async function resultOf(
  discord: LocalDiscord,
  { attachments }: Message,
): Promise<Map<number, string[]>> {
  const [file] = attachments
  if (!file) throw new Error('no file')
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(Buffer.from(discord.contentOf(file)).buffer)
  const sheet = book.worksheets[0]
  const rows = new Map<number, string[]>()
  const at = cellsOf(sheet?.getRow(1)).indexOf('row')
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
