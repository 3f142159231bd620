import { textAt } from '../../../src/bots/json-path.ts'
import { SlackChat } from '../../../src/bots/slack/chat.ts'
import type { Person } from '../../../src/messages/people.ts'
import { BOT_TOKEN } from '../../support/slack/emulated.ts'
import type { LocalSlack } from '../../support/slack/local-slack.ts'
import { messagesIn } from '../../support/slack/message.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack, Logged } from '../../support/slack/rig.ts'
import { anOffice } from './office.ts'

/** The same in a thread of a local Slack. */
export async function aSlackOffice() {
  const slack = await aSlack()
  const mei = new SlackPerson(slack, 'mei')
  const person: Person = { platform: 'slack', team: 'T000000001', id: mei.id, name: 'mei', roles: [] }
  const office = await anOffice('slack', person)
  const channel = mei.channel('merch')
  const aChat = () => new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() })
  const chat = aChat()
  const direct = await mei.directChannel()
  const root = await mei.say(channel, 'please')
  const place = { platform: 'slack' as const, team: person.team, channel, thread: root.ts }

  /** A task is over, the card of which stands in the thread. */
  const ends = async (end: 'complete' | 'halt' = 'complete') => {
    const posted = await slack.as(BOT_TOKEN, 'chat.postMessage', {
      channel,
      thread_ts: root.ts,
      text: 'running',
    })
    return office.ends(place, { place, id: textAt(posted, 'ts') }, end)
  }
  /** Where something that says so is now, once for each time. */
  const whereIs = async (words: string) => {
    const found = [
      ...(await seen(slack, 'conversations.replies', { channel, ts: root.ts }, words)).map(() => 'thread'),
      ...(await seen(slack, 'conversations.history', { channel }, words)).map(() => 'channel'),
      ...(await seen(slack, 'conversations.history', { channel: direct }, words)).map(() => 'direct'),
    ]
    return found
  }
  const reporter = office.reporterOf(chat)
  const endsIn = office.ends
  return {
    ...office,
    endsIn,
    slack,
    mei,
    person,
    place,
    aChat,
    chat,
    channel,
    root,
    ends,
    whereIs,
    direct,
    reporter,
  }
}

async function seen(
  slack: LocalSlack,
  method: string,
  args: { channel: string; ts?: string },
  words: string,
) {
  const answer = await slack.as('xoxp-mei', method, { ...args, limit: 1_000 })
  const inThread = (thread: string, ts: string) => thread !== '' && thread !== ts
  return messagesIn(answer, args.channel)
    .filter(({ thread, ts }) => inThread(thread, ts) === Boolean(args.ts))
    .filter((one) => one.text.includes(words) || one.files.some(({ name }) => name.includes(words)))
}
