import { expect, test } from 'bun:test'
import { insertTaskMessage } from '../../src/db/chats/task-messages.ts'
import { orderOf, until } from '../support/bot.ts'
import { saysOf } from '../support/discord/seen.ts'
import { aRowbotInDiscord } from '../support/discord/whole.ts'
import { IDS, snowflake } from '../support/discord/world.ts'
import { waitClock } from '../support/own-time.ts'
import { aBusySlack } from './support/busy-slack.ts'

/** Slack gives three seconds. Alone on a machine it takes a tenth of one: `bun run bench chats`. */
const LIMIT_MS = 3_000

test('30 tasks in 10 channels of a Slack with limits: no call is too many, and every click is answered in time', async () => {
  const { clickMs, mostEdits, tooMany, duringRead, results, completed } = await aBusySlack(
    {
      tasks: 30,
      channels: 10,
      rows: 16,
      rowMs: 100,
      faster: 10,
      sheetRows: 100_000,
      clicks: 15,
    },
    waitClock,
  )
  expect(tooMany).toEqual([])
  expect(mostEdits).toBeLessThanOrEqual(40)
  expect(clickMs.length).toBeGreaterThan(3)
  expect(middle(clickMs)).toBeLessThan(LIMIT_MS)
  expect(duringRead).toBeGreaterThan(0)
  expect({ results, completed }).toEqual({ results: 30, completed: 30 })
})

test('30 tasks in 10 channels of a Discord with limits: no call is too many, and each result is there once', async () => {
  const { discord, bot, workflow, mei } = await aRowbotInDiscord({ delayMs: 50, limit: 10 })
  // A twentieth of five seconds, as everything that is waited for. Discord’s second for all calls is a real one, and has
  // 50: discord.js begins its seconds when it likes, so that any second of ours has calls of two of its own.
  discord.rate = { limit: 5, windowMs: 250, perSecond: 2 * 50 }
  const owner = { platform: 'discord', team: '', id: mei.user.id, name: 'Mei', roles: [] }
  const threads: string[] = []
  for (let i = 0; i < 30; i++) {
    const channel = i < 10 ? snowflake() : (discord.channels.get(threads[i % 10] ?? '')?.parent ?? '')
    discord.channels.set(channel, { id: channel, type: 0, name: `busy-${i % 10}` })
    const thread = snowflake()
    discord.channels.set(thread, { id: thread, type: 11, name: `task ${i}`, parent: channel })
    threads.push(thread)
    const { id } = await bot.engine.submit(orderOf(workflow, 4, { name: `busy-task-${i}` }))
    await insertTaskMessage(bot.db, {
      taskId: id,
      owner: JSON.stringify(owner),
      place: JSON.stringify({ platform: 'discord', team: IDS.guild, channel, thread }),
      locale: 'en',
      message: null,
    })
  }
  const filesIn = (thread: string) =>
    discord.messagesIn(thread).filter(({ attachments }) => attachments.length > 0).length
  const cardsIn = (thread: string) =>
    discord.messagesIn(thread).filter((one) => saysOf(one).includes('completed')).length
  await until(
    () => threads.filter((thread) => filesIn(thread) > 0 && cardsIn(thread) > 0).length,
    (done) => done === 30,
  )
  expect(threads.map((thread) => [filesIn(thread), cardsIn(thread)])).toEqual(threads.map(() => [1, 1]))
  expect(discord.calls.filter(({ status }) => status === 429).map(({ path }) => path)).toEqual([])
})

/** A slow moment of a busy machine says nothing of the others. */
function middle(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity
}
