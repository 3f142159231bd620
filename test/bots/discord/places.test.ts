import { expect, test } from 'bun:test'
import { DiscordBot } from '../../../src/bots/discord/app.ts'
import { later, until } from '../../support/bot.ts'
import { aDiscord, botOptions, Logged, NO_DESK } from '../../support/discord/whole.ts'
import { BITS, IDS } from '../../support/discord/world.ts'
import { aDiscordOffice } from '../support/discord-office.ts'

type Office = Awaited<ReturnType<typeof aDiscordOffice>>

/** What befalls a place, and how it is undone. */
const BEFALLS: Record<string, (office: Office) => { where: string[]; undo: () => void }> = {
  'the thread is in the archive': ({ discord, thread }) => {
    change(discord, thread, { archived: true })
    return { where: ['thread'], undo: () => change(discord, thread, { archived: false }) }
  },
  'the thread is locked': ({ discord, thread }) => {
    change(discord, thread, { locked: true, archived: true })
    return { where: ['channel'], undo: () => change(discord, thread, { locked: false }) }
  },
  'the thread is deleted': ({ discord, thread }) => {
    const channel = discord.channels.get(thread)
    discord.channels.delete(thread)
    return { where: ['channel'], undo: () => channel && discord.channels.set(thread, channel) }
  },
  'the channel is deleted, with its threads': ({ discord, thread }) => {
    const both = [thread, IDS.merch].map((id) => discord.channels.get(id))
    discord.channels.delete(thread)
    discord.channels.delete(IDS.merch)
    return {
      where: ['direct'],
      undo: () => both.forEach((channel) => channel && discord.channels.set(channel.id, channel)),
    }
  },
  'the bot may not write there': ({ discord }) => {
    discord.denied.set(IDS.merch, BITS.send | BITS.sendInThreads)
    return { where: ['direct'], undo: () => discord.denied.clear() }
  },
  'the bot is not on the server': ({ discord }) => {
    discord.hasLeft = true
    return {
      where: [],
      undo: () => {
        discord.hasLeft = false
      },
    }
  },
  'the person takes no direct messages and the thread is locked': ({ discord, mei, thread }) => {
    change(discord, thread, { locked: true })
    discord.shut.add(mei.user.id)
    return { where: ['channel'], undo: () => change(discord, thread, { locked: false }) }
  },
}

function change(
  discord: Office['discord'],
  id: string,
  what: { archived?: boolean; locked?: boolean },
): void {
  const channel = discord.channels.get(id)
  if (channel) Object.assign(channel, what)
}

for (const [what, befall] of Object.entries(BEFALLS)) {
  test(`${what}: the result comes once, and later ones come to the thread again`, async () => {
    const office = await aDiscordOffice()
    const { discord, mei, aChat, reporterOf, ends, settle, whereIs, stateOf, faults } = office
    const { where, undo } = befall(office)
    const reporter = reporterOf(aChat())
    const task = await ends()
    await settle(reporter, task.id)
    expect(whereIs(task.file)).toEqual(where)
    expect((await stateOf(task.id))?.state).toBe(where.length === 0 ? 'waiting' : 'seen')
    undo()
    await reporter.reopened({ platform: 'discord', team: IDS.guild })
    await settle(reporter, task.id)
    expect(whereIs(task.file)).toEqual(where.length === 0 ? ['thread'] : where)
    const later = await ends()
    await settle(reporter, later.id)
    expect(whereIs(later.file)).toEqual(['thread'])
    expect(discord.messagesIn(mei.direct)).toHaveLength(where.includes('direct') ? 1 : 0)
    expect(faults).toEqual([])
  })
}

test('in the channel the result names its task, whose thread is gone', async () => {
  const { discord, thread, aChat, reporterOf, ends, settle } = await aDiscordOffice()
  const { id } = await ends()
  discord.channels.delete(thread)
  await settle(reporterOf(aChat()), id)
  const message = discord.messagesIn(IDS.merch).find(({ attachments }) => attachments.length > 0)
  expect(message?.content).toStartWith('**products\\-1**')
})

test('a message that was edited too often holds up neither the result nor another task’s card', async () => {
  const { discord, aChat, reporterOf, ends, settle, whereIs } = await aDiscordOffice()
  const reporter = reporterOf(aChat())
  const [old, other] = [await ends(), await ends()]
  discord.worn.add(old.card)
  reporter.wake()
  await reporter.idle()
  expect(discord.messages.get(other.card)?.edits).toBe(1)
  await settle(reporter, old.id)
  expect(whereIs(old.file)).toEqual(['thread'])
})

test('an opened thread, changed permissions and an invitation tell that a place takes messages again', async () => {
  const discord = aDiscord()
  const thread = '710000000000000001'
  discord.channels.set(thread, { id: thread, type: 11, name: 'products', parent: IDS.merch, archived: true })
  const reopened: (string | undefined)[][] = []
  const bot = new DiscordBot(botOptions(discord, new Logged()))
  later(() => bot.stop(0))
  await bot.start({ ...NO_DESK, reopened: async (...where) => void reopened.push(where) })
  change(discord, thread, { archived: false, locked: true })
  discord.changed(thread)
  change(discord, thread, { locked: false })
  discord.changed(thread)
  discord.changed(IDS.merch)
  discord.remove()
  discord.invite()
  await until(
    () => reopened,
    (all) => all.length === 3,
  )
  expect(reopened).toEqual([[IDS.guild, thread], [IDS.guild, IDS.merch], [IDS.guild]])
})
