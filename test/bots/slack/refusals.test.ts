import { expect, test } from 'bun:test'
import { until } from '../../support/bot.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlackBot } from '../../support/slack/rig.ts'
import { said, whatWasTold } from '../../support/slack/notices.ts'

const BYTES = new TextEncoder().encode('Name\nKettle\n')

test('a guest is refused kindly, unless guests are allowed', async () => {
  const closed = await aSlackBot()
  closed.slack.traits.set(closed.mei.id, { is_restricted: true })
  await closed.mei.drop(BYTES, 'products.csv')
  expect(await whatWasTold(closed.slack, closed.mei.id)).toStartWith(
    'Guests of this workspace cannot run batches.',
  )
  expect(closed.desk.received).toEqual([])

  const open = await aSlackBot({ allowGuests: true })
  open.slack.traits.set(open.mei.id, { is_restricted: true })
  await open.mei.drop(BYTES, 'products.csv')
  await until(
    () => open.desk.received,
    (all) => all.length === 1,
  )
})

test('someone of another company in a shared channel is refused, whatever they do', async () => {
  const { slack, desk: handlers } = await aSlackBot()
  const stan = new SlackPerson(slack, 'stan')
  slack.traits.set(stan.id, { team_id: 'T0OTHER' })
  const message = await stan.mention(stan.channel('merch'), BYTES, 'products.csv')
  expect(await whatWasTold(slack, stan.id)).toStartWith('You are not in the workspace this bot belongs to')
  await stan.runAsBatch(message)
  await stan.command(stan.channel('merch'), 'list')
  await stan.newBatch()
  await until(
    () => slack.calls.filter(({ method }) => method === 'chat.postEphemeral'),
    (all) => all.length === 4,
  )
  expect([handlers.received, handlers.commands, handlers.clicks]).toEqual([[], [], []])
})

test('while Slack does not say who someone is, they are asked to try again', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  slack.faults.plan('users.info', { kind: 'refuses', error: 'user_not_found' })
  await mei.tellOf(await mei.say(await mei.directChannel(), 'list'))
  expect(await whatWasTold(slack, mei.id)).toStartWith('Slack did not say who you are just now.')
  expect(handlers.commands).toEqual([])
})

test('in a channel that the bot is not in, a command is answered all the same', async () => {
  const { slack, bot, desk: handlers, mei } = await aSlackBot()
  const channel = mei.channel('elsewhere')
  slack.notIn.add(channel)
  handlers.onCommand = async ({ place, person }) => {
    await bot.chat.tell(place, person, { title: 'Your tasks', lines: [], selects: [], buttons: [] })
  }
  await mei.command(channel, 'list')
  const [reply] = await until(
    () => slack.urls.replies,
    (all) => all.length > 0,
  )
  expect(reply?.user).toBe(mei.id)
  expect(said(reply?.body)).toBe('Your tasks')
})

test('where neither the channel nor an answer is open, a person is told in the direct message', async () => {
  const { slack, bot, mei } = await aSlackBot()
  const channel = mei.channel('elsewhere')
  slack.notIn.add(channel)
  const sent = await bot.chat.tell(
    { platform: 'slack', team: 'T000000001', channel },
    { id: mei.id, name: 'mei' },
    { title: 'Hello', lines: [], selects: [], buttons: [] },
  )
  expect(sent.kind).toBe('ok')
  const messages = await mei.messages(await mei.directChannel())
  expect(messages.map(({ text }) => text)).toEqual(['Hello'])
})

test('a fault of our own is told with an id, and the log has it under that id', async () => {
  const { slack, log, desk: handlers, mei } = await aSlackBot()
  handlers.onCommand = () => Promise.reject(new Error('a bug'))
  await mei.command(mei.channel('merch'), 'list')
  const told = await whatWasTold(slack, mei.id)
  const id = told.match(/under (\w{8})\./)?.[1]
  expect(log.lines).toMatchObject([{ level: 'error', details: { id, err: new Error('a bug') } }])
})

test('a form that comes too late is asked for again', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  handlers.onClick = async (_, __, openForm) =>
    openForm({ id: 'new', title: 'New batch', submit: 'Send', fields: [] })
  slack.faults.plan('views.open', { kind: 'refuses', error: 'expired_trigger_id' })
  await mei.newBatch()
  const channel = await mei.directChannel()
  expect(await whatWasTold(slack, mei.id)).toStartWith('Slack is slow just now')
  expect(slack.done('chat.postEphemeral')[0]?.args['channel']).toBe(channel)
})

test('a command that needs a form, said in words, is told where forms can be opened', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  handlers.onCommand = async (_, __, openForm) =>
    openForm({ id: 'new', title: 'New batch', submit: 'Send', fields: [] })
  await mei.tellOf(await mei.say(await mei.directChannel(), 'new'))
  expect(await whatWasTold(slack, mei.id)).toStartWith('That needs a form')
})
