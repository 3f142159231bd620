import { expect, test } from 'bun:test'
import { UserError } from '../../../src/engine/user-error.ts'
import { fetchRules, isAllowed } from '../../../src/bots/slack/fetch-file.ts'
import { later, until } from '../../support/bot.ts'
import type { Misbehaviour } from '../../support/slack/faults.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlackBot } from '../../support/slack/rig.ts'
import { said, whatWasTold } from '../../support/slack/told.ts'

const BYTES = new TextEncoder().encode('Name\nKettle\n')

/** Someone drops a file while Slack misbehaves: what its download comes to. */
async function sentenceOf(
  misbehave: { method: string; how: Misbehaviour; times?: number }[],
  options: { maxFileBytes?: number; locale?: string } = {},
): Promise<string> {
  const { locale, ...botOptions } = options
  const { slack, desk, mei } = await aSlackBot(botOptions)
  if (locale) slack.traits.set(mei.id, { locale })
  for (const { method, how, times } of misbehave) slack.faults.plan(method, how, times)
  await mei.drop(BYTES, 'products.csv')
  const [received] = await until(
    () => desk.received,
    (all) => all.length > 0,
  )
  try {
    await received?.sending.download()
  } catch (fault) {
    if (fault instanceof UserError) return `${fault.message} ${fault.hint ?? ''}`.trim()
    throw fault
  }
  return 'it was downloaded'
}

const FILE_FAULTS: [name: string, method: string, how: Misbehaviour, sentence: string][] = [
  [
    'the sign-in page instead of a file',
    'download',
    { kind: 'page' },
    'This Slack app lacks the permission “files:read”. Its owner can add it under “OAuth & Permissions” and install the app again; rowbot doctor names every missing one.',
  ],
  [
    'a scope that is missing',
    'files.info',
    { kind: 'refuses', error: 'missing_scope' },
    'This Slack app lacks the permission “files:read”. Its owner can add it under “OAuth & Permissions” and install the app again; rowbot doctor names every missing one.',
  ],
  [
    'a channel that the bot is not in',
    'files.info',
    { kind: 'refuses', error: 'file_not_found' },
    'I cannot see “products.csv” here. Invite me to this channel (/invite), or send me the file in a direct message.',
  ],
  [
    'a deleted file',
    'files.info',
    { kind: 'refuses', error: 'file_deleted' },
    '“products.csv” has been deleted. Please send it again.',
  ],
]

for (const [name, method, how, sentence] of FILE_FAULTS) {
  test(`${name} ends in a sentence`, async () => {
    expect(await sentenceOf([{ method, how }])).toBe(sentence)
  })
}

test('a file above the limit ends in a sentence', async () => {
  expect(await sentenceOf([], { maxFileBytes: 4 })).toBe(
    '“products.csv” is larger than 0 MB, the most I read.',
  )
})

test('the sentences are in the language of the person', async () => {
  expect(
    await sentenceOf([{ method: 'files.info', how: { kind: 'refuses', error: 'file_deleted' } }], {
      locale: 'zh-CN',
    }),
  ).toBe('“products.csv”已被删除。 请再发一次。')
})

test('a redirect to a stranger is not followed, and the token not given away', async () => {
  const { slack, desk, mei } = await aSlackBot()
  const heard: (string | null)[] = []
  const stranger = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => {
      heard.push(request.headers.get('authorization'))
      return new Response(BYTES)
    },
  })
  later(() => stranger.stop(true))
  slack.faults.plan('download', { kind: 'moved', to: `http://127.0.0.1:${stranger.port}/products.csv` })
  await mei.drop(BYTES, 'products.csv')
  const [received] = await until(
    () => desk.received,
    (all) => all.length > 0,
  )
  expect(received?.sending.download()).rejects.toThrow('Slack would not hand over “products.csv”.')
  await received?.sending.download()
  expect(heard).toEqual([])
})

test('the token goes to Slack’s hosts over https, and to nothing that looks like one', () => {
  const rules = fetchRules('xoxb', 1)
  const allowed = (address: string) => isAllowed(new URL(address), rules)
  expect(allowed('https://files.slack.com/files-pri/x')).toBe(true)
  for (const address of [
    'http://files.slack.com/x',
    'https://evilslack.com/x',
    'https://slack.com.example.com/x',
    'https://files.slack.com:8443/x',
    'https://files.slack.com@example.com/x',
  ])
    expect([address, allowed(address)]).toEqual([address, false])
})

test('a file is fetched all the same after a 429, a 502 and a redirect within Slack', async () => {
  const { slack, desk, mei } = await aSlackBot()
  const message = await mei.drop(BYTES, 'products.csv')
  const [received] = await until(
    () => desk.received,
    (all) => all.length > 0,
  )
  slack.faults.plan('files.info', { kind: 'limited', retryAfter: 0 })
  slack.faults.plan('files.info', { kind: 'down' })
  const to = `${slack.url}/files-pri/${message.files[0]?.id}/products.csv`
  slack.faults.plan('download', { kind: 'moved', to })
  expect((await received?.sending.download())?.bytes).toEqual(BYTES)
})

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
  const { slack, desk } = await aSlackBot()
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
  expect([desk.received, desk.commands, desk.clicks]).toEqual([[], [], []])
})

test('while Slack does not say who someone is, they are asked to try again', async () => {
  const { slack, desk, mei } = await aSlackBot()
  slack.faults.plan('users.info', { kind: 'refuses', error: 'user_not_found' })
  await mei.tellOf(await mei.say(await mei.directChannel(), 'list'))
  expect(await whatWasTold(slack, mei.id)).toStartWith('Slack did not say who you are just now.')
  expect(desk.commands).toEqual([])
})

test('in a channel that the bot is not in, a command is answered all the same', async () => {
  const { slack, bot, desk, mei } = await aSlackBot()
  const channel = mei.channel('elsewhere')
  slack.notIn.add(channel)
  desk.onCommand = async ({ place, person }) => {
    await bot.chat.tell(place, person, { title: 'Your tasks', lines: [], selects: [], buttons: [] })
  }
  await mei.command(channel, 'list')
  const [reply] = await until(
    () => slack.replies,
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
  const { slack, log, desk, mei } = await aSlackBot()
  desk.onCommand = () => Promise.reject(new Error('a bug'))
  await mei.command(mei.channel('merch'), 'list')
  const told = await whatWasTold(slack, mei.id)
  const id = told.match(/under (\w{8})\./)?.[1]
  expect(log.lines).toMatchObject([{ level: 'error', details: { id, err: new Error('a bug') } }])
})

test('a form that comes too late is asked for again', async () => {
  const { slack, desk, mei } = await aSlackBot()
  desk.onClick = async (_, __, openForm) =>
    openForm({ id: 'new', title: 'New batch', submit: 'Send', fields: [] })
  slack.faults.plan('views.open', { kind: 'refuses', error: 'expired_trigger_id' })
  await mei.newBatch()
  const channel = await mei.directChannel()
  expect(await whatWasTold(slack, mei.id)).toStartWith('Slack is slow just now')
  expect(slack.done('chat.postEphemeral')[0]?.args['channel']).toBe(channel)
})

test('a command that needs a form, said in words, is told where forms can be opened', async () => {
  const { slack, desk, mei } = await aSlackBot()
  desk.onCommand = async (_, __, openForm) =>
    openForm({ id: 'new', title: 'New batch', submit: 'Send', fields: [] })
  await mei.tellOf(await mei.say(await mei.directChannel(), 'new'))
  expect(await whatWasTold(slack, mei.id)).toStartWith('That needs a form')
})
