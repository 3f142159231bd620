import { expect, test } from 'bun:test'
import { saysOf } from '../../support/discord/seen.ts'
import { aDiscordOffice } from '../support/discord-office.ts'

for (const forgetsNonces of [false, true]) {
  const when = forgetsNonces ? 'later' : 'at once'
  test(`killed at any step of a result, another process goes on ${when}: one card that shows the end, one file`, async () => {
    const { discord, thread, aChat, ends, killed, whereIs } = await aDiscordOffice()
    discord.forgetsNonces = forgetsNonces
    let cards = 0
    const steps = await killed(
      aChat,
      (passing) => void (discord.passing = passing),
      async () => {
        const { id, file } = await ends()
        cards += 1
        const check = (step: string) => {
          expect([step, whereIs(file)]).toEqual([step, ['thread']])
          const completed = discord.messagesIn(thread).filter((one) => saysOf(one).includes('completed'))
          expect([step, completed.length]).toEqual([step, cards])
        }
        return { id, check }
      },
    )
    expect(steps).toEqual([
      'before PATCH /channels/id/messages/id',
      'after PATCH /channels/id/messages/id',
      'before update', // the card shows the end
      'after update',
      'before insert', // handed over to the deliveries
      'after insert',
      'before update',
      'after update',
      'before update', // it is being sent
      'after update',
      'before POST /channels/id/messages',
      'after POST /channels/id/messages',
      'before update', // it is seen
      'after update',
    ])
  })

  test(`killed at any step of a new card and a message, ${when}, neither is posted twice`, async () => {
    const { discord, mei, person, aChat, killed, endsIn } = await aDiscordOffice()
    discord.forgetsNonces = forgetsNonces
    const place = { platform: 'discord' as const, team: '', channel: mei.direct, thread: mei.direct }
    let tasks = 0
    await killed(
      aChat,
      (passing) => void (discord.passing = passing),
      async () => {
        const { id } = await endsIn(place, undefined, 'halt')
        tasks += 1
        const check = (step: string) =>
          expect([step, discord.messagesIn(mei.direct).length]).toEqual([step, 2 * tasks])
        return { id, check }
      },
    )
    expect(person.id).toBe(mei.user.id)
  })
}

test('an answer that is lost on its way, of any call, makes no second message and no second file', async () => {
  const { discord, thread, aChat, reporterOf, ends, settle, whereIs } = await aDiscordOffice()
  discord.forgetsNonces = true
  const reporter = reporterOf(aChat())
  for (const method of ['PATCH', 'POST', 'GET']) {
    discord.faults.plan(new RegExp(`^${method} /channels/${thread}/messages`), { kind: 'unheard' }, 2)
    const { id, file } = await ends()
    await settle(reporter, id)
    expect([method, whereIs(file)]).toEqual([method, ['thread']])
    discord.faults.clear()
  }
})

test('after a restart, a message and a file are found among hundreds, and a long channel is not read to its beginning', async () => {
  const { discord, place, thread, mei, aChat } = await aDiscordOffice()
  discord.forgetsNonces = true
  const others = () => {
    for (let n = 0; n < 150; n++) mei.say(thread, `${n}`)
  }
  const prompt = { title: 'Completed', lines: [], selects: [], buttons: [] }
  const file = { name: 'products.results.xlsx', content: new Blob(['result']) }
  const chat = aChat()
  others()
  const since = Date.now()
  await chat.post(place, prompt, { key: 'a', again: false })
  await chat.upload(place, file, [], { key: 'b', again: false })
  others()
  const before = discord.messagesIn(thread).length

  const restarted = aChat()
  expect((await restarted.post(place, prompt, { key: 'a', again: true, since })).kind).toBe('ok')
  expect((await restarted.upload(place, file, [], { key: 'b', again: true })).kind).toBe('ok')
  expect(discord.messagesIn(thread)).toHaveLength(before)

  const calls = discord.calls.length
  const fresh = Date.now() + 60_000
  expect((await restarted.post(place, prompt, { key: 'c', again: true, since: fresh })).kind).toBe('ok')
  expect(discord.calls.length - calls).toBe(2)
})
