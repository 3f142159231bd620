import { expect, test } from 'bun:test'
import { listTaskPage } from '../../../src/db/tasks/task-list.ts'
import { BOT, IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  resultOf,
  SAMPLE,
  throughTheSteps,
} from '../../support/discord/whole.ts'

test('from a mention with a file in a channel to the result in the thread of the wizard’s message', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  const result = await inChannel(discord, wizard.id, '.results.xlsx')
  expect(result.content).toContain(`<@${mei.user.id}>`)
  const rows = await resultOf(discord, result)
  expect([...rows.keys()]).toEqual([2, 3, 4, 5, 6])
  for (const cells of rows.values()) expect(cells.join()).toContain(cells[1] ?? 'a name')
  // One message that becomes the way to the thread, and there the progress and the file: nothing else.
  expect(discord.messagesIn(IDS.merch).filter(({ author }) => author.id === BOT.id)).toHaveLength(1)
  expect(discord.messagesIn(wizard.id)).toHaveLength(2)
  // The list of tasks leads to the thread, not only to its channel.
  const { tasks } = await listTaskPage(bot.db, {}, { limit: 1, offset: 0 })
  expect(tasks[0]?.link).toBe(`https://discord.com/channels/${IDS.guild}/${wizard.id}`)
})
