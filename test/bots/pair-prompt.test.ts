import { soleLeader } from '../../src/db/leader.ts'
import { describe, expect, test } from 'bun:test'
import { makeResultFile } from '../../src/app/chat-results.ts'
import { findProgress } from '../../src/app/progress.ts'
import { resumeTask } from '../../src/app/tasks.ts'
import { Deliverer } from '../../src/bots/deliverer.ts'
import { factsOf } from '../../src/bots/task-facts.ts'
import { taskPrompt } from '../../src/bots/task-prompt.ts'
import { nextUpdate } from '../../src/bots/task-update.ts'
import { messageOf } from '../../src/bots/discord/render.ts'
import { blocksOf } from '../../src/bots/slack/render.ts'
import { findTaskMessage, insertTaskMessage, listOpenTaskMessages } from '../../src/db/chats/task-messages.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { parseLimit } from '../../src/engine/limits.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { textOfLines } from '../../src/messages/rich-text.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { until } from '../support/bot.ts'
import { FakeChat } from './support/fake-chat.ts'
import { aPair, MEI, over } from '../support/compared.ts'

const PLACE = { platform: 'slack', team: 'T1', channel: 'C1', thread: '1.1' } as const

async function factsNow(bot: Rowbot, id: string) {
  const task = await findTask(bot.db, id)
  if (!task) throw new Error('no task')
  const now = bot.clock.now()
  const progress = await findProgress(task, {
    now,
    work: () => Promise.resolve(new Map()),
    slowdown: () => undefined,
  })
  return factsOf(bot.db, task, { now, progress, pageUrl: undefined })
}

async function aTold(more: Parameters<typeof aPair>[0] = {}) {
  const cast = await aPair(more)
  const { bot, ids } = cast
  await insertTaskMessage(bot.db, {
    taskId: ids.a,
    owner: JSON.stringify({ id: 'U1', name: 'Mei' }),
    place: JSON.stringify(PLACE),
    locale: 'en',
    message: JSON.stringify({ id: '1.2', place: PLACE }),
  })
  return cast
}

test('one message shows both while they run, then how they compare, with a button for each', async () => {
  const { bot, ids } = await aTold()
  const waiting = taskPrompt(await factsNow(bot, ids.a), textsFor('en'))
  expect(waiting.title).toBe('products.xlsx · comparing')
  expect(textOfLines(waiting.lines)).toContain(
    'A · Product copywriter  ░░░░░░░░░░░░░░  0 of 3 B · Slogan writer',
  )
  bot.startRunner()
  await over(bot, ids.a)
  const prompt = taskPrompt(await factsNow(bot, ids.a), textsFor('en'))
  expect(prompt.title).toBe('products.xlsx · compared on 3 rows')
  expect(prompt.buttons.map(({ label }) => label)).toEqual([
    'Go on with A on all 6',
    'Go on with B on all 6',
    'Stop here',
    'Results',
  ])
  for (const rendered of [blocksOf(prompt, ''), messageOf(prompt)])
    expect(JSON.stringify(rendered)).toContain('Slogan writer')
  expect(taskPrompt(await factsNow(bot, ids.a), textsFor('zh')).title).toBe('products.xlsx · 已对比 3 行')
})

test('its file has both', async () => {
  const { bot, ids } = await aTold()
  bot.startRunner()
  const { a } = await over(bot, ids.a)
  const file = await makeResultFile(bot.db, a.task, bot.config.limits)
  expect(file.name).toBe('products.compared.xlsx')
  await file.remove()
})

