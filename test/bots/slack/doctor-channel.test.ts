import { expect, test } from 'bun:test'
import { examineSlackChannel } from '../../../src/bots/slack/doctor-channel.ts'
import { BOT_TOKEN } from '../../support/slack/emulated.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack, Logged } from '../../support/slack/rig.ts'

async function aChannelToTry() {
  const slack = await aSlack()
  const mei = new SlackPerson(slack, 'mei')
  return {
    slack,
    mei,
    examine: (channel: string) =>
      examineSlackChannel(
        { botToken: BOT_TOKEN, apiUrl: slack.apiUrl },
        { channel, pauseMs: 1 },
        new Logged(),
      ),
  }
}

test('it posts a message and a file, finds both, and leaves neither', async () => {
  const { slack, mei, examine } = await aChannelToTry()
  const id = mei.channel('merch')
  for (const channel of ['#merch', id])
    expect(await examine(channel)).toEqual([
      { kind: 'fine', sentence: `The bot may write in ${channel}.` },
      { kind: 'fine', sentence: `The bot may send files to ${channel}.` },
    ])
  expect(slack.done('files.completeUploadExternal')).toHaveLength(2)
  expect(slack.done('files.delete')).toHaveLength(2)
  const left = (await mei.messages(id)).filter(
    ({ text, files }) => text.includes('doctor') || files.length > 0,
  )
  expect(left).toEqual([])
})

test('a channel that the bot is not in is a fault whose fix is the invitation to paste there', async () => {
  const { slack, mei, examine } = await aChannelToTry()
  const id = mei.channel('merch')
  slack.notIn.add(id)
  expect(await examine(id)).toEqual([
    {
      kind: 'bad',
      sentence: `The bot cannot write in ${id}: the bot is not in it.`,
      fix: { where: 'In this channel, as a message', paste: '/invite @rowbot' },
    },
  ])
})

test.each([
  ['channel_not_found', 'there is no such channel, or it is private', 'In this channel, as a message'],
  ['is_archived', 'it is archived.', 'Unarchive'],
  ['restricted_action_read_only_channel', 'only certain people may post there.', 'Posting permissions'],
  ['restricted_action_thread_only_channel', 'only answer in threads.', 'Posting permissions'],
  ['restricted_action_non_threadable_channel', 'threads are off there', 'Posting permissions'],
  ['missing_scope', 'a permission is missing.', 'Bot Token Scopes → Add an OAuth Scope'],
  ['some_new_error', 'it says “some_new_error”.', 'https://api.slack.com/apps'],
])('“%s” is said in words, with where to click', async (error, says, where) => {
  const { slack, mei, examine } = await aChannelToTry()
  slack.faults.plan('chat.postMessage', { kind: 'refuses', error })
  expect(await examine(mei.channel('merch'))).toMatchObject([
    { kind: 'bad', sentence: expect.stringContaining(says), fix: { where: expect.stringContaining(where) } },
  ])
})

test('a channel for words but not for files is told, and the message is deleted all the same', async () => {
  const { slack, mei, examine } = await aChannelToTry()
  slack.faults.plan('files.completeUploadExternal', { kind: 'refuses', error: 'restricted_action' })
  const [, files] = await examine(mei.channel('merch'))
  expect(files).toMatchObject({ kind: 'bad', sentence: expect.stringContaining('but not send files there') })
  expect(slack.done('chat.delete')).toHaveLength(1)
})

test('a file that Slack accepts and shows nowhere is a fault', async () => {
  const { slack, mei, examine } = await aChannelToTry()
  slack.sharesNothing = true
  const [, files] = await examine(mei.channel('merch'))
  expect(files?.sentence).toContain('does not show it there')
})

test('a message that could not be deleted is said, for somebody to do it by hand', async () => {
  const { slack, mei, examine } = await aChannelToTry()
  slack.faults.plan('chat.delete', { kind: 'refuses', error: 'cant_delete_message' })
  expect((await examine(mei.channel('merch'))).at(-1)).toMatchObject({
    kind: 'warning',
    fix: { where: expect.stringContaining('by hand') },
  })
})
