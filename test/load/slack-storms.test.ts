import { expect, test } from 'bun:test'
import { listTasks } from '../../src/db/tasks/tasks.ts'
import { until } from '../support/bot.ts'
import { saysOf } from '../support/slack/message.ts'
import { said } from '../support/slack/notices.ts'
import { largeXlsx } from '../workbook/support/xlsx.ts'
import {
  STEPS,
  aRowbotInSlack,
  restart,
  resultOf,
  SAMPLE,
  throughTheSteps,
  under,
} from '../support/slack/whole.ts'
import { waitClock } from '../support/own-time.ts'

test('a restart at every step of the wizard, and in the middle of the task, loses nothing', async () => {
  const cast = await aRowbotInSlack({ delayMs: 40 })
  const { mei, slack, sandbox } = cast
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  let now: Awaited<ReturnType<typeof restart>> | undefined
  const again = async () => {
    now = await restart(now ? { ...cast, bot: now.bot, running: now } : cast)
  }
  for (const [step, button] of STEPS) {
    const message = await under(mei, dropped, step)
    await again()
    await mei.click(message, button)
  }
  await until(
    () => sandbox.hits().length,
    (hits) => hits > 0,
  )
  await again()
  const rows = await resultOf(mei, await under(mei, dropped, '.results.xlsx'))
  expect([...rows.keys()]).toEqual([2, 3, 4, 5, 6])
  expect(await mei.thread(dropped.channel, dropped.ts)).toHaveLength(3)
  expect(slack.done('chat.postMessage')).toHaveLength(1)
})

test('a storm of 429, 502 and lost answers ends with one message, one result and the final state', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await under(mei, dropped, '1 of 4')
  slack.faults.plan('chat.update', { kind: 'limited', retryAfter: 1 }, 1)
  await throughTheSteps(mei, dropped)
  slack.faults.plan('chat.update', { kind: 'down' }, 2)
  slack.faults.plan('chat.update', { kind: 'limited', retryAfter: 2 }, 1)
  slack.faults.plan('files.getUploadURLExternal', { kind: 'down' }, 1)
  slack.faults.plan('upload', { kind: 'down' }, 1)
  slack.faults.plan('files.completeUploadExternal', { kind: 'unheard' }, 1)
  await under(mei, dropped, '.results.xlsx')
  await until(
    () => under(mei, dropped, 'test_batch_data · Product copywriter'),
    (message) => saysOf(message).includes('completed'),
  )
  // Long enough, by the reporter's clock, for a second one to come if it were to.
  await mei.openHome(dropped.channel)
  await until(
    () => slack.views.homes,
    (homes) => homes.length > 0,
  )
  const thread = await mei.thread(dropped.channel, dropped.ts)
  expect(thread.map(({ files }) => files.length)).toEqual([1, 0, 1])
})

test('while Slack is away the task goes on, and the thread catches up once', async () => {
  const cast = await aRowbotInSlack()
  const { bot, mei, slack } = cast
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  const step = await under(mei, dropped, '1 of 4')
  await mei.click(step, 'Next')
  await mei.click(await under(mei, dropped, '2 of 4'), 'Next')
  await mei.click(await under(mei, dropped, '3 of 4'), 'Next')
  const last = await under(mei, dropped, '4 of 4')
  for (const method of ['chat.', 'files.', 'conversations.'])
    slack.faults.plan(method, { kind: 'down' }, 1_000)
  await mei.click(last, 'Start')
  await until(
    () => listTasks(bot.db),
    ([task]) => task?.status === 'completed',
  )
  slack.faults.clear()
  await under(mei, dropped, '.results.xlsx')
  const thread = await mei.thread(dropped.channel, dropped.ts)
  expect(thread).toHaveLength(3)
  expect(saysOf(thread[1] ?? last)).toContain('completed')
})

test('not a click of a wizard is lost while Slack renews the connections', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  for (const [step, button] of STEPS) {
    const message = await under(mei, dropped, step)
    const { live } = slack.sockets
    await until(
      () => live.length,
      (count) => count === 2,
    )
    if (live[0]) slack.sockets.refresh(live[0])
    await mei.click(message, button)
  }
  await under(mei, dropped, '.results.xlsx')
  expect(slack.sockets.lost).toEqual([])
})

/** Slack gives three seconds. Alone on a machine it takes a fifth of one. */
const LIMIT_MS = 3_000

test('a person is answered in time while a workbook of 100,000 rows is being read', async () => {
  const { mei, jo, slack } = await aRowbotInSlack()
  const huge = await mei.drop(largeXlsx(100_000), 'large.xlsx')
  await under(mei, huge, 'Reading the file')
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const uploaded = await jo.upload(jo.channel('merch'), SAMPLE.bytes, `${i}.xlsx`)
    const waitMs = waitClock()
    const told = jo.tellOfMention(uploaded)
    await under(jo, uploaded, `${i}.xlsx`)
    await told
    times.push(waitMs())
  }
  const isRead = slack.done('chat.update').some(({ args }) => said(args).includes('large.xlsx'))
  expect(isRead).toBe(false)
  expect(Math.max(...times)).toBeLessThan(LIMIT_MS)
  await under(mei, huge, '1 of 4')
})