test('the end of one is not told while the other still runs', async () => {
  const { bot, ids } = await aTold({ count: 0 })
  await bot.db
    .updateTable('batch_tasks')
    .set({ status: 'completed', finished_at: 5 })
    .where('id', '=', ids.a)
    .execute()
  const [row] = await listOpenTaskMessages(bot.db)
  if (!row) throw new Error('its message is not open')
  const how = { place: PLACE, branches: false, isRefused: true }
  const isHandedOver = async () => {
    const update = nextUpdate(row, await factsNow(bot, ids.a), how)
    return update !== undefined && !update.send && update.delivery !== undefined
  }
  expect(await isHandedOver()).toBe(false)
  await bot.db
    .updateTable('batch_tasks')
    .set({ status: 'completed', finished_at: 6 })
    .where('id', '=', ids.b)
    .execute()
  expect(await isHandedOver()).toBe(true)
})

test('the message shows the one that goes on', async () => {
  const { bot, ids } = await aTold()
  bot.startRunner()
  await over(bot, ids.a)
  await resumeTask(bot, MEI, ids.b)
  expect(await findTaskMessage(bot.db, ids.a)).toBeUndefined()
  expect(await findTaskMessage(bot.db, ids.b)).toMatchObject({ shown: null, told_end: null })
  await until(
    () => findTask(bot.db, ids.b),
    (task) => task?.status === 'completed',
  )
  expect(taskPrompt(await factsNow(bot, ids.b), textsFor('en')).title).toContain('a task · completed')
})

describe('when only B is at its limit', () => {
  async function aPaused() {
    const cast = await aTold({ count: 0, limits: { b: parseLimit('0.00001 USD') } })
    const { bot, ids } = cast
    bot.startRunner()
    const find = (id: string) => findTask(bot.db, id)
    await until(
      async () => [await find(ids.a), await find(ids.b)],
      ([a, b]) => a?.status === 'completed' && b?.atLimit === true,
    )
    return { ...cast, find }
  }

  test('the message of both says so, and raises it', async () => {
    const { bot, ids, find } = await aPaused()
    const { title, lines, buttons } = taskPrompt(await factsNow(bot, ids.a), textsFor('en'))
    expect(title).toBe('products.xlsx · paused')
    expect(textOfLines(lines)).toMatch(/B · At its limit: \$\S+ of \$0\.00001 spent; \d rows? left/)
    expect(buttons.map(({ label }) => label)).toEqual(['B: +$0.00001', 'Stop'])

    await bot.engine.raise(ids.b, { from: parseLimit('0.00001 USD'), to: parseLimit('1 USD') }, 'Mei')
    await until(
      () => find(ids.b),
      (b) => b?.status === 'completed',
    )
    expect((await find(ids.a))?.counts.succeeded).toBe(6)
  })

  test('its owner is called once, where the message of both is', async () => {
    const { bot, ids } = await aPaused()
    const chat = new FakeChat(() => bot.clock.now())
    const nothing = () => Promise.reject(new Error('no result is asked for'))
    const deliverer = new Deliverer({
      db: bot.db,
      leader: soleLeader(bot.db),
      clock: bot.clock,
      chats: { slack: chat },
      makeResult: nothing,
      makeZip: nothing,
      factsOf: (task) => factsNow(bot, task.id),
      onFault: (fault) => {
        throw fault
      },
    })
    for (let polls = 0; polls < 2; polls++) {
      await deliverer.poll()
      await deliverer.idle()
    }
    expect(chat.messages).toMatchObject([{ place: PLACE }])
    expect(chat.text(0)).toMatch(/a task has paused and needs you\. @Mei\nB · At its limit/)
    expect(await bot.db.selectFrom('deliveries').select('task_id').execute()).toEqual([{ task_id: ids.a }])
  })
})

test('a resume leaves the one alone that is at its limit', async () => {
  const { bot, ids } = await aTold({ count: 0 })
  await bot.engine.pause(ids.a, 'Mei')
  await bot.db.updateTable('batch_tasks').set({ at_limit: 1 }).where('id', '=', ids.b).execute()
  await bot.engine.resume(ids.a, 'Mei')
  expect(await findTask(bot.db, ids.a)).toMatchObject({ status: 'pending' })
  expect(await findTask(bot.db, ids.b)).toMatchObject({ status: 'paused', atLimit: true })
})
