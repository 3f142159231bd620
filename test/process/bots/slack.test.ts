import { expect, test } from 'bun:test'
import { aBot, until } from '../../support/bot.ts'
import { rowbot } from '../../support/command.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack } from '../../support/slack/rig.ts'
import { STEPS, resultOf, SAMPLE, under } from '../../support/slack/whole.ts'

test('kill -9 of the real process at every step and in the task: one message, one result, nothing paid twice', async () => {
  const { sandbox, folder } = await aBot({ delayMs: 300 })
  const slack = await aSlack()
  const mei = new SlackPerson(slack, 'mei')
  const env = {
    ROWBOT_DATA_DIR: folder,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
    DIFY_QUEUE_MINUTES: '0.02',
  }
  const serve = async () => {
    const command = rowbot(['serve'], env)
    await command.says('Running the tasks')
    return command
  }
  const kill = async ({ process }: Awaited<ReturnType<typeof serve>>) => {
    process.kill('SIGKILL')
    await process.exited
  }

  let running = await serve()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  for (const [step, button] of STEPS) {
    const message = await under(mei, dropped, step)
    await kill(running)
    running = await serve()
    await mei.click(message, button)
  }
  await until(
    () => sandbox.hits().length,
    (hits) => hits > 1,
  )
  await kill(running)
  running = await serve()
  const rows = await resultOf(mei, await under(mei, dropped, '.results.xlsx'))
  expect([...rows.keys()]).toEqual([2, 3, 4, 5, 6])
  expect(await mei.thread(dropped.channel, dropped.ts)).toHaveLength(3)
  expect(slack.done('chat.postMessage')).toHaveLength(1)
  const names = sandbox.hits().map(({ inputs }) => inputs['name'])
  expect(new Set(names).size).toBe(names.length)
})

test('a token that Slack refuses ends serve with a sentence', async () => {
  const slack = await aSlack()
  const { folder } = await aBot()
  const command = rowbot(['serve'], {
    ROWBOT_DATA_DIR: folder,
    SLACK_BOT_TOKEN: 'xoxb-wrong',
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
  })
  const { code, err } = await command.ended
  expect(code).toBe(1)
  expect(err).toContain('Slack does not accept SLACK_BOT_TOKEN (invalid_auth).')
  expect(err).not.toContain('xoxb-wrong')
})

test('kill -9 before the draft of a file is kept: Slack sends the event again, and the wizard opens', async () => {
  const { folder } = await aBot()
  const slack = await aSlack()
  const mei = new SlackPerson(slack, 'mei')
  const env = {
    ROWBOT_DATA_DIR: folder,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
  }
  const first = rowbot(['serve'], env)
  await first.says('Running the tasks')
  slack.faults.plan('users.info', { kind: 'slow', ms: 1_000 })
  const message = await mei.upload(await mei.directChannel(), SAMPLE.bytes, SAMPLE.name)
  const told = mei.tellOf(message)
  await until(() => slack.calls.some(({ method }) => method === 'users.info'), Boolean)
  first.process.kill('SIGKILL')
  await first.process.exited
  await rowbot(['serve'], env).says('Running the tasks')
  await told
  await under(mei, message, '1 of 4')
  expect(slack.done('chat.postMessage')).toHaveLength(1)
})
