import { expect, test } from 'bun:test'
import type { Person } from '../../../src/messages/people.ts'
import { buttonsOf, saysOf } from '../../support/slack/message.ts'
import { TEAM } from '../../support/slack/person-wire.ts'
import { aRowbotInSlack, under } from '../../support/slack/whole.ts'
import { flaggedTask } from '../support/flagged.ts'

test('rows are looked at in the thread: one is edited in a dialog, one is kept, and the result has both', async () => {
  const { bot, workflow, mei, slack } = await aRowbotInSlack()
  const root = await mei.say(mei.channel('merch'), 'prices, please')
  const owner: Person = { platform: 'slack', team: TEAM, id: mei.id, name: 'mei', roles: [] }
  const place = { platform: 'slack' as const, team: TEAM, channel: root.channel, thread: root.ts }
  await flaggedTask(bot, workflow, { owner, place })
  const says = (words: string) => under(mei, root, words)

  await mei.click(await says('2 to look at'), 'Look at 2')
  const card = await says('Row 2 · 1 of 2')
  expect(buttonsOf(card)).toEqual(['Keep', 'Edit', 'Run again', '→'])
  expect(saysOf(card)).toContain('title: empty')
  await mei.click(card, 'Edit')
  const form = await mei.form()
  await mei.submit(form, { o0: 'A *bold* <!channel> lamp' })
  const edited = await says('edited by mei')
  // What a person types is text: it notifies nobody, and is no markup.
  expect(saysOf(edited)).toContain('A *bold* <!channel> lamp')
  await mei.click(edited, '→')
  await mei.click(await says('Row 3 · 2 of 2'), 'Keep')
  const over = await says('2 looked at')
  expect(saysOf(over)).toContain('1 kept · 1 edited')
  await says('1 edited · 1 kept')
  expect(over.ts).toBe(card.ts)
  const results = async () =>
    (await mei.thread(root.channel, root.ts)).flatMap(({ files }) => files.map(({ name }) => name))
  await slack.until(results, (names) => names.length === 1)
  await mei.click(over, 'Result with these')
  const [first, second] = await slack.until(results, (names) => names.length === 2)
  expect(second).toBe(first ?? '')
})
