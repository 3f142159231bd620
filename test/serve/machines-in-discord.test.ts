import { expect, test } from 'bun:test'
import { until } from '../support/bot.ts'
import { DiscordPerson } from '../support/discord/person.ts'
import { aDiscord, aRowbotInDiscord, inChannel, SAMPLE } from '../support/discord/whole.ts'
import { TOKEN } from '../support/discord/world.ts'
import { machines, withChats } from '../support/machines.ts'

const IDENTIFY = 2

test('one machine is connected to Discord; when it stops, the other one is, and goes on with the same wizard', async () => {
  const discord = aDiscord()
  const all = await machines({ env: { DISCORD_TOKEN: TOKEN, DISCORD_API_URL: discord.apiUrl } })
  const a = await withChats(all.first)
  await a.leads()
  await until(
    () => a.role.chats?.states().discord,
    (state) => state === 'connected',
  )
  const b = await withChats(await all.open())
  expect(b.role.chats?.states().discord).toBe('standby')
  const connected = () => discord.gateway.received.filter((op) => op === IDENTIFY).length
  expect(connected()).toBe(1)

  const mei = new DiscordPerson(discord, 'mei')
  const dropped = mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await inChannel(discord, dropped.channel, '1 of 4')
  await a.stop()
  await until(
    () => b.role.chats?.states().discord,
    (state) => state === 'connected',
  )
  expect(connected()).toBe(2)
  mei.click(first, 'Next')
  expect((await inChannel(discord, dropped.channel, '2 of 4')).id).toBe(first.id)
})

test('a machine that was frozen drops what another one has had since', async () => {
  let isAwake = false
  let asked = 0
  const isOurs = () => {
    asked += 1
    return isAwake
  }
  const { discord, mei, running } = await aRowbotInDiscord({ discord: { isOurs } })
  const ignored = mei.drop(SAMPLE.bytes, 'ignored.xlsx')
  await until(
    () => asked,
    (times) => times > 0,
  )
  isAwake = true
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  const asks = (name: string) =>
    discord
      .messagesIn(ignored.channel)
      .map((message) => JSON.stringify(message))
      .filter((message) => message.includes('1 of 4') && message.includes(name))
  await until(
    () => asks(SAMPLE.name),
    (messages) => messages.length > 0,
  )
  await running.stop() // once all that it has begun is done
  expect(asks('ignored.xlsx')).toEqual([])
})
