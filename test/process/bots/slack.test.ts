import { expect, test } from 'bun:test'
import { aBot, until } from '../../support/bot.ts'
import { besideSandbox, rowbot } from '../../support/command.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import { saysOf } from '../../support/slack/message.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack } from '../../support/slack/rig.ts'
import { STEPS, resultOf, SAMPLE, throughTheSteps, under } from '../../support/slack/whole.ts'

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

test('kill -9 of the real process at steps of the delivery: one card, one result', async () => {
  const { folder } = await aBot()
  const slack = await aSlack()
  const mei = new SlackPerson(slack, 'mei')
  const env = {
    ROWBOT_DATA_DIR: folder,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
    DIFY_QUEUE_MINUTES: '0.02',
  }
  const reached = async (wanted: string) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    slack.passing = (step) => {
      if (step !== wanted) return undefined
      resolve()
      return new Promise(() => {})
    }
    await promise
    slack.passing = () => undefined
  }
  let running = rowbot(['serve'], env)
  await running.says('Running the tasks')
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  for (const step of ['before files.completeUploadExternal', 'after files.completeUploadExternal']) {
    await reached(step)
    running.process.kill('SIGKILL')
    await running.process.exited
    running = rowbot(['serve'], env)
  }
  await under(mei, dropped, '.results.xlsx')
  await until(
    () => under(mei, dropped, 'test_batch_data · Product copywriter'),
    (message) => saysOf(message).includes('completed'),
  )
  await running.says('Running the tasks')
  expect(slack.done('files.list').length).toBeGreaterThan(0) // it has looked whether it is there
  const thread = await mei.thread(dropped.channel, dropped.ts)
  expect(thread.map(({ files }) => files.length)).toEqual([1, 0, 1])
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

test('doctor tries a channel, says where to click, and listens for what arrives at serve', async () => {
  const { env, run } = besideSandbox()
  const slack = await aSlack()
  const mei = new SlackPerson(slack, 'mei')
  const chat = {
    ...env,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
  }
  expect((await run('doctor', '--slack-channel', '#merch')).out).toContain('✖ --slack-channel was given')
  const well = await rowbot(['doctor', '--slack-channel', '#merch'], chat).ended
  expect(well.out).toContain('✔ The bot may send files to #merch.')
  expect(well.out).toContain('! Whether events and buttons are switched on cannot be asked')
  expect(well.code).toBe(0)
  slack.notIn.add(mei.channel('merch'))
  const away = await rowbot(['doctor', '--slack-channel', mei.channel('merch')], chat).ended
  expect(away.out).toContain('    Paste: /invite @rowbot\n')
  expect(away.code).toBe(1)

  const listening = rowbot(['doctor', '--listen', '60'], chat)
  await listening.says('Then mention it')
  const direct = await mei.directChannel()
  await mei.tellOf(await mei.say(direct, 'hello'))
  await listening.says('Arrived: a direct message.')
  const answer = await until(
    async () => (await mei.messages(direct)).find(({ user }) => user !== mei.id),
    (message) => message !== undefined,
  )
  if (answer) await mei.click(answer, 'Click me')
  await mei.tellOfMention(await mei.say(mei.channel('elsewhere'), 'hello'))
  expect((await listening.ended).out).toContain(
    '✔ From Slack have arrived: a direct message, a click, a mention.',
  )
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
