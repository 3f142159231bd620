import { expect, test } from 'bun:test'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { BITS, BOT, IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  restart,
  SAMPLE,
  throughTheSteps,
  toldIn,
} from '../../support/discord/whole.ts'

test('from a mention in the chat of a voice channel, where no thread can hang, to the result there', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.mention(IDS.voice, SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, IDS.voice)
  await inChannel(discord, IDS.voice, '.results.xlsx')
})

test('from /batch new with a file and a workflow to the result in a thread', async () => {
  const { mei, discord, workflow } = await aRowbotInDiscord()
  const typing = mei.type(IDS.merch, 'new', 'workflow', 'copyw')
  await until(
    () => typing.choices,
    (choices) => choices.length > 0,
  )
  expect(typing.choices).toEqual([{ name: 'Product copywriter', value: workflow.id }])
  const file = discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true })
  const command = mei.command(IDS.merch, 'new', { workflow: workflow.id }, file)
  const wizard = await throughTheSteps(mei, IDS.merch)
  await inChannel(discord, wizard.id, '.results.xlsx')
  // Nobody is left looking at a bot that thinks.
  expect(command.kind).toBe(5)
  expect(command.original).toBeUndefined()
})

test('from “Run batch” on somebody else’s message to the result for who asked', async () => {
  const { mei, jo, discord } = await aRowbotInDiscord()
  const message = mei.put(IDS.merch, [discord.keep(SAMPLE.name, SAMPLE.bytes)], 'the new ones')
  jo.runBatch(message)
  const wizard = await throughTheSteps(jo, IDS.merch)
  expect((await inChannel(discord, wizard.id, '.results.xlsx')).content).toContain(`<@${jo.user.id}>`)
})

test('one row is tried first, and a button in the thread goes on with the others', async () => {
  const { mei, discord, sandbox } = await aRowbotInDiscord()
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch, 'Try 1 row first')
  const tried = await until(
    () => inChannel(discord, wizard.id, 'Product copywriter'),
    (message) => buttonsOf(message).includes('Go on with the other 4'),
  )
  expect(sandbox.hits()).toHaveLength(1)
  mei.click(tried, 'Other settings…')
  mei.click(await inChannel(discord, wizard.id, '3 of 4'), 'Cancel')
  await inChannel(discord, wizard.id, 'Cancelled. Nothing was run.')
  mei.click(tried, 'Go on with the other 4')
  await inChannel(discord, wizard.id, '.results.xlsx')
  expect(sandbox.hits()).toHaveLength(5)
})

test('who reads Chinese is asked in Chinese', async () => {
  const { mei, discord } = await aRowbotInDiscord({ zh: true })
  mei.command(IDS.merch, 'new', {}, discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true }))
  expect(buttonsOf(await inChannel(discord, IDS.merch, '选择工作流'))).toContain('下一步')
})

test('who was asked in Chinese before is so after a restart, though a message does not say what they read', async () => {
  const cast = await aRowbotInDiscord({ zh: true })
  const { mei, discord } = cast
  mei.command(mei.direct, 'new', {}, discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true }))
  await inChannel(discord, mei.direct, '选择工作流')
  await restart(cast)
  mei.drop(SAMPLE.bytes, 'again.xlsx')
  await until(
    () => inChannel(discord, mei.direct, 'again.xlsx'),
    (message) => plain(message).includes('选择工作流'),
  )
})

test('a file whose address has expired is asked for anew', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  const old = discord.keep(SAMPLE.name, SAMPLE.bytes, { lastsMs: -1_000 })
  mei.tellOf(mei.put(IDS.merch, [old], `<@${IDS.app}>`))
  await inChannel(discord, IDS.merch, '1 of 4')
})

test('a file that cannot be read ends its message with a sentence', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.drop(new TextEncoder().encode('%PDF-1.7'), 'offer.xlsx')
  await inChannel(discord, mei.direct, 'is a document, not a workbook.')
})

test('a file larger than is read is refused before it is fetched', async () => {
  const { mei, discord } = await aRowbotInDiscord({ discord: { maxFileBytes: 2 ** 20 } })
  mei.drop(new Uint8Array(2 ** 20 + 1), 'huge.xlsx')
  await inChannel(discord, mei.direct, '“huge.xlsx” is larger than 1 MB')
})

