import { expect, test } from 'bun:test'
import { listAt, textAt } from '../../../src/bots/json-path.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'
import { until } from '../../support/bot.ts'
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
  await add40Workflows(bot)
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
  const { bot, mei, discord } = await aRowbotInDiscord()
  await add40Workflows(bot)
  const offered = async (typed: string) => {
    const typing = mei.type(mei.direct, 'new', 'workflow', typed)
    await discord.until(
      () => typing.ackedAt,
      (time) => time !== undefined,
    )
    return typing.choices.map((choice) => textAt(choice, 'name'))
  }
  expect(await offered('')).toHaveLength(25)
  expect(await offered('fLOW 3')).toEqual(Array.from({ length: 10 }, (_, i) => `Flow 3${i}`))
  expect(await offered('nothing of the kind')).toEqual([])
})

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

async function add40Workflows({ db }: Rowbot): Promise<void> {
  const known = await db.selectFrom('workflows').selectAll().executeTakeFirstOrThrow()
  const others = Array.from({ length: 40 }, (_, i) => ({
    ...known,
    id: `w${i}`,
    key_hash: `h${i}`,
    name: `Flow ${String(i).padStart(2, '0')}`,
  }))
  await db.insertInto('workflows').values(others).execute()
}
