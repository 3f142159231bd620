import { expect, test } from 'bun:test'
import { listTasks } from '../../src/db/tasks/tasks.ts'
import { until } from '../support/bot.ts'
import { machines, withChats } from '../support/machines.ts'
import { APP_TOKEN, BOT_TOKEN } from '../support/slack/emulated.ts'
import { SlackPerson } from '../support/slack/person.ts'
import { aSlack } from '../support/slack/rig.ts'
import { inChannel, resultOf, SAMPLE, throughTheSteps, under } from '../support/slack/whole.ts'

/** Two machines in one workspace: Slack gives events to the connection of the one and of the other in turns. */
async function twoInSlack(env: Record<string, string> = {}) {
  const slack = await aSlack()
  const all = await machines({
    env: { SLACK_BOT_TOKEN: BOT_TOKEN, SLACK_APP_TOKEN: APP_TOKEN, SLACK_API_URL: slack.apiUrl, ...env },
  })
  const a = await withChats(all.first)
  await a.leads()
  const b = await withChats(await all.open())
  b.bot.startRunner()
  await until(
    () => slack.sockets.live.length,
    (connections) => connections === 4, // two of each
  )
  return { ...all, slack, a, b, mei: new SlackPerson(slack, 'mei'), jo: new SlackPerson(slack, 'jo') }
}

test('clicks of one wizard reach two machines in turns: one message, one result, though the leader stops', async () => {
  const { slack, mei, a, b } = await twoInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  await under(mei, dropped, 'completed') // the leader shows it
  await a.stop()
  const result = await under(mei, dropped, '.results.xlsx')
  expect([...(await resultOf(mei, result)).keys()]).toEqual([2, 3, 4, 5, 6])
  expect(await mei.thread(dropped.channel, dropped.ts)).toHaveLength(3)
  expect(slack.done('chat.postMessage')).toHaveLength(1)
  await b.leads()
})

test('Start is clicked on both machines at once: one task', async () => {
  const { mei, a, b } = await twoInSlack()
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  for (const step of ['1 of 4', '2 of 4', '3 of 4']) await mei.click(await under(mei, dropped, step), 'Next')
  const last = await under(mei, dropped, '4 of 4')
  await Promise.all([mei.click(last, 'Start'), mei.click(last, 'Start')])
  await until(
    () => listTasks(a.bot.db),
    (tasks) => tasks.length > 0,
  )
  await a.stop() // what was clicked is done
  await b.stop()
  expect(await listTasks(a.bot.db)).toHaveLength(1)
})

test('two people send at once, and each has a wizard and a task of their own', async () => {
  const { mei, jo, a } = await twoInSlack()
  const channel = mei.channel('merch')
  const roots = await Promise.all([mei, jo].map((one) => one.mention(channel, SAMPLE.bytes, SAMPLE.name)))
  await Promise.all([mei, jo].map((one, i) => throughTheSteps(one, roots[i] ?? dead())))
  const tasks = await until(
    () => listTasks(a.bot.db),
    ({ length }) => length === 2,
  )
  expect(tasks.map(({ owner }) => owner).toSorted()).toEqual(['jo', 'mei'])
})

test('a form that is opened on one machine is submitted on the other', async () => {
  const { mei, a } = await twoInSlack()
  const channel = mei.channel('merch')
  await mei.command(channel, 'new')
  await mei.submit(await mei.form(), {}, SAMPLE)
  const root = await inChannel(mei, channel, '1 of 4')
  await throughTheSteps(mei, root)
  const [task] = await until(
    () => listTasks(a.bot.db),
    ({ length }) => length > 0,
  )
  expect(task?.owner).toBe('mei')
})

test('files that come after their message reach whichever machines: each message starts its wizard, with all of them', async () => {
  const { slack, mei, a } = await twoInSlack()
  const channel = mei.channel('merch')
  const sent = []
  // Each connection has its turn with the message, and the two after it with a file each.
  for (let n = 0; n < 4; n++) {
    const text = `<@${slack.botUser}> please`
    const message = await mei.put(channel, [SAMPLE, { name: `photo-${n}.png`, bytes: SAMPLE.bytes }], {
      text,
    })
    // The emulator has each file in a message of its own; in Slack they are shared in one.
    for (const { id } of message.files)
      slack.fileTraits.set(id, { shares: { public: { [channel]: [{ ts: message.ts }] } } })
    await mei.tellOfMention({ ...message, files: [] })
    for (const { id } of message.files) void mei.tellOfFile(channel, id)
    sent.push(message)
  }
  await Promise.all(sent.map((message) => under(mei, message, '1 of 4')))
  const uploads = await a.bot.db.selectFrom('upload_files').select('name').execute()
  expect(
    uploads
      .map(({ name }) => name)
      .filter((name) => name.startsWith('photo'))
      .toSorted(),
  ).toEqual([0, 1, 2, 3].map((n) => `photo-${n}.png`))
  expect(await a.bot.db.selectFrom('drafts').select('id').execute()).toHaveLength(4)
})

function dead(): never {
  throw new Error('unreachable')
}
