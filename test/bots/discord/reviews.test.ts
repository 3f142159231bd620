import { expect, test } from 'bun:test'
import type { Person } from '../../../src/messages/people.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { IDS } from '../../support/discord/world.ts'
import { aRowbotInDiscord, inChannel, plain } from '../../support/discord/whole.ts'
import { flaggedTask } from '../support/flagged.ts'

test('rows are looked at in the thread: one is edited in a dialog, one is kept, one runs again', async () => {
  const { bot, workflow, mei, discord } = await aRowbotInDiscord()
  const owner: Person = { platform: 'discord', team: '', id: mei.user.id, name: 'Mei', roles: [] }
  const place = { platform: 'discord' as const, team: IDS.guild, channel: IDS.merch, thread: IDS.merch }
  await flaggedTask(bot, workflow, { owner, place })
  const says = (words: string) => inChannel(discord, IDS.merch, words)

  mei.click(await says('2 to look at'), 'Look at 2')
  const card = await says('Row 2 · 1 of 2')
  expect(buttonsOf(card)).toEqual(['Keep', 'Edit', 'Run again', '→'])
  expect(plain(card)).toContain('⚑ **title**: empty')
  const form = await mei.form(mei.click(card, 'Edit'))
  mei.submit(card, form, { o0: 'A lamp' })
  const edited = await says('edited by Mei')
  expect(plain(edited)).toContain('A lamp')
  expect(edited.id).toBe(card.id)
  mei.click(edited, '→')
  mei.click(await says('Row 3 · 2 of 2'), 'Run again')
  const again = await says('Its new answer:')
  mei.click(again, 'Keep')
  expect(plain(await says('2 looked at'))).toContain('1 kept · 1 edited')
})
