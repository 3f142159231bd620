import { expect, test } from 'bun:test'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf, saysOf } from '../../support/slack/message.ts'
import {
  aRowbotInSlack,
  inChannel,
  resultOf,
  SAMPLE,
  throughTheSteps,
  under,
} from '../../support/slack/whole.ts'

test('from a file in a direct message to the result in its thread, in one message and the file', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  const result = await under(mei, dropped, '.results.xlsx')
  expect(result.text).toContain(`<@${mei.id}>`)
  const rows = await resultOf(mei, result)
  expect([...rows.keys()]).toEqual([2, 3, 4, 5, 6])
  for (const cells of rows.values()) expect(cells.join()).toContain(cells[1] ?? 'a name')
  expect(await mei.thread(dropped.channel, dropped.ts)).toHaveLength(3)
  expect(slack.done('chat.postMessage')).toHaveLength(1)
})

test('from a mention with a file in a channel to the result in its thread', async () => {
  const { mei } = await aRowbotInSlack()
  const message = await mei.mention(mei.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, message)
  await under(mei, message, '.results.xlsx')
  const thread = await mei.thread(message.channel, message.ts)
  expect(thread.map(({ files }) => files.length)).toEqual([1, 0, 1])
})

test('from “Run as batch” on somebody else’s message to the result in its thread', async () => {
  const { mei, jo } = await aRowbotInSlack()
  const message = await mei.upload(mei.channel('merch'), SAMPLE.bytes, SAMPLE.name, 'the new ones')
  await jo.runAsBatch(message)
  await throughTheSteps(jo, message)
  expect((await under(jo, message, '.results.xlsx')).text).toContain(`<@${jo.id}>`)
})

test('from /batch new and its form to the result, under the bot’s message in the channel of the command', async () => {
  const { mei } = await aRowbotInSlack()
  const channel = mei.channel('merch')
  await mei.command(channel, 'new')
  await mei.submit(await mei.form(), {}, SAMPLE)
  const root = await inChannel(mei, channel, '1 of 4')
  await throughTheSteps(mei, root)
  await under(mei, root, '.results.xlsx')
})

test('from the shortcut and its form to the result, under its message in the direct message', async () => {
  const { mei } = await aRowbotInSlack()
  await mei.newBatch()
  await mei.submit(await mei.form(), {}, SAMPLE)
  const channel = await mei.directChannel()
  const root = await inChannel(mei, channel, '1 of 4')
  await throughTheSteps(mei, root)
  await under(mei, root, '.results.xlsx')
})

test('the home tab lists the results of the tasks that were started, with their buttons', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  await under(mei, dropped, '.results.xlsx')
  await mei.openHome(dropped.channel)
  const [home] = await until(
    () => slack.views.homes,
    (homes) => homes.length > 0,
  )
  expect(JSON.stringify(home?.view)).toContain('test_batch_data')

  expect(JSON.stringify(home?.view)).toContain('Results again')
})

test('what is chosen in a select counts, and is what the message shows next', async () => {
  const { bot, mei } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await mei.click(await under(mei, dropped, '1 of 4'), 'Next')
  await mei.click(await under(mei, dropped, '2 of 4'), 'Next')
  await mei.choose(await under(mei, dropped, '3 of 4'), 'Rows at once', '5 at once')
  await mei.slack.until(
    () => under(mei, dropped, '3 of 4'),
    ({ blocks }) =>
      JSON.stringify(blocks).includes('"initial_option":{"text":{"type":"plain_text","text":"5 at once'),
  )
  await mei.click(await under(mei, dropped, '3 of 4'), 'Next')
  await mei.click(await under(mei, dropped, '4 of 4'), 'Start')
  await under(mei, dropped, '.results.xlsx')
  expect(await listTasks(bot.db, {})).toMatchObject([{ concurrency: 5 }])
})

test('one row is tried first, then with other settings, and then the others run', async () => {
  const { mei, sandbox } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped, 'Try 1 row first')
  const tried = await until(
    () => under(mei, dropped, 'test_batch_data · Product copywriter'),
    (message) => buttonsOf(message).includes('Go on with the other 4'),
  )
  expect(sandbox.hits()).toHaveLength(1)
  await mei.click(tried, 'Other settings…')
  await mei.click(await under(mei, dropped, '3 of 4'), 'Cancel')
  expect(sandbox.hits()).toHaveLength(1)
  await mei.click(tried, 'Go on with the other 4')
  await under(mei, dropped, '.results.xlsx')
  expect(sandbox.hits()).toHaveLength(5)
})

