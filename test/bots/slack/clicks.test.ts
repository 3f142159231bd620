import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { buttonsOf } from '../../support/slack/message.ts'
import { whatWasTold } from '../../support/slack/notices.ts'
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
  expect(slack.urls.replaced.at(-1)).toEqual({ user: mei.id, ts: progress.ts })
})

test('where the click can be answered no more, the message is edited', async () => {
  const { mei, slack, card, progress } = await aRunningTask()
  slack.faults.plan('respond', { kind: 'down' }, 1)
  const before = slack.urls.replaced.length
  await mei.click(progress, 'Pause')
  await until(card, (message) => buttonsOf(message).includes('Resume'))
  expect(slack.urls.replaced).toHaveLength(before)
})

test('every step is there within a second, though no message may be edited, and stands in one message', async () => {
  const { mei, slack } = await aRowbotInSlack({ delayMs: 60_000 })
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await under(mei, dropped, '1 of 4')
  slack.faults.plan('chat.update', { kind: 'limited', retryAfter: 600 }, 1_000)
  const waits: number[] = []
  let message = first
  for (const [button, next] of [
    ['Next', '2 of 4'],
    ['Next', '3 of 4'],
    ['Back', '2 of 4'],
    ['Next', '3 of 4'],
    ['Next', '4 of 4'],
    ['Start', 'test_batch_data · Product copywriter'],
  ] as const) {
    const clickedAt = performance.now()
    await mei.click(message, button)
    message = await under(mei, dropped, next)
    waits.push(performance.now() - clickedAt)
  }
  expect(message.ts).toBe(first.ts)
  expect(waits.toSorted((a, b) => a - b)[3]).toBeLessThan(1_000)
  expect(slack.done('chat.update')).toHaveLength(1) // what followed the upload itself
  expect(slack.done('chat.postMessage')).toHaveLength(1)
})

test('a click that is answered after half an hour is answered by an edit', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await under(mei, dropped, '1 of 4')
  slack.faults.plan('respond', { kind: 'refuses', error: 'expired_url' })
  await mei.click(first, 'Next')
  const second = await under(mei, dropped, '2 of 4')
  expect(second.ts).toBe(first.ts)
  expect(slack.urls.replaced).toEqual([])
})

test('where neither the click nor an edit shows the step, a new message does, and the draft goes on with it', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await under(mei, dropped, '1 of 4')
  slack.faults.plan('respond', { kind: 'refuses', error: 'used_url' })
  slack.faults.plan('chat.update', { kind: 'limited', retryAfter: 600 })
  await mei.click(first, 'Next')
  const second = await under(mei, dropped, '2 of 4')
  expect(second.ts).not.toBe(first.ts)
  await mei.click(second, 'Next')
  expect((await under(mei, dropped, '3 of 4')).ts).toBe(second.ts)
  // A click on the old one says so, and leaves the new one alone.
  await mei.click(first, 'Next')
  expect(await whatWasTold(slack, mei.id)).toStartWith('That step is already done')
  expect((await under(mei, dropped, '3 of 4')).ts).toBe(second.ts)
})

test('what a form has changed is shown by the click that opened it', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await mei.click(await under(mei, dropped, '1 of 4'), 'Next')
  await mei.click(await under(mei, dropped, '2 of 4'), 'Next')
  slack.faults.plan('chat.update', { kind: 'limited', retryAfter: 600 }, 1_000)
  await mei.click(await under(mei, dropped, '3 of 4'), 'Exact values…')
  await mei.submit(await mei.form(), { name: 'Autumn' })
  await under(mei, dropped, 'Autumn')
})

test('a form changes the message that opened it, though another one was clicked meanwhile', async () => {
  const { mei } = await aRowbotInSlack({ delayMs: 60_000 })
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped, 'Try…')
  const form = await mei.form()
  const other = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await under(mei, other, '1 of 4')
  await mei.click(first, 'Next')
  await under(mei, other, '2 of 4')
  await mei.submit(form, { rows: '2' })
  const started = () => under(mei, dropped, 'test_batch_data · Product copywriter')
  await until(started, (message) => buttonsOf(message).includes('Pause'))
  expect((await under(mei, other, '2 of 4')).ts).toBe(first.ts)
})
