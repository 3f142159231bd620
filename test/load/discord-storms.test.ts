import { expect, test } from 'bun:test'
import { listTasks } from '../../src/db/tasks/tasks.ts'
import { until } from '../support/bot.ts'
import { customIdOf, saysOf } from '../support/discord/seen.ts'
import { BOT, IDS } from '../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  restart,
  resultOf,
  SAMPLE,
  STEPS,
  throughTheSteps,
  toldIn,
} from '../support/discord/whole.ts'
import { largeXlsx } from '../workbook/support/xlsx.ts'

test('a restart at every step of the wizard, and in the middle of the task, loses nothing', async () => {
  const cast = await aRowbotInDiscord({ delayMs: 40 })
  const { mei, discord, sandbox } = cast
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  let now = { bot: cast.bot, running: cast.running }
  let wizard = ''
  for (const [step, button] of STEPS) {
    const message = await inChannel(discord, IDS.merch, step)
    now = await restart({ ...cast, ...now })
    mei.click(message, button)
    wizard = message.id
  }
  await until(
    () => sandbox.hits().length,
    (hits) => hits > 0,
  )
  now = await restart({ ...cast, ...now })
  const rows = await resultOf(discord, await inChannel(discord, wizard, '.results.xlsx'))
  expect([...rows.keys()]).toEqual([2, 3, 4, 5, 6])
  expect(discord.messagesIn(wizard)).toHaveLength(2)
  expect(discord.messagesIn(IDS.merch).filter(({ author }) => author.id === BOT.id)).toHaveLength(1)
})

test('a storm of 429, 502 and lost answers ends with one message, one thread, one result', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  discord.faults.plan(/^POST \/channels\/\d+\/messages$/, { kind: 'unheard' })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, IDS.merch, '1 of 4')
  discord.faults.plan(/^PATCH \/channels/, { kind: 'limited', retryAfter: 0.2 }, 1)
  discord.faults.plan(/^PATCH \/channels/, { kind: 'down' }, 1)
  discord.faults.plan(/\/threads$/, { kind: 'unheard' }, 1)
  discord.faults.plan(/\/threads$/, { kind: 'down' }, 1)
  const wizard = await throughTheSteps(mei, IDS.merch)
  discord.faults.plan(new RegExp(`^POST /channels/${wizard.id}/messages$`), { kind: 'unheard' }, 3)
  discord.faults.plan(new RegExp(`^POST /channels/${wizard.id}/messages$`), { kind: 'down' }, 2)
  discord.faults.plan(/^PATCH \/channels/, { kind: 'limited', retryAfter: 5, isGlobal: false }, 2)
  await inChannel(discord, wizard.id, '.results.xlsx')
  await inChannel(discord, wizard.id, 'completed')
  await settled(discord)
  expect(discord.messagesIn(wizard.id)).toHaveLength(2)
  expect(discord.messagesIn(IDS.merch).filter(({ author }) => author.id === BOT.id)).toHaveLength(1)
})

test('after a crash and an hour, when Discord knows no nonce any more, what was posted is found again', async () => {
  const cast = await aRowbotInDiscord()
  const { mei, discord } = cast
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, mei.direct, '1 of 4')
  discord.forgetsNonces = true
  discord.faults.plan(/^POST \/channels\/\d+\/messages$/, { kind: 'unheard' }, 1)
  await throughTheSteps(mei, mei.direct)
  await until(
    () => discord.messagesIn(mei.direct).filter(({ attachments }) => attachments.length > 0),
    (all) => all.length === 2,
  )
  const { running } = await restart(cast)
  await until(
    () => discord.done(/^GET \/channels\/\d+\/messages$/).length,
    (count) => count > 0,
  )
  await settled(discord)
  const files = discord.messagesIn(mei.direct).map(({ attachments }) => attachments[0]?.filename)
  expect(files.filter((name) => name?.includes('.results'))).toHaveLength(1)
  expect(running.log.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('while Discord is away the task goes on, and the thread catches up once', async () => {
  const cast = await aRowbotInDiscord()
  const { bot, mei, discord } = cast
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  for (const [step, button] of STEPS.slice(0, 3)) mei.click(await inChannel(discord, IDS.merch, step), button)
  const last = await inChannel(discord, IDS.merch, '4 of 4')
  discord.faults.plan(/./, { kind: 'down' }, 1_000)
  mei.click(last, 'Start')
  await until(
    () => listTasks(bot.db),
    ([task]) => task?.status === 'completed',
  )
  discord.faults.clear()
  await inChannel(discord, last.id, '.results.xlsx')
  await settled(discord)
  expect(discord.messagesIn(last.id)).toHaveLength(2)
})

for (const [how, drop] of [
  ['close 4000', (d: Discord) => d.gateway.drop(4000)],
  ['close 1001', (d: Discord) => d.gateway.drop(1001)],
  ['a cut line', (d: Discord) => d.gateway.drop()],
  ['op 7', (d: Discord) => d.gateway.tell(7)],
] as const) {
  test(`a click during ${how} is heard once the session is resumed`, async () => {
    const { mei, discord } = await aRowbotInDiscord()
    mei.drop(SAMPLE.bytes, SAMPLE.name)
    const first = await inChannel(discord, mei.direct, '1 of 4')
    drop(discord)
    mei.click(first, 'Next')
    await inChannel(discord, mei.direct, '2 of 4')
    expect(discord.gateway.received).toContain(6)
  })
}

test('a session that Discord has forgotten is begun anew', async () => {
  const { mei, discord, running } = await aRowbotInDiscord()
  discord.gateway.tell(9)
  await until(
    () => discord.gateway.received.filter((op) => op === 2).length,
    (count) => count === 2,
  )
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, mei.direct, '1 of 4')
  expect(running.discordBot.healthy()).toEqual({ state: 'connected' })
})

test('a click that comes too late to be answered is done all the same', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await inChannel(discord, mei.direct, '1 of 4')
  discord.faults.plan(/\/callback$/, { kind: 'refuses', status: 404, code: 10_062 })
  mei.click(first, 'Next')
  await inChannel(discord, mei.direct, '2 of 4')
})

