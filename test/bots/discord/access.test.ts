import { expect, test } from 'bun:test'
import { setAccess } from '../../../src/db/workflows/access.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { BITS, IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  SAMPLE,
  STEPS,
  throughTheSteps,
  toldIn,
} from '../../support/discord/whole.ts'

const NOBODY = { users: [], channels: [], roles: [] }

test('a workflow may be for one server, role, channel or person, and is asked about at every click', async () => {
  const { mei, discord, bot, workflow } = await aRowbotInDiscord()
  discord.roles.set(mei.user.id, [IDS.buyers])
  for (const access of [
    { ...NOBODY, roles: [IDS.guild] },
    { ...NOBODY, roles: [IDS.buyers] },
    { ...NOBODY, channels: [IDS.merch] },
    { ...NOBODY, users: [mei.user.id] },
  ]) {
    await setAccess(bot.db, workflow.id, access)
    const { id } = mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
    await until(
      () => discord.messagesIn(IDS.merch).filter((one) => one.id > id && plain(one).includes('1 of 4')),
      (all) => all.length === 1,
    )
  }
  const open = discord.messagesIn(IDS.merch).findLast((one) => plain(one).includes('1 of 4'))
  await setAccess(bot.db, workflow.id, NOBODY)
  if (open) mei.click(open, 'Next')
  await toldIn(mei, IDS.merch, 'workflow')
  mei.mention(IDS.voice, SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, IDS.voice, 'There is no workflow here that you may use.')
  expect(await listTasks(bot.db, {})).toEqual([])
})

test('in a direct message the servers and roles of a person count', async () => {
  const { mei, jo, discord, bot, workflow } = await aRowbotInDiscord()
  discord.roles.set(jo.user.id, [IDS.buyers])
  await setAccess(bot.db, workflow.id, { ...NOBODY, roles: [IDS.buyers] })
  jo.drop(SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, jo.direct, '1 of 4')
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, mei.direct, 'There is no workflow here that you may use.')
})

test('people of other servers than those named are refused, in a channel and directly', async () => {
  const { mei, jo, discord } = await aRowbotInDiscord({ discord: { guilds: ['123'] } })
  mei.command(IDS.merch, 'list')
  await toldIn(mei, IDS.merch, 'You are not in a server this bot belongs to')
  jo.drop(SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, jo.direct, 'You are not in a server this bot belongs to')
})

test('a result that may not go into its thread any more comes to its channel, and names the task', async () => {
  const { mei, discord } = await aRowbotInDiscord({ delayMs: 60 })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  await inChannel(discord, wizard.id, 'Product copywriter')
  discord.denied.set(IDS.merch, BITS.sendInThreads)
  const result = await inChannel(discord, IDS.merch, '.results.xlsx')
  expect(plain(result)).toContain('· Product copywriter')
})

test('who takes no direct messages is told where they asked', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  discord.shut.add(mei.user.id)
  mei.say(IDS.merch, `<@${IDS.app}> please`)
  const told = await inChannel(discord, IDS.merch, 'There is no file in this message.')
  expect(plain(told)).toStartWith(`<@${mei.user.id}>`)
})

test('a private status is shown anew after a click on it', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord({ delayMs: 400 })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  for (const [step, button] of STEPS) mei.click(await inChannel(discord, IDS.merch, step), button)
  const [task] = await until(
    () => listTasks(bot.db),
    ([one]) => one?.status === 'running',
  )
  mei.command(IDS.voice, 'status', { task: task?.id ?? '' })
  const status = await toldIn(mei, IDS.voice, 'running')
  mei.click(status, 'Pause')
  await until(
    () => plain(status),
    (text) => text.includes('paused'),
  )
  expect(buttonsOf(status)).toContain('Resume')
  expect(mei.told(IDS.voice)).toHaveLength(1)
})
