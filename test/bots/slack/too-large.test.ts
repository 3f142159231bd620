import { expect, test } from 'bun:test'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf, saysOf } from '../../support/slack/message.ts'
import { aRowbotInSlack, SAMPLE, throughTheSteps, under } from '../../support/slack/whole.ts'

const TOO_LARGE = { kind: 'refuses', error: 'file_upload_size_restricted' } as const
const PAGE = { ROWBOT_PUBLIC_URL: 'https://rowbot.example' }

test('a result that is too large for Slack becomes a link to its page, once', async () => {
  const { mei, slack, bot } = await aRowbotInSlack({ env: PAGE })
  slack.faults.plan('files.completeUploadExternal', TOO_LARGE, 99)
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  const told = await under(mei, dropped, 'too large')
  const [task] = await listTasks(bot.db)
  expect(saysOf(told)).toContain('The result is too large for this chat; it is on ')
  expect(JSON.stringify(told.blocks)).toContain(linkTo(task?.id))
  expect(JSON.stringify(told.blocks)).toContain(`"user_id":"${mei.id}"`)
  expect(buttonsOf(await under(mei, dropped, 'completed'))).toContain('Open the page')
  expect(await mei.thread(dropped.channel, dropped.ts)).toHaveLength(3)
})

test('without a page it is said how whoever runs Rowbot gets it', async () => {
  const { mei, slack, bot } = await aRowbotInSlack()
  slack.faults.plan('files.completeUploadExternal', TOO_LARGE, 99)
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
  const { mei, slack, bot } = await aRowbotInSlack({ env: PAGE, delayMs: 300 })
  slack.faults.plan('files.completeUploadExternal', TOO_LARGE, 99)
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  const progress = await until(
    () => under(mei, dropped, 'test_batch_data · Product copywriter'),
    (message) => buttonsOf(message).includes('Results so far'),
  )
  await mei.click(progress, 'Results so far')
  const [told] = await until(
    () => slack.done('chat.postEphemeral'),
    (all) => all.length > 0,
  )
  const [task] = await listTasks(bot.db)
  expect(told?.args).toMatchObject({ user: mei.id })
  expect(JSON.stringify(told?.args)).toContain(linkTo(task?.id))
})

function linkTo(id = ''): string {
  return JSON.stringify({ type: 'link', url: `https://rowbot.example/batch/${id}`, text: 'the page' })
}
