import { expect, test } from 'bun:test'
import type { Person } from '../../../src/messages/people.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { IDS } from '../../support/discord/world.ts'
import { aRowbotInDiscord, inChannel, plain, throughTheSteps, toldIn } from '../../support/discord/whole.ts'
import { askingTask } from '../support/questions.ts'

/** Mei’s task, in a channel that Jo reads, too. */
async function aTaskThatAsks(more: Omit<Parameters<typeof askingTask>[2], 'owner' | 'place'> = {}) {
  const cast = await aRowbotInDiscord()
  const { bot, workflow, mei, discord } = cast
  const owner: Person = { platform: 'discord', team: '', id: mei.user.id, name: 'Mei', roles: [] }
  const place = { platform: 'discord' as const, team: IDS.guild, channel: IDS.merch, thread: IDS.merch }
  const id = await askingTask(bot, workflow, { owner, place, ...more })
  const card = await inChannel(discord, IDS.merch, `of ${more.rows ?? 3} wait for an answer`)
  const says = (words: string) => inChannel(discord, IDS.merch, words)
  return { ...cast, id, card, says }
}

test('three rows are answered one after the other in one card, which mentions the owner and says who answered what', async () => {
  const { mei, card, says, ended, id, sandbox, discord } = await aTaskThatAsks()
  expect(plain(card)).toContain(`<@${mei.user.id}>`)
  expect(plain(card)).toContain('replies: 1 of 3 wait for an answer · row 2')
  expect(buttonsOf(card)).toEqual(['Approve', 'Reject', 'Let others answer'])
  mei.click(card, 'Approve')
  const second = await says('2 of 3 wait for an answer · row 3')
  expect(second.id).toBe(card.id)
  expect(plain(second)).toContain('Row 2: Approve, by Mei')
  mei.click(second, 'Reject')
  mei.click(await says('· row 4'), 'Approve')
  expect(plain(await says('3 answers given'))).toContain('The task goes on.')
  expect(await ended(id)).toMatchObject({ counts: { succeeded: 3 } })
  expect(discord.messagesIn(IDS.merch).filter((one) => plain(one).includes('answers given'))).toHaveLength(1)
  expect(sandbox.answers().map(({ action }) => action)).toEqual(['yes', 'no', 'yes'])
})

test('a form with a field opens in a dialog, and its answer is given to all that ask the same', async () => {
  const { mei, card, says, ended, id, sandbox } = await aTaskThatAsks({ asks: 'form' })
  const form = await mei.form(mei.click(card, 'Approve'))
  mei.submit(card, form, { f0: 'well done', rows: 'All 3 that ask the same' })
  await says('3 answers given')
  await ended(id)
  expect(sandbox.answers().map(({ action, inputs }) => [action, inputs])).toEqual(
    Array.from({ length: 3 }, () => ['yes', { note: 'well done' }]),
  )
})

test('one choice answers all that ask the same', async () => {
  const { mei, card, says, sandbox } = await aTaskThatAsks()
  mei.choose(card, 'Same answer for all (3)', 'Reject: all 3')
  await says('3 answers given')
  expect(sandbox.answers().map(({ action }) => action)).toEqual(['no', 'no', 'no'])
})

test('somebody else may answer only if the owner lets them, and hears who was quicker', async () => {
  const { mei, jo, card, says, sandbox } = await aTaskThatAsks()
  jo.click(card, 'Approve')
  await toldIn(jo, IDS.merch, 'Only Mei may answer')
  expect(sandbox.answers()).toEqual([])
  mei.click(card, 'Let others answer')
  await says('Everybody in this conversation may answer.')
  const [row2] = buttonsOf(card)
  expect(row2).toBe('Approve')
  const old = { ...card, components: structuredClone(card.components) }
  jo.click(card, 'Approve')
  await says('Row 2: Approve, by Jo')
  mei.click(old, 'Reject')
  await toldIn(mei, IDS.merch, 'Jo has answered row 2 already: Approve.')
  expect(sandbox.answers()).toHaveLength(1)
})

test('a task that was started in a channel asks in its thread, and its result follows there', async () => {
  const { mei, discord, sandbox } = await aRowbotInDiscord()
  const csv = ['Name,Key features', ...['Kettle', 'Lamp', 'Chair'].map((name) => `${name},[sandbox: paused]`)]
  mei.mention(IDS.merch, new TextEncoder().encode(csv.join('\n')), 'replies.csv')
  const wizard = await throughTheSteps(mei, IDS.merch)
  const card = await inChannel(discord, wizard.id, '1 of 3 wait for an answer')
  await inChannel(discord, wizard.id, '3 rows wait for an answer')
  const form = await mei.form(mei.click(card, 'Reject'))
  mei.submit(card, form, { rows: 'All 3 that ask the same' })
  await inChannel(discord, wizard.id, '.results.xlsx')
  await inChannel(discord, wizard.id, '3 answers given')
  expect(sandbox.answers().map(({ action }) => action)).toEqual(['no', 'no', 'no'])
  expect(discord.messagesIn(wizard.id)).toHaveLength(3) // progress, the questions, the result
})
