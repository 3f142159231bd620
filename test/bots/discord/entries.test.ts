import { expect, test } from 'bun:test'
import { buttonsOf } from '../../support/discord/seen.ts'
import type { DiscordPerson } from '../../support/discord/person.ts'
import { BOT, IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  resultOf,
  SAMPLE,
  throughTheSteps,
  toldIn,
} from '../../support/discord/whole.ts'

/** However a person begins, wherever they are. */
const ENTRIES: Record<string, (mei: DiscordPerson, channel: string) => void | Promise<void>> = {
  'a file in a message for the bot': (mei, channel) => {
    if (channel === mei.direct) mei.drop(SAMPLE.bytes, SAMPLE.name)
    else mei.mention(channel, SAMPLE.bytes, SAMPLE.name)
  },
  '/batch new': (mei, channel) => {
    mei.command(channel, 'new', {}, ephemeral(mei))
  },
  '“Run batch” on a message': (mei, channel) => {
    mei.runBatch(mei.put(channel, [mei.discord.keep(SAMPLE.name, SAMPLE.bytes)], 'the new ones'))
  },
  'the button of the list and its form': async (mei, channel) => {
    mei.command(channel, 'list')
    const list = await toldIn(mei, channel, 'No tasks yet')
    expect(buttonsOf(list)).toEqual(['New batch'])
    mei.submit(list, await mei.form(mei.click(list, 'New batch')), {}, ephemeral(mei))
  },
}

const PLACES: Record<string, (mei: DiscordPerson) => { channel: string; hasThread: boolean }> = {
  'a channel': () => ({ channel: IDS.merch, hasThread: true }),
  'a thread': (mei) => ({ channel: aThread(mei), hasThread: false }),
  'a direct message': (mei) => ({ channel: mei.direct, hasThread: false }),
}

for (const [entry, begin] of Object.entries(ENTRIES)) {
  for (const [where, placeOf] of Object.entries(PLACES)) {
    test(`from ${entry} in ${where} to the result`, async () => {
      const { mei, discord } = await aRowbotInDiscord()
      const { channel, hasThread } = placeOf(mei)
      await begin(mei, channel)
      const wizard = await throughTheSteps(mei, channel)
      const there = hasThread ? wizard.id : channel
      const result = await inChannel(discord, there, '.results.xlsx')
      expect(result.content).toContain(`<@${mei.user.id}>`)
      expect([...(await resultOf(discord, result)).keys()]).toEqual([2, 3, 4, 5, 6])
      expect(discord.done(/threads$/)).toHaveLength(hasThread ? 1 : 0)
      // The wizard's message becomes the task's own, or the way to it; beside it there is nothing but the file.
      const ours = [...discord.messages.values()].filter((one) => one.author.id === BOT.id)
      const seen = ours.filter((one) => !one.channel.startsWith('private:'))
      expect(seen).toHaveLength(hasThread ? 3 : 2)
    })
  }
}

function ephemeral({ discord }: DiscordPerson) {
  return discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true })
}

function aThread(mei: DiscordPerson): string {
  const { id } = mei.put(IDS.merch, [], 'autumn')
  mei.discord.channels.set(id, { id, type: 11, name: 'autumn', parent: IDS.merch })
  return id
}