test('what a person does with a task is in the audit as theirs, from Slack', async () => {
  const { bot, mei, jo } = await aRowbotInSlack({ delayMs: 60_000 })
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  const progress = await until(
    () => under(mei, dropped, 'test_batch_data · Product copywriter'),
    (message) => buttonsOf(message).includes('Stop'),
  )
  await jo.click(progress, 'Stop')
  await mei.click(progress, 'Stop')
  const { entries } = await until(
    () => listAudit(bot.db),
    ({ total }) => total === 2,
  )
  const [task] = await listTasks(bot.db)
  const mine = { who: task?.owner, face: 'slack', role: 'member', target: task?.id }
  expect(entries).toMatchObject([
    { action: 'task.stop', ...mine, details: { person: expect.stringContaining(`:${mei.id}`) } },
    { action: 'task.create', ...mine },
  ])
})

test('a file that cannot be read is told in the thread', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(new TextEncoder().encode('%PDF-1.7'), 'offer.xlsx')
  const [, message] = await slack.until(
    () => mei.thread(dropped.channel, dropped.ts),
    ([, one]) => one !== undefined && !saysOf(one).includes('Reading the file'),
  )
  expect(message && saysOf(message)).toContain(
    'is a document, not a workbook. Send an Excel workbook (.xlsx, .xls, .xlsb), an .ods or a CSV file.',
  )
})

test('in a channel that the bot is not in, a form’s file is not lost in silence', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const channel = mei.channel('elsewhere')
  slack.notIn.add(channel)
  await mei.command(channel, 'new')
  await mei.submit(await mei.form(), {}, SAMPLE)
  const [reply] = await until(
    () => slack.urls.replies,
    (replies) => replies.length > 0,
  )
  expect(JSON.stringify(reply?.body)).toMatch(/invite/i)
})

test('an upload that comes as three events, one of them again, opens one wizard', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const message = await mei.upload(await mei.directChannel(), SAMPLE.bytes, SAMPLE.name)
  await Promise.all([
    mei.tellOf(message, 'Ev1'),
    mei.tellOf(message, 'Ev2'),
    mei.tellOfMention(message, 'Ev3'),
  ])
  await mei.tellOf(message, 'Ev1')
  await under(mei, message, '1 of 4')
  expect(slack.done('chat.postMessage')).toHaveLength(1)
})

test('two people’s wizards in one channel do not mix, and neither can click the other’s', async () => {
  const { bot, mei, jo, slack } = await aRowbotInSlack()
  const channel = mei.channel('merch')
  const [first, second] = await Promise.all([
    mei.mention(channel, SAMPLE.bytes, 'mei.xlsx'),
    jo.mention(channel, SAMPLE.bytes, 'jo.xlsx'),
  ])
  await jo.click(await under(mei, first, '1 of 4'), 'Next')
  const [told] = await until(
    () => slack.done('chat.postEphemeral'),
    (all) => all.length > 0,
  )
  expect(told?.args).toMatchObject({ user: jo.id, channel, thread_ts: first.ts })
  expect(JSON.stringify(told?.args)).toContain('This batch is mei’s.')
  expect(saysOf(await under(mei, first, '1 of 4'))).toContain('mei.xlsx')

  await Promise.all([throughTheSteps(mei, first), throughTheSteps(jo, second)])
  await Promise.all([under(mei, first, 'mei.results.xlsx'), under(jo, second, 'jo.results.xlsx')])
  const tasks = await listTasks(bot.db, {})
  expect(tasks.map(({ owner }) => owner).toSorted()).toEqual(['jo', 'mei'])
})

test('a double click starts one task, and a click on an old step is refused kindly', async () => {
  const { bot, mei, slack } = await aRowbotInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  const first = await under(mei, dropped, '1 of 4')
  await mei.click(first, 'Next')
  await under(mei, dropped, '2 of 4')
  await mei.click(first, 'Next')
  const [told] = await until(
    () => slack.done('chat.postEphemeral'),
    (all) => all.length > 0,
  )
  expect(JSON.stringify(told?.args)).toContain('That step is already done')

  await mei.click(await under(mei, dropped, '2 of 4'), 'Next')
  await mei.click(await under(mei, dropped, '3 of 4'), 'Next')
  const last = await under(mei, dropped, '4 of 4')
  await Promise.all([mei.click(last, 'Start'), mei.click(last, 'Start'), mei.click(last, 'Start')])
  await under(mei, dropped, '.results.xlsx')
  expect(await listTasks(bot.db, {})).toHaveLength(1)
})
