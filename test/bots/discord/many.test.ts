import { expect, test } from 'bun:test'
import { listAt, textAt } from '../../../src/bots/json-path.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import type { DiscordPerson } from '../../support/discord/person.ts'
import { componentsOf } from '../../support/discord/seen.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  resultOf,
  SAMPLE,
  throughTheSteps,
} from '../../support/discord/whole.ts'
import type { Message } from '../../support/discord/world.ts'
import { addCopies } from '../../support/many-workflows.ts'
import { rowsXml, xlsx } from '../../workbook/support/xlsx.ts'

test('of 40 sheets 25 are shown at a time, and one of the last can be run', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.drop(sheets(40), 'many.xlsx')
  mei.click(await inChannel(discord, mei.direct, '1 of 4'), 'Next')
  const check = await inChannel(discord, mei.direct, '2 of 4')
  expect(optionsOf(check, 'Sheet').at(-1)).toBe('More…')
  await chosen(check, () => mei.choose(check, 'Sheet', 'More…'))
  expect(optionsOf(check, 'Sheet')).toContain('Earlier…')
  expect(optionsOf(check, 'Sheet')).toHaveLength(18)
  await chosen(check, () => mei.choose(check, 'Sheet', named(check, 'Sheet', 'Shelf 39')))
  expect(plain(check)).toContain('Shelf 39')
  mei.click(check, 'Next')
  mei.click(await inChannel(discord, mei.direct, '3 of 4'), 'Next')
  mei.click(await inChannel(discord, mei.direct, '4 of 4'), 'Start')
  const rows = await resultOf(discord, await inChannel(discord, mei.direct, '.results.xlsx'))
  expect([...rows.values()].map(([name]) => name)).toEqual(['Kettle 39'])
})

test('of 41 workflows 25 are shown at a time, and one of the last can be run', async () => {
  const { bot, mei, discord } = await aRowbotInDiscord()
  await addCopies(bot.db, 40)
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await inChannel(discord, mei.direct, '1 of 4')
  expect(optionsOf(first, 'Workflow').length).toBeLessThanOrEqual(25)
  await chosen(first, () => mei.choose(first, 'Workflow', 'More…'))
  await chosen(first, () => mei.choose(first, 'Workflow', 'Flow 39'))
  await throughTheSteps(mei, mei.direct)
  const [task] = await until(
    () => listTasks(bot.db),
    ([one]) => one !== undefined,
  )
  expect(task?.workflowId).toBe('w39')
})

test('while a command is typed the first 25 workflows are offered, and then those that match', async () => {
  const { bot, mei } = await aRowbotInDiscord()
  await addCopies(bot.db, 40)
  const offered = (typed: string) => offeredTo(mei, 'workflow', typed)
  expect(await offered('')).toHaveLength(25)
  expect((await offered('fLOW 3')).slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => `Flow 3${i}`))
  expect(await offered('nothing of the kind')).toEqual([])
})

test('of workflows that share a long name, each choice says what tells it apart', async () => {
  const { bot, mei } = await aRowbotInDiscord()
  const name = 'Translate '.repeat(30).trim()
  await addCopies(bot.db, 30, (i) => ({ name, ...(i === 7 && { mode: 'advanced-chat' as const }) }))
  const all = await offeredTo(mei, 'workflow', 'translate')
  expect(new Set(all).size).toBe(25)
  expect(await offeredTo(mei, 'workflow', 'translate chatflow')).toEqual([
    expect.stringMatching(/… · chatflow$/),
  ])
})

test('tasks are offered by words of their name, state or id', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, mei.direct)
  await inChannel(discord, mei.direct, '.results.xlsx')
  expect(await offeredTo(mei, 'task', 'COPYWRITER complet')).toHaveLength(1)
  expect(await offeredTo(mei, 'task', 'copywriter paused')).toEqual([])
})

test('the form of Search… leaves the workflows that match in the select', async () => {
  const { bot, mei, discord } = await aRowbotInDiscord()
  await addCopies(bot.db, 40)
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await inChannel(discord, mei.direct, '1 of 4')
  const form = await mei.form(mei.click(first, 'Search…'))
  await chosen(first, () => mei.submit(first, form, { search: 'flow 38' }))
  expect(plain(first)).toContain('1 workflow matches “flow 38”')
  expect(optionsOf(first, 'Workflow')).toEqual(['Flow 38'])
  await chosen(first, () => mei.choose(first, 'Workflow', 'Flow 38'))
  expect(plain(first)).toContain('Flow 38')
})

test('a workflow that was typed to its end is taken; words that may mean several are searched for', async () => {
  const { bot, mei, discord } = await aRowbotInDiscord()
  await addCopies(bot.db, 40)
  mei.command(mei.direct, 'new', { workflow: 'fLoW 07' }, discord.keep(SAMPLE.name, SAMPLE.bytes))
  const first = await inChannel(discord, mei.direct, '1 of 4')
  expect(plain(first)).toContain('Flow 07')
  expect(plain(first)).not.toContain('match “')
  mei.click(first, 'Cancel')
  await inChannel(discord, mei.direct, 'Cancelled')
  mei.command(mei.direct, 'new', { workflow: 'flow 3' }, discord.keep(SAMPLE.name, SAMPLE.bytes))
  const second = await inChannel(discord, mei.direct, 'match “flow 3”')
  expect(optionsOf(second, 'Workflow')[0]).toBe('Flow 30')
})

async function offeredTo(mei: DiscordPerson, name: 'workflow' | 'task', typed: string): Promise<string[]> {
  const typing = mei.type(mei.direct, name === 'task' ? 'status' : 'new', name, typed)
  await mei.discord.until(
    () => typing.ackedAt,
    (time) => time !== undefined,
  )
  return typing.choices.map((choice) => textAt(choice, 'name'))
}

/** As long as it takes until the message shows what was chosen. */
async function chosen(message: Message, choose: () => void): Promise<void> {
  const { edits } = message
  choose()
  await until(
    () => message.edits,
    (now) => now > edits,
  )
}

function optionsOf(message: Message, placeholder: string): string[] {
  const select = componentsOf(message).find((one) => textAt(one, 'placeholder') === placeholder)
  return listAt(select, 'options').map((option) => textAt(option, 'label'))
}

function named(message: Message, placeholder: string, start: string): string {
  return optionsOf(message, placeholder).find((label) => label.startsWith(start)) ?? start
}

/** Each with one row that tells which sheet it is of. */
function sheets(count: number): Uint8Array {
  return xlsx({
    sheets: Array.from({ length: count }, (_, i) => ({
      name: `Shelf ${i}`,
      data: rowsXml([
        ['Name', 'Key features'],
        [`Kettle ${i}`, 'Boils'],
      ]),
    })),
  })
}
