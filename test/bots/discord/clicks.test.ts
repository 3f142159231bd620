import { expect, test } from 'bun:test'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { findTask, listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf, customIdOf } from '../../support/discord/seen.ts'
import { IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  SAMPLE,
  throughTheSteps,
  toldIn,
} from '../../support/discord/whole.ts'

/** A task that runs in a thread, long enough to be clicked on. */
async function aRunningTask(delayMs = 400) {
  const cast = await aRowbotInDiscord({ delayMs })
  const { mei, discord, bot } = cast
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const { id: thread } = await throughTheSteps(mei, IDS.merch)
  const progress = await inChannel(discord, thread, 'Product copywriter')
  const [task] = await listTasks(bot.db)
  if (!task) throw new Error('no task')
  const becomes = (status: string) =>
    until(
      () => findTask(bot.db, task.id),
      (now) => now?.status === status,
    )
  const showing = (label: string) =>
    until(
      () => buttonsOf(progress),
      (labels) => labels.includes(label),
    )
  return { ...cast, thread, progress, task, becomes, showing }
}

test('a running task is paused, goes on, and is stopped by the buttons of its message', async () => {
  const { mei, bot, task, discord, progress, thread, becomes, showing } = await aRunningTask()
  mei.click(progress, 'Pause')
  await becomes('paused')
  await showing('Resume')
  mei.click(progress, 'Resume')
  await becomes('running')
  await showing('Stop')
  mei.click(progress, 'Stop')
  await becomes('cancelled')
  await until(
    () => plain(progress),
    (text) => text.includes('stopped'),
  )
  // Who has stopped it knows: no message but the one.
  expect(discord.messagesIn(thread)).toHaveLength(1)

  const { entries } = await listAudit(bot.db)
  const hers = { who: 'Mei', face: 'discord', role: 'member', target: task.id }
  expect(entries).toMatchObject(
    ['stop', 'resume', 'pause', 'create'].map((act) => ({
      action: `task.${act}`,
      ...hers,
      details: { person: expect.stringMatching(/^discord::\d+$/) },
    })),
  )
})

test('somebody else’s click on a task is refused, and told to nobody but them', async () => {
  const { jo, discord, thread, progress, becomes } = await aRunningTask(100)
  jo.click(progress, 'Stop')
  await toldIn(jo, thread, 'This batch is Mei’s.')
  await becomes('completed')
  await inChannel(discord, thread, '.results.xlsx')
  expect(discord.messagesIn(thread)).toHaveLength(2)
})

test('a click on a button that is gone since is answered with what the task is now', async () => {
  const { mei, discord, thread, progress, becomes } = await aRunningTask(100)
  const pause = customIdOf(progress, 'Pause')
  await becomes('completed')
  await inChannel(discord, thread, '.results.xlsx')
  mei.clickId(progress, pause)
  await toldIn(mei, thread, 'There is nothing to pause: test')
})

test('a click that is none of ours, or on what is not there any more, is answered too', async () => {
  const { mei, discord, thread, progress } = await aRunningTask(50)
  await inChannel(discord, thread, '.results.xlsx')
  for (const id of ['task:none:pause', 'draft:none:0000:next', 'something else']) mei.clickId(progress, id)
  await until(
    () => mei.told(thread).length,
    (count) => count === 3,
  )
  expect(mei.told(thread).map(plain)).toContain('There is no task none.')
})

test('failed rows run again by the button, and the new result is posted beside the old one', async () => {
  const { mei, discord, sandbox } = await aRowbotInDiscord()
  sandbox.misbehave({ refuse: { status: 400, code: 'invalid_param', message: 'no' } }, { times: 2 })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const { id: thread } = await throughTheSteps(mei, IDS.merch)
  await inChannel(discord, thread, '.results.xlsx')
  const progress = await inChannel(discord, thread, 'failed')
  mei.click(progress, 'Retry failed (2)')
  await until(
    () => discord.messagesIn(thread).filter(({ attachments }) => attachments.length > 0),
    (results) => results.length === 2,
  )
})

test('every step is there within a second, though no message may be edited, and stands in one message', async () => {
  const { mei, discord } = await aRowbotInDiscord({ delayMs: 60_000 })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const first = await inChannel(discord, IDS.merch, '1 of 4')
  discord.faults.plan(/^PATCH \/channels/, { kind: 'limited', retryAfter: 600, isGlobal: false }, 1_000)
  const waits: number[] = []
  for (const [button, next] of [
    ['Next', '2 of 4'],
    ['Next', '3 of 4'],
    ['Back', '2 of 4'],
    ['Next', '3 of 4'],
    ['Next', '4 of 4'],
    ['Start', 'Started. Progress and the result'],
  ] as const) {
    const clickedAt = performance.now()
    mei.click(first, button)
    await inChannel(discord, IDS.merch, next)
    waits.push(performance.now() - clickedAt)
  }
  expect(waits.toSorted((a, b) => a - b)[3]).toBeLessThan(1_000)
  expect(discord.messagesIn(IDS.merch).filter(({ author }) => author.bot)).toEqual([first])
})

test('a click that Discord lets be answered no more is answered by an edit, or else by a new message', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const first = await inChannel(discord, IDS.merch, '1 of 4')
  discord.faults.plan(/^PATCH \/webhooks/, { kind: 'refuses', status: 401, code: 50_027 }, 2)
  mei.click(first, 'Next')
  await until(
    () => plain(first),
    (text) => text.includes('2 of 4'),
  )
  discord.faults.plan(/^PATCH \/channels/, { kind: 'limited', retryAfter: 600, isGlobal: false })
  mei.click(first, 'Next')
  const second = await inChannel(discord, IDS.merch, '3 of 4')
  expect(second.id).not.toBe(first.id)
  mei.click(second, 'Next')
  expect((await inChannel(discord, IDS.merch, '4 of 4')).id).toBe(second.id)
})

test('a click shows what it did at once, though no message may be edited for a while', async () => {
  const { mei, discord, progress, becomes, showing } = await aRunningTask(60_000)
  discord.faults.plan(/^PATCH \/channels/, { kind: 'limited', retryAfter: 600, isGlobal: false }, 100)
  mei.click(progress, 'Pause')
  await becomes('paused')
  await showing('Resume')
})
