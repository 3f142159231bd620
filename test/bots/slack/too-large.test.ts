import { expect, test } from 'bun:test'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf, saysOf } from '../../support/slack/message.ts'
import { aRowbotInSlack, inChannel, SAMPLE, throughTheSteps, under } from '../../support/slack/whole.ts'

const TOO_LARGE = { kind: 'refuses', error: 'file_upload_size_restricted' } as const
const PAGE = { ROWBOT_PUBLIC_URL: 'https://rowbot.example' }
const LINK = /"type":"link","url":"https:\/\/rowbot\.example\/r\/[\w-]{43}","text":"Download it here\."/

test('a result that is too large comes to its owner as a link, and the thread says so', async () => {
  const { mei, slack } = await aRowbotInSlack({ env: PAGE })
  slack.maxFileBytes = 100
  const message = await mei.mention(mei.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, message)
  const told = await under(mei, message, 'too large')
  expect(saysOf(told)).toMatch(/The result \(\d+ KB\) is too large for Slack; I sent @?\S+ a link\./)
  expect(JSON.stringify(told.blocks)).toContain(`"user_id":"${mei.id}"`)
  const link = await inChannel(mei, await mei.directChannel(), 'too large')
  expect(JSON.stringify(link.blocks)).toMatch(LINK)
  expect(link.text).not.toContain('/r/') // a notification shows no address
  const posted = slack.done('chat.postMessage').find(({ args }) => JSON.stringify(args).includes('/r/'))
  expect(posted?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' })
  const thread = await mei.thread(message.channel, message.ts)
  expect(JSON.stringify(thread)).not.toContain('/r/')
  expect(thread).toHaveLength(3)
  expect(await mei.messages(await mei.directChannel())).toHaveLength(1)
  expect(buttonsOf(await under(mei, message, 'completed'))).toContain('Open the page')
})

test('a link whose answer is lost is looked for before it is sent again', async () => {
  const { mei, slack } = await aRowbotInSlack({ env: PAGE, delayMs: 200 })
  slack.maxFileBytes = 100
  const message = await mei.mention(mei.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, message)
  await under(mei, message, 'test_batch_data · Product copywriter')
  slack.faults.plan('chat.postMessage', { kind: 'unheard' })
  await under(mei, message, 'a link.')
  expect(slack.calls.filter(({ method }) => method === 'conversations.history')).not.toEqual([])
  expect(await mei.messages(await mei.directChannel())).toHaveLength(1)
})

test('a file that Slack takes the size of, but not the bytes, is too large as well', async () => {
  const { mei, slack } = await aRowbotInSlack({ env: PAGE })
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  slack.faults.plan('upload', { kind: 'tooLarge' }, 99)
  await throughTheSteps(mei, dropped)
  expect(JSON.stringify((await under(mei, dropped, 'too large')).blocks)).toMatch(LINK)
})

test('in a direct message the link comes right there, and nothing else', async () => {
  const { mei, slack } = await aRowbotInSlack({ env: PAGE })
  slack.faults.plan('files.completeUploadExternal', TOO_LARGE, 99)
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  expect(JSON.stringify((await under(mei, dropped, 'too large')).blocks)).toMatch(LINK)
  expect(await mei.thread(dropped.channel, dropped.ts)).toHaveLength(3)
})

test('a result that fits as CSV in a ZIP comes as one', async () => {
  const { mei, slack } = await aRowbotInSlack({ env: PAGE })
  slack.maxFileBytes = 5_000
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  const message = await under(mei, dropped, '.results.csv.zip')
  expect(message.text).toContain('is too large for Slack, so it is here as CSV in a ZIP.')
})

test('without a page it is said how whoever runs Rowbot gets it', async () => {
  const { mei, slack, bot } = await aRowbotInSlack()
  slack.maxFileBytes = 100
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  const [task] = await until(
    () => listTasks(bot.db),
    (tasks) => tasks.length > 0,
  )
  const told = await under(mei, dropped, 'too large')
  expect(saysOf(told)).toContain(`The person who runs Rowbot can get it with “rowbot result ${task?.id}”.`)
})

test('results so far that are too large are linked for who asked, and for nobody else', async () => {
  const { mei, slack } = await aRowbotInSlack({ env: PAGE, delayMs: 300 })
  slack.maxFileBytes = 100
  const message = await mei.mention(mei.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, message)
  const progress = await until(
    () => under(mei, message, 'test_batch_data · Product copywriter'),
    (one) => buttonsOf(one).includes('Results so far'),
  )
  await mei.click(progress, 'Results so far')
  // Where writing the file takes long, that is said first.
  const told = await until(
    () =>
      slack
        .done('chat.postEphemeral')
        .find(({ args }) => JSON.stringify(args).includes('I sent you a link in a direct message.')),
    (one) => one !== undefined,
  )
  expect(told?.args).toMatchObject({ user: mei.id })
  expect(JSON.stringify(told?.args)).not.toContain('/r/')
  expect(JSON.stringify((await inChannel(mei, await mei.directChannel(), 'too large')).blocks)).toMatch(LINK)
})
