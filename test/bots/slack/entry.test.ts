import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { aSlackBot } from '../../support/slack/rig.ts'

const BYTES = new TextEncoder().encode('Name,Key features\nKettle,Boils\n')

test('a file in a direct message is received, with who sent it, where, and its bytes', async () => {
  const { slack, desk, mei } = await aSlackBot()
  const message = await mei.drop(BYTES, 'products.csv')
  const [{ asker, sending } = never()] = await until(
    () => desk.received,
    (all) => all.length > 0,
  )
  expect(asker).toEqual({
    person: { platform: 'slack', team: 'T000000001', id: mei.id, name: 'mei', roles: [] },
    locale: 'en-US',
    place: {
      platform: 'slack',
      team: 'T000000001',
      channel: message.channel,
      thread: message.ts,
      link: `https://emulate.slack.com/archives/${message.channel}/p${message.ts.replace('.', '')}`,
    },
  })
  expect(sending.source).toBe(`${message.channel}:${message.ts}:${message.files[0]?.id}`)
  expect(await sending.download()).toEqual({ name: 'products.csv', bytes: BYTES })
  expect(slack.done('files.info')).toHaveLength(1)
})

function never(): never {
  throw new Error('nothing was received')
}
