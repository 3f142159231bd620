import { expect } from 'bun:test'
import { type SlackOptions, SlackBot } from '../../../src/bots/slack/app.ts'
import type { Log } from '../../../src/bots/log.ts'
import { later } from '../bot.ts'
import { APP_TOKEN, BOT_TOKEN } from './emulated.ts'
import { LocalSlack } from './local-slack.ts'
import { SlackPerson } from './person.ts'
import { RecordingDesk } from './recording-handlers.ts'
import type { Shown } from '../net/certificates.ts'

/** Whatever a test is about: Slack would have taken every message of it. */
export async function aSlack(shown?: Shown): Promise<LocalSlack> {
  const slack = await LocalSlack.start(shown)
  later(() => expect({ refused: slack.refused, failed: slack.sockets.failed() }).toEqual(NOTHING))
  return slack
}

const NOTHING = { refused: [], failed: [] }

/** What was logged, so that a test can see that nothing went wrong in silence, or what did. */
export class Logged implements Log {
  readonly lines: { level: string; message: string; details: object }[] = []
  warn = (details: object, message: string) => void this.lines.push({ level: 'warn', message, details })
  error = (details: object, message: string) => void this.lines.push({ level: 'error', message, details })
}

export function botOptions(slack: LocalSlack, log: Log, options: Partial<SlackOptions> = {}): SlackOptions {
  return {
    botToken: BOT_TOKEN,
    appToken: APP_TOKEN,
    signingSecrets: [],
    apiUrl: slack.apiUrl,
    allowGuests: false,
    maxFileBytes: 50 * 2 ** 20,
    maxFilesBytes: 4096 * 2 ** 20,
    log,
    pauseMs: 20,
    ...options,
  }
}

/** A bot in a local Slack, before a desk that only notes what it is asked. */
export async function aSlackBot(options: Partial<SlackOptions> = {}) {
  const slack = await aSlack()
  const log = new Logged()
  const bot = new SlackBot(botOptions(slack, log, options))
  const handlers = new RecordingDesk()
  later(() => bot.stop(0))
  await bot.start(handlers)
  const people = { mei: new SlackPerson(slack, 'mei'), jo: new SlackPerson(slack, 'jo') }
  return { slack, log, bot, desk: handlers, ...people }
}
