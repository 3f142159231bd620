import { expect, test } from 'bun:test'
import { adminOptionsOf } from '../../src/serve/admin-options.ts'
import { until } from '../support/bot.ts'
import { aRowbotInSlack, SAMPLE, throughTheSteps, under } from '../support/slack/whole.ts'

test('what is sent to a chat is counted by what it came to', async () => {
  const { bot, slack, mei } = await aRowbotInSlack()
  const { metrics } = adminOptionsOf(bot, {
    tokens: { admin: 'the-admin-token-of-tests', viewer: undefined },
    health: () => ({ ready: true, parts: {} }),
  })
  const sent = async (call: string, result: string) => {
    const name = `rowbot_chat_calls_total{platform="slack",call="${call}",result="${result}"} `
    const line = (await metrics.text()).split('\n').find((one) => one.startsWith(name))
    return Number(line?.slice(name.length) ?? 0)
  }
  slack.faults.plan('chat.update', { kind: 'limited', retryAfter: 1 })
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  await under(mei, dropped, '.results.xlsx')
  await until(
    () => sent('upload', 'ok'),
    (count) => count === 1,
  )
  expect(await sent('post', 'ok')).toBe(1)
  // The steps are shown by the clicks themselves.
  expect(await sent('edit', 'ok')).toBeGreaterThan(0)
  expect(await sent('edit', 'limited')).toBe(1)
})
