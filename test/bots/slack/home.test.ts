import { expect, test } from 'bun:test'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { blocksOf } from '../../../src/bots/slack/render.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import { until } from '../../support/bot.ts'
import { faultInView } from '../../support/slack/check-blocks.ts'
import { aSlackBot } from '../../support/slack/rig.ts'
import { aRowbotInSlack, inChannel, SAMPLE, throughTheSteps, under } from '../../support/slack/whole.ts'

function card(text: string): Prompt {
  return { title: '', lines: [[text]], selects: [], buttons: [{ id: 'task:k7f2:pause', label: 'Pause' }] }
}

test('an open home tab is published again when something of it has changed, and only then', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot({ homeEveryMs: 5 })
  handlers.homePrompts = [card('131 of 236')]
  await mei.openHome(await mei.directChannel())
  await until(
    () => slack.views.homes,
    (homes) => homes.length === 1,
  )
  handlers.homePrompts = [card('132 of 236')]
  const homes = await until(
    () => slack.views.homes,
    (all) => all.length === 2,
  )
  expect(JSON.stringify(homes[1]?.view)).toContain('132 of 236')
  const looked = handlers.homes
  await until(
    () => handlers.homes,
    (count) => count > looked + 3,
  )
  expect(slack.views.homes).toHaveLength(2)
})

test('nobody’s tab is published who has not opened it', async () => {
  const { slack, desk: handlers, mei, jo } = await aSlackBot({ homeEveryMs: 5 })
  await mei.openHome(await mei.directChannel())
  await until(
    () => handlers.homes,
    (count) => count > 3,
  )
  expect(slack.views.homes.filter(({ user }) => user === jo.id)).toEqual([])
})

test('a tab that Slack refuses for now is published with the next refresh', async () => {
  const { slack, mei } = await aSlackBot({ homeEveryMs: 5 })
  slack.faults.plan('views.publish', { kind: 'down' }, 3)
  await mei.openHome(await mei.directChannel())
  await until(
    () => slack.views.homes,
    (homes) => homes.length === 1,
  )
})

test('a guest reads on the tab why it is empty, and gets no message', async () => {
  const { slack, mei } = await aSlackBot()
  slack.traits.set(mei.id, { is_restricted: true })
  await mei.openHome(await mei.directChannel())
  const [home] = await until(
    () => slack.views.homes,
    (homes) => homes.length === 1,
  )
  expect(JSON.stringify(home?.view)).toContain('Guests of this workspace cannot run batches')
  expect(slack.calls.filter(({ method }) => method === 'chat.postEphemeral')).toEqual([])
})

test('the fullest tab is one that Slack takes', () => {
  const prompts = Array.from({ length: 32 }, (_, i): Prompt => ({ ...card('x'.repeat(500)), title: `t${i}` }))
  const blocks = prompts.flatMap((prompt, i) => blocksOf(prompt, `s:${i}`, 'text'))
  expect(blocks.length).toBeLessThan(100)
  expect(faultInView({ type: 'home', blocks })).toBeUndefined()
})

test('a form says what to do with files that are too large for it', async () => {
  const { desk: handlers, mei } = await aSlackBot()
  handlers.onCommand = async (_, __, openForm) =>
    openForm({
      id: 'new',
      title: 'New batch',
      submit: 'Send',
      fields: [{ type: 'file', id: 'file', label: 'Workbook, files or ZIP', several: 10 }],
    })
  await mei.command(mei.channel('merch'), 'new')
  expect(JSON.stringify((await mei.form()).view)).toContain('Slack takes 10 MB a file here.')
})

test('from the home tab: a new batch, its pause and stop, each shown there at once, and its results', async () => {
  const { bot, slack, mei, sandbox } = await aRowbotInSlack({ delayMs: 60_000 })
  const channel = await mei.directChannel()
  await mei.openHome(channel)
  const shows = (words: string) =>
    until(
      () => JSON.stringify(slack.views.homes.at(-1)?.view ?? ''),
      (view) => view.includes(words),
    )
  await shows('First steps')
  await mei.clickHome('New batch')
  await mei.submit(await mei.form(), {}, SAMPLE)
  const root = await inChannel(mei, channel, '1 of 4')
  await throughTheSteps(mei, root)
  await until(
    () => sandbox.hits(),
    (hits) => hits.length > 0,
  )
  await mei.openHome(channel)
  await shows('running')
  await mei.clickHome('Pause')
  await shows('paused')
  expect((await listTasks(bot.db))[0]?.status).toBe('paused')
  await mei.clickHome('Resume')
  await shows('"Pause"')
  await mei.clickHome('Stop')
  await shows('Recent results')
  expect((await listTasks(bot.db))[0]?.status).toBe('cancelled')
})

test('Results again on the home tab sends the file to the direct message', async () => {
  const { mei, slack } = await aRowbotInSlack()
  const message = await mei.mention(mei.channel('merch'), SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, message)
  await under(mei, message, '.results.xlsx')
  const channel = await mei.directChannel()
  await mei.openHome(channel)
  await until(
    () => slack.views.homes,
    (homes) => homes.length === 1,
  )
  await mei.clickHome('Results again')
  await inChannel(mei, channel, '.results.xlsx')
})