test('a double click starts one task, and a click on an old step is refused kindly', async () => {
  const { bot, mei, discord } = await aRowbotInDiscord()
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const first = await inChannel(discord, IDS.merch, '1 of 4')
  const old = customIdOf(first, 'Next')
  mei.click(first, 'Next')
  await inChannel(discord, IDS.merch, '2 of 4')
  mei.clickId(first, old)
  await toldIn(mei, IDS.merch, 'That step is already done')
  for (const [step, button] of STEPS.slice(1, 3)) mei.click(await inChannel(discord, IDS.merch, step), button)
  const last = await inChannel(discord, IDS.merch, '4 of 4')
  const start = customIdOf(last, 'Start')
  for (let i = 0; i < 3; i++) mei.clickId(last, start)
  await inChannel(discord, last.id, '.results.xlsx')
  expect(await listTasks(bot.db, {})).toHaveLength(1)
})

test('two people’s wizards in one channel do not mix, and neither can click the other’s', async () => {
  const { bot, mei, jo, discord } = await aRowbotInDiscord()
  mei.mention(IDS.merch, SAMPLE.bytes, 'mei.xlsx')
  const meis = await inChannel(discord, IDS.merch, 'mei.xlsx')
  await until(
    () => inChannel(discord, IDS.merch, '1 of 4'),
    () => true,
  )
  jo.click(meis, 'Next')
  await toldIn(jo, IDS.merch, 'This batch is Mei’s.')
  jo.drop(SAMPLE.bytes, 'jo.xlsx')
  await Promise.all([throughTheSteps(mei, IDS.merch), throughTheSteps(jo, jo.direct)])
  await Promise.all([
    inChannel(discord, meis.id, 'mei.results.xlsx'),
    inChannel(discord, jo.direct, 'jo.results.xlsx'),
  ])
  const tasks = await listTasks(bot.db, {})
  expect(tasks.map(({ owner }) => owner).toSorted()).toEqual(['Jo', 'Mei'])
})

test('rate limits are read from the headers and kept to', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  discord.rate = { limit: 5, windowMs: 300 }
  const files = Array.from({ length: 12 }, (_, i) => discord.keep(`${i}.xlsx`, SAMPLE.bytes))
  for (const file of files) mei.tellOf(mei.put(mei.direct, [file]))
  for (let i = 0; i < 12; i++) await inChannel(discord, mei.direct, `${i}.xlsx`)
  await until(
    () => discord.messagesIn(mei.direct).filter(({ edits }) => edits > 0),
    (all) => all.length === 12,
  )
  // The first burst may run into it: nobody knows of a limit before the first answer.
  expect(discord.calls.filter(({ status }) => status === 429).length).toBeLessThan(12)
})

test('a deleted thread leaves its result in the channel', async () => {
  const { mei, discord } = await aRowbotInDiscord({ delayMs: 60 })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  await inChannel(discord, wizard.id, 'Product copywriter')
  discord.channels.delete(wizard.id)
  await inChannel(discord, IDS.merch, '.results.xlsx')
})

test('a thread that went to sleep is woken to show the end', async () => {
  const { mei, discord } = await aRowbotInDiscord({ delayMs: 60 })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  await inChannel(discord, wizard.id, 'Product copywriter')
  const thread = discord.channels.get(wizard.id)
  if (thread) thread.archived = true
  await inChannel(discord, wizard.id, 'completed')
})

test('every click is answered in time while a workbook of 100,000 rows is being read', async () => {
  const { mei, jo, discord } = await aRowbotInDiscord({ discord: { maxFileBytes: 50 * 2 ** 20 } })
  jo.drop(SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, jo.direct, '1 of 4')
  mei.drop(largeXlsx(100_000), 'large.xlsx')
  const large = await inChannel(discord, mei.direct, 'Reading the file')
  for (const [step, button] of STEPS.slice(0, 3)) {
    const click = jo.click(await inChannel(discord, jo.direct, step), button)
    await until(
      () => click.ackedAt,
      (at) => at !== undefined,
    )
  }
  await inChannel(discord, jo.direct, '4 of 4')
  expect(saysOf(large)).toContain('Reading the file')
  await inChannel(discord, mei.direct, '1 of 4')
})

type Discord = Awaited<ReturnType<typeof aRowbotInDiscord>>['discord']

/** Long enough, by the reporter's clock, for a second message to come if it were to. */
async function settled(discord: Discord): Promise<void> {
  const quiet = 400
  await until(
    () => discord.calls.at(-1)?.at ?? 0,
    (at) => Date.now() - at > quiet,
  )
}