test('permissions that are missing are named, and nothing is begun', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  discord.denied.set(IDS.merch, BITS.attach | BITS.threads)
  mei.command(IDS.merch, 'new', {}, discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true }))
  await toldIn(
    mei,
    IDS.merch,
    'I lack these permissions in this channel: Create Public Threads, Attach Files.',
  )
  expect(await listTasks(bot.db, {})).toEqual([])
  expect(discord.messagesIn(IDS.merch)).toEqual([])
})

test('where the bot may not write at all, a mention is answered directly', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  discord.denied.set(IDS.voice, BITS.send)
  discord.gateway.dispatch('CHANNEL_UPDATE', discord.payloadOf({ id: IDS.voice, type: 2, name: 'Voice' }))
  mei.mention(IDS.voice, SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, mei.direct, 'I lack the permission “Send Messages” in this channel.')
})

test('a thread permission that is taken away meanwhile leaves the result in the channel', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, IDS.merch, '1 of 4')
  discord.denied.set(IDS.merch, BITS.threads)
  await throughTheSteps(mei, IDS.merch)
  await inChannel(discord, IDS.merch, '.results.xlsx')
})

test('the result of a private thread in which the bot may not write any more goes to its person, not to the channel', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  const { id } = mei.put(IDS.merch, [], 'salaries')
  const thread = { id, type: 12, name: 'salaries', parent: IDS.merch }
  discord.channels.set(id, thread)
  discord.gateway.dispatch('THREAD_CREATE', discord.payloadOf(thread))
  mei.mention(id, SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, id, '1 of 4')
  discord.denied.set(IDS.merch, BITS.sendInThreads)
  await throughTheSteps(mei, id)
  await inChannel(discord, mei.direct, '.results.xlsx')
  const inMerch = [...discord.messages.values()].filter(({ channel }) => channel === IDS.merch)
  expect(inMerch.filter(({ author }) => author.id === BOT.id)).toEqual([])
})

test('a mention without a file is told how one is sent, and a command after it is done', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.say(IDS.merch, `<@${IDS.app}> please`)
  await inChannel(discord, mei.direct, 'There is no file in this message.')
  mei.say(mei.direct, 'list')
  await inChannel(discord, mei.direct, 'No tasks yet')
})

test('talk that is not for the bot, other bots and thanks in reply are not answered', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.say(IDS.merch, 'good morning')
  mei.tellOf({ ...mei.put(IDS.merch, [], 'thanks!'), mentions: [IDS.app] })
  mei.tellOf({ ...mei.put(IDS.merch, [], `<@${IDS.app}>`), author: { ...mei.user, bot: true } })
  mei.say(mei.direct, 'help')
  await inChannel(discord, mei.direct, 'How to run a workflow on every row')
  expect(discord.messagesIn(IDS.merch).filter(({ author }) => author.id === BOT.id)).toEqual([])
  expect(discord.messagesIn(mei.direct)).toHaveLength(2)
})

test('what each command answers is seen by who asked, and template and results bring files', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, mei.direct)
  await inChannel(discord, mei.direct, '.results.xlsx')
  const [task] = await listTasks(bot.db, {})
  mei.command(IDS.merch, 'status', { task: task?.id ?? '' })
  expect(plain(await toldIn(mei, IDS.merch, 'Product copywriter'))).toContain('5 done')
  mei.command(IDS.merch, 'stop', { task: task?.id ?? '' })
  await toldIn(mei, IDS.merch, 'completed')
  const typing = mei.type(IDS.merch, 'status', 'task', 'batch')
  await until(
    () => typing.choices,
    (choices) => choices.length === 1,
  )
  mei.command(IDS.merch, 'template', { workflow: 'Product copywriter' })
  await inChannel(discord, mei.direct, '.template.xlsx')
  await toldIn(mei, IDS.merch, 'in a direct message')
  expect(discord.messagesIn(IDS.merch).filter(({ author }) => author.id === BOT.id)).toEqual([])
})

test('a greeting with a mention is answered where it stands, and another bot never is', async () => {
  const { mei, discord } = await aRowbotInDiscord()
  mei.tellOf({ ...mei.put(IDS.merch, [], `<@${IDS.app}> hello`), author: { ...mei.user, bot: true } })
  mei.say(IDS.merch, `<@${IDS.app}> 你好`)
  await inChannel(discord, IDS.merch, '我对表格的每一行运行')
  mei.say(IDS.merch, `<@${IDS.app}>`)
  await inChannel(discord, IDS.merch, 'I run a workflow of Dify on every row')
  const ours = discord.messagesIn(IDS.merch).filter(({ author }) => author.id === BOT.id)
  expect(ours).toHaveLength(2)
})
