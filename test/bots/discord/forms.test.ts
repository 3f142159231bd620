import { expect, test } from 'bun:test'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { valueAt, listAt, textAt } from '../../../src/bots/json-path.ts'
import { buttonsOf, componentsOf } from '../../support/discord/seen.ts'
import { IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  restart,
  SAMPLE,
  STEPS,
  toldIn,
} from '../../support/discord/whole.ts'

async function atParameters() {
  const cast = await aRowbotInDiscord()
  const { mei, discord } = cast
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  for (const [step, button] of STEPS.slice(0, 2)) mei.click(await inChannel(discord, IDS.merch, step), button)
  return { ...cast, step: await inChannel(discord, IDS.merch, '3 of 4') }
}

test('a bad value is told, and the form opens again as it was left', async () => {
  const { mei, discord, step } = await atParameters()
  const form = await mei.form(mei.click(step, 'Exact values…'))
  mei.submit(step, form, { name: 'autumn *new*', concurrency: '99', retries: '０' })
  const told = await toldIn(mei, IDS.merch, 'A whole number from 1 to 10, please.')
  expect(plain(told)).toBe('**Rows at once**: A whole number from 1 to 10, please.')
  const again = await mei.form(mei.click(told, 'Correct it'))
  expect(valuesOf(again)).toMatchObject({ name: 'autumn *new*', concurrency: '99', retries: '０' })
  mei.submit(told, again, { concurrency: '7' })
  await discord.until(
    () => plain(step),
    (text) => text.includes('autumn *new*'),
  )
  const next = await mei.form(mei.click(step, 'Exact values…'))
  expect(valuesOf(next)).toMatchObject({ name: 'autumn *new*', concurrency: '7', retries: '0' })
})

test('a bad value and the form to correct it outlive a restart, until something else is chosen', async () => {
  const cast = await atParameters()
  const { mei, discord, step } = cast
  const form = await mei.form(mei.click(step, 'Exact values…'))
  const first = await restart(cast)
  mei.submit(step, form, { name: 'autumn', concurrency: '99' })
  const told = await toldIn(mei, IDS.merch, 'from 1 to 10')
  expect(plain(told)).toStartWith('**Rows at once**: ')
  await restart({ ...cast, ...first })
  const again = await mei.form(mei.click(told, 'Correct it'))
  expect(valuesOf(again)).toMatchObject({ name: 'autumn', concurrency: '99' })

  const edits = step.edits
  mei.choose(step, 'Rows at once', '5 at once')
  await discord.until(
    () => step.edits,
    (now) => now > edits,
  )
  const fresh = await mei.form(mei.click(step, 'Exact values…'))
  expect(valuesOf(fresh)).toMatchObject({ name: 'test_batch_data · Product copywriter', concurrency: '5' })
})

test('a bad row of headings is told, and stands in the form that opens again', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  mei.click(await inChannel(discord, IDS.merch, '1 of 4'), 'Next')
  mei.click(await inChannel(discord, IDS.merch, '2 of 4'), 'Reading…')
  const reading = await inChannel(discord, IDS.merch, 'How is the file read?')
  const form = await mei.form(mei.click(reading, 'Headings and rows…'))
  mei.submit(reading, form, { row: 'two', headingRows: '1', lastRow: '', only: '' })
  const told = await toldIn(mei, IDS.merch, 'A whole number from 1 to 1,048,576, please.')
  expect(valuesOf(await mei.form(mei.click(told, 'Correct it')))).toMatchObject({ row: 'two', lastRow: '' })
})

test('another file replaces the one that was sent, in the same message', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.mention(IDS.merch, new TextEncoder().encode('Name,Tone\nKettle,formal\n'), 'old.csv')
  const first = await inChannel(discord, IDS.merch, '1 of 4')
  mei.click(first, 'Next')
  const check = await inChannel(discord, IDS.merch, '2 of 4')
  const button = buttonsOf(check).find((label) => label.startsWith('Send')) ?? ''
  const form = await mei.form(mei.click(check, button))
  mei.submit(check, form, {}, discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true }))
  await inChannel(discord, IDS.merch, 'All 5 rows can run.')
})

test('a form on a step that is over is not opened, and that is said', async () => {
  const { mei, discord, step } = await atParameters()
  const custom = componentsOf(step).find((one) => textAt(one, 'label') === 'Exact values…')
  mei.click(step, 'Next')
  await inChannel(discord, IDS.merch, '4 of 4')
  const click = mei.clickId(step, textAt(custom, 'custom_id'))
  await toldIn(mei, IDS.merch, 'That step is already done')
  expect(click.kind).toBe(7) // the step of now, in place of the old one
})

test('a form that Discord was too slow for is asked for once more', async () => {
  const { mei, discord, step } = await atParameters()
  discord.faults.plan(/\/callback$/, { kind: 'refuses', status: 404, code: 10_062 }, 9)
  mei.click(step, 'Exact values…')
  await inChannel(discord, mei.direct, 'the form could not be opened in time')
})

test('cells with markup, mentions and masked links are shown as they are, and ping nobody', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  const nasty = '@everyone <@600000000000000002> [free](https://evil.example) **x** `y` ||z||'
  const quoted = `"${nasty}"`
  const csv = `Name,Key features\n${quoted},Boils\n`
  mei.mention(IDS.merch, new TextEncoder().encode(csv), '**[a](https://evil.example)** @here.csv')
  for (const [step, button] of STEPS) mei.click(await inChannel(discord, IDS.merch, step), button)
  await discord.until(
    () => listTasks(bot.db),
    ([task]) => task?.status === 'completed',
  )
  await discord.until(
    () => discord.done(/^POST .*messages$/).filter(({ files }) => files.length > 0),
    (uploads) => uploads.length === 1,
  )
  for (const { body } of discord.done(/^(POST|PATCH) \/channels\/\d+\/messages/)) {
    expect(listAt(body, 'allowed_mentions', 'parse')).toEqual([])
    expect(listAt(body, 'allowed_mentions', 'users').every((id) => id === mei.user.id)).toBe(true)
    const texts = textsOf(body).join('\n')
    expect(texts).not.toMatch(/(?<!\\)\[(free|a)\]\(/)
    expect(texts).not.toMatch(/(?<!\\)<@600000000000000002>/)
  }
})

/** Every text that is read as markdown, without what is code. */
function textsOf(body: unknown): string[] {
  const text = textAt(body, 'content').replaceAll(/```[\s\S]*?```|(?<!\\)`[^`]*`/g, '')
  return [text, ...listAt(body, 'components').flatMap(textsOf)]
}

function valuesOf(form: unknown): Record<string, string> {
  const inputs = listAt(form, 'components').map((label) => valueAt(label, 'component'))
  return Object.fromEntries(inputs.map((input) => [textAt(input, 'custom_id'), textAt(input, 'value')]))
}
