import { expect, test } from 'bun:test'
import { insertTaskMessage } from '../../../src/db/chats/task-messages.ts'
import { anOrder } from '../../support/runner-store.ts'
import { until } from '../../support/bot.ts'
import { BOT_SCOPES } from '../../support/slack/emulated.ts'
import { aSlackBot } from '../../support/slack/rig.ts'
import { aSlackOffice } from '../support/slack-office.ts'

type Office = Awaited<ReturnType<typeof aSlackOffice>>

/** What befalls a place, and how it is undone. */
const BEFALLS: Record<string, (office: Office) => { where: string; undo: () => void }> = {
  'the channel is archived': ({ slack: { places }, channel }) => {
    places.archived.add(channel)
    return { where: 'direct', undo: () => places.archived.delete(channel) }
  },
  'the bot is removed from the channel': ({ slack, channel }) => {
    slack.notIn.add(channel)
    return { where: 'direct', undo: () => slack.notIn.delete(channel) }
  },
  'the channel is deleted': ({ slack: { places }, channel }) => {
    places.deleted.add(channel)
    return { where: 'direct', undo: () => places.deleted.delete(channel) }
  },
  'the thread is deleted': ({ slack: { places }, channel, root }) => {
    places.deletedThreads.add(`${channel}:${root.ts}`)
    return { where: 'channel', undo: () => places.deletedThreads.clear() }
  },
}

for (const [what, befall] of Object.entries(BEFALLS)) {
  test(`${what}: the result comes once, to the next place; later ones come to the thread again`, async () => {
    const office = await aSlackOffice()
    const { ends, settle, reporter, whereIs, faults } = office
    const { where, undo } = befall(office)
    const task = await ends()
    await settle(reporter, task.id)
    expect(await whereIs(task.file)).toEqual([where])
    undo()
    const later = await ends()
    await settle(reporter, later.id)
    expect(await whereIs(later.file)).toEqual(['thread'])
    expect(faults).toEqual([])
  })
}

for (const [what, how] of [
  ['deactivated', 'deactivated'],
  ['not to be written to', 'unseen'],
] as const) {
  test(`a person who is ${what} gets the result when the channel takes it again, in the thread`, async () => {
    const { slack, mei, person, channel, ends, settle, reporter, whereIs, stateOf } = await aSlackOffice()
    slack.places.archived.add(channel)
    slack.places[how].add(mei.id)
    const { id, file } = await ends()
    await settle(reporter, id)
    expect(await whereIs(file)).toEqual([])
    expect(await stateOf(id)).toMatchObject({ state: 'waiting' })

    await reporter.reopened({ platform: 'slack', team: person.team, channel: 'C-OTHER' })
    expect(await stateOf(id)).toMatchObject({ state: 'waiting' })
    slack.places.archived.clear()
    await reporter.reopened({ platform: 'slack', team: person.team, channel })
    await settle(reporter, id)
    expect(await whereIs(file)).toEqual(['thread'])
  })
}

test('while the app is not in the workspace nothing is sent anywhere, and afterwards everything once', async () => {
  const { slack, ends, settle, reporter, whereIs, stateOf } = await aSlackOffice()
  const { id, file } = await ends()
  slack.places.isUninstalled = true
  await settle(reporter, id, 15)
  expect(await stateOf(id)).not.toMatchObject({ state: 'waiting' })
  slack.places.isUninstalled = false
  await settle(reporter, id)
  expect(await whereIs(file)).toEqual(['thread'])
})

test('a message that can no longer be edited is followed by a new one that shows the end', async () => {
  const { slack, channel, ends, settle, reporter, whereIs, db } = await aSlackOffice()
  const { id, file } = await ends()
  const { message } = await db
    .selectFrom('task_messages')
    .select('message')
    .where('task_id', '=', id)
    .executeTakeFirstOrThrow()
  slack.places.frozen.add(String(JSON.parse(message ?? '').id))
  await settle(reporter, id)
  expect(await whereIs(file)).toEqual(['thread'])
  const posted = slack.done('chat.postMessage').map(({ args }) => args)
  expect(posted).toMatchObject([{ channel, thread_ts: expect.any(String) }])
})

test('a channel that is archived while the task runs gets the card again when it is taken out of the archive', async () => {
  const { slack, person, channel, root, place, reporter, engine, workflows, clock, db } = await aSlackOffice()
  const workflow = workflows[0]
  if (!workflow) throw new Error('no workflow')
  slack.places.archived.add(channel)
  const { id } = await engine.submit(anOrder(workflow, 5))
  const [owner, where] = [JSON.stringify(person), JSON.stringify(place)]
  await insertTaskMessage(db, { taskId: id, owner, place: where, locale: 'en', message: null })
  for (let round = 0; round < 4; round++) {
    reporter.wake()
    await reporter.idle()
    await clock.pass(5_000)
  }
  expect(slack.done('chat.postMessage')).toEqual([])
  slack.places.archived.clear()
  await reporter.reopened({ platform: 'slack', team: person.team, channel })
  await reporter.idle()
  expect(slack.done('chat.postMessage').map(({ args }) => args['thread_ts'])).toEqual([root.ts])
})

test('with channels:join the bot goes back into a public channel before it sends a result elsewhere', async () => {
  const { slack, channel, ends, settle, reporter, whereIs } = await aSlackOffice()
  slack.scopes = [...BOT_SCOPES, 'channels:join']
  slack.notIn.add(channel)
  const { id, file } = await ends()
  await settle(reporter, id)
  expect(await whereIs(file)).toEqual(['thread'])
  expect(slack.done('conversations.join')).toHaveLength(1)

  slack.notIn.add(channel)
  slack.places.closed.add(channel)
  const closed = await ends()
  await settle(reporter, closed.id)
  expect(await whereIs(closed.file)).toEqual(['direct'])
})

test('it does not go back for its card alone', async () => {
  const { slack, channel, ends, settle, reporter } = await aSlackOffice()
  slack.scopes = [...BOT_SCOPES, 'channels:join']
  const { id } = await ends('halt')
  slack.notIn.add(channel)
  reporter.wake()
  await reporter.idle()
  expect(slack.calls.map(({ method }) => method)).toContain('chat.update')
  expect(slack.calls.map(({ method }) => method)).not.toContain('conversations.join')
  await settle(reporter, id)
  expect(slack.done('conversations.join')).toHaveLength(1)
})

test('an invitation, an unarchived channel and a mention tell that a channel takes messages again', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const channel = mei.channel('merch')
  await slack.happens({ type: 'member_joined_channel', user: mei.id, channel })
  await slack.happens({ type: 'member_joined_channel', user: slack.botUser, channel })
  await slack.happens({ type: 'channel_unarchive', user: mei.id, channel: 'C2' })
  await slack.happens({ type: 'group_unarchive', user: mei.id, channel: 'G3' })
  await mei.tellOfMention(await mei.say(mei.channel('elsewhere'), 'hello'))
  await until(
    () => handlers.reopenings,
    (all) => all.length === 4,
  )
  expect(handlers.reopenings).toEqual([channel, 'C2', 'G3', mei.channel('elsewhere')])
})
