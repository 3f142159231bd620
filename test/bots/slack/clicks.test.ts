import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { buttonsOf } from '../../support/slack/message.ts'
import { aRowbotInSlack, SAMPLE, throughTheSteps, under } from '../../support/slack/whole.ts'

async function aRunningTask() {
  const cast = await aRowbotInSlack({ delayMs: 60_000 })
  const dropped = await cast.mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(cast.mei, dropped)
  const card = () => under(cast.mei, dropped, 'test_batch_data · Product copywriter')
  const progress = await until(card, (message) => buttonsOf(message).includes('Pause'))
  return { ...cast, card, progress }
}

test('a click shows what it did at once, though no message may be edited for a while', async () => {
  const { mei, slack, card, progress } = await aRunningTask()
  slack.faults.plan('chat.update', { kind: 'limited', retryAfter: 600 }, 100)
  await mei.click(progress, 'Pause')
  await until(card, (message) => buttonsOf(message).includes('Resume'))
  expect(slack.replaced).toEqual([{ user: mei.id, ts: progress.ts }])
  expect(slack.refused).toEqual([])
})

test('where the click can be answered no more, the message is edited', async () => {
  const { mei, slack, card, progress } = await aRunningTask()
  slack.faults.plan('respond', { kind: 'down' }, 1)
  await mei.click(progress, 'Pause')
  await until(card, (message) => buttonsOf(message).includes('Resume'))
  expect(slack.replaced).toEqual([])
})
