import { expect, test } from 'bun:test'
import { saysOf } from '../../support/slack/message.ts'
import { aSlackOffice } from '../support/slack-office.ts'

test('killed at any step of a result, another process goes on: one card that shows the end, one file', async () => {
  const { slack, mei, channel, root, aChat, ends, killed, whereIs } = await aSlackOffice()
  let cards = 0
  const steps = await killed(
    aChat,
    (passing) => void (slack.passing = passing),
    async () => {
      const { id, file } = await ends()
      cards += 1
      const check = async (step: string) => {
        expect([step, await whereIs(file)]).toEqual([step, ['thread']])
        const thread = await mei.thread(channel, root.ts)
        const completed = thread.filter((one) => saysOf(one).includes('completed'))
        expect([step, completed.length]).toEqual([step, cards])
      }
      return { id, check }
    },
  )
  expect(steps).toEqual([
    'before chat.update',
    'after chat.update',
    'before update', // the card shows the end
    'after update',
    'before insert', // handed over to the deliveries
    'after insert',
    'before update',
    'after update',
    'before update', // it is being sent
    'after update',
    'before files.getUploadURLExternal',
    'after files.getUploadURLExternal',
    'before upload',
    'after upload',
    'before files.completeUploadExternal',
    'after files.completeUploadExternal',
    'before files.info',
    'after files.info',
    'before update', // it is seen
    'after update',
  ])
})

test('killed at any step of a message in a place where the bot may read, it is not posted twice', async () => {
  const { slack, mei, person, direct, aChat, killed, endsIn } = await aSlackOffice()
  const root = await mei.say(direct, 'please')
  const place = { platform: 'slack' as const, team: person.team, channel: direct, thread: root.ts }
  let tasks = 0
  const steps = await killed(
    aChat,
    (passing) => void (slack.passing = passing),
    async () => {
      const { id } = await endsIn(place, undefined, 'halt')
      tasks += 1
      const check = async (step: string) => {
        const thread = await mei.thread(direct, root.ts)
        expect([step, thread.length]).toEqual([step, 1 + 2 * tasks]) // a card and a message each
      }
      return { id, check }
    },
  )
  expect(steps.filter((step) => step === 'after chat.postMessage')).toHaveLength(2)
})

test('an answer that is lost on its way, of any call, makes no second message and no second file', async () => {
  const { slack, ends, settle, reporter, whereIs } = await aSlackOffice()
  for (const method of [
    'chat.update',
    'files.getUploadURLExternal',
    'files.completeUploadExternal',
    'files.info',
    'chat.postMessage',
  ]) {
    slack.faults.plan(method, { kind: 'unheard' }, 2)
    const { id, file } = await ends()
    await settle(reporter, id)
    expect([method, await whereIs(file)]).toEqual([method, ['thread']])
    slack.faults.clear()
  }
})

test('frozen at any step of a result while another machine takes over, and thawed: one card, one file', async () => {
  const { slack, mei, channel, root, aChat, ends, frozen, whereIs, stateOf } = await aSlackOffice()
  let cards = 0
  const steps = await frozen(
    aChat,
    (passing) => void (slack.passing = passing),
    async () => {
      const { id, file } = await ends()
      cards += 1
      const check = async (step: string) => {
        expect([step, await whereIs(file), (await stateOf(id))?.state]).toEqual([step, ['thread'], 'seen'])
        const thread = await mei.thread(channel, root.ts)
        const completed = thread.filter((one) => saysOf(one).includes('completed'))
        expect([step, completed.length]).toEqual([step, cards])
      }
      return { id, check }
    },
  )
  expect(steps).toContain('after files.completeUploadExternal')
})
