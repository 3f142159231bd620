import { textAt } from '../../../src/bots/json-path.ts'
import { DiscordPerson } from '../../support/discord/person.ts'
import * as inDiscord from '../../support/discord/seen.ts'
import type { LocalDiscord } from '../../support/discord/local-discord.ts'
import { BOT, IDS } from '../../support/discord/world.ts'
import type { LocalSlack } from '../../support/slack/local-slack.ts'
import * as inSlack from '../../support/slack/message.ts'
import { SlackPerson } from '../../support/slack/person.ts'

/** A message of the bot, as somebody sees it. */
export interface Seen {
  says: string
  buttons: string[]
  /** names of its files */
  files: string[]
  /** Nobody waits for what comes of it. */
  click(label: string): void
  /** @param who one of two people. Fills in the form that opens, if one does soon. */
  answer(label: string, who: number): Promise<void>
}

/** Where a task is told of; our own address of it. */
interface Place {
  platform: string
  channel: string
  thread?: string
}

/** What a person does and sees in a chat. Nothing here waits for Rowbot: it may be gone. */
export interface StormyChat {
  readonly name: 'discord' | 'slack'
  /** A file for the bot in a channel. */
  drop(bytes: Uint8Array, name: string): Promise<void>
  /** all messages of the bot */
  messages(): Promise<Seen[]>
  thread(place: Place): Promise<Seen[]>
  misbehave(how: 'down' | 'unheard' | 'limited' | 'slow', times: number): void
  /** The line to it breaks. */
  cut(): void
  behave(): void
}

const LIMITED_SECONDS = 0.5
const SLOW_MS = 300
/** A form that opens does so by then. */
const FORM_MS = 1_500
const NOTE = { f0: 'by chat' }

export function stormyDiscord(discord: LocalDiscord): StormyChat {
  const mei = new DiscordPerson(discord, 'mei')
  const jo = new DiscordPerson(discord, 'jo')
  type Message = ReturnType<LocalDiscord['messagesIn']>[number]
  const isOurs = ({ author }: Message) => author.id === BOT.id
  const seen = (message: Message): Seen => ({
    says: inDiscord.saysOf(message),
    buttons: inDiscord.buttonsOf(message),
    files: message.attachments.map(({ filename }) => filename),
    click: (label) => void mei.click(message, label),
    async answer(label, who) {
      const person = who % 3 === 0 ? jo : mei
      const click = person.click(message, label)
      if (await appears(() => click.modal)) person.submit(message, click.modal, NOTE)
    },
  })
  return {
    name: 'discord',
    drop: async (bytes, name) => void mei.mention(IDS.merch, bytes, name),
    messages: async () => [...discord.messages.values()].filter(isOurs).map(seen),
    thread: async ({ thread, channel }) =>
      discord
        .messagesIn(thread ?? channel)
        .filter(isOurs)
        .map(seen),
    misbehave(how, times) {
      const messages = /^(POST|PATCH) .*\/(messages|threads)/
      if (how === 'limited') discord.faults.plan(messages, { kind: how, retryAfter: LIMITED_SECONDS }, times)
      else if (how === 'slow') discord.faults.plan(messages, { kind: how, ms: SLOW_MS }, times)
      else discord.faults.plan(messages, { kind: how }, times)
    },
    cut: () => discord.gateway.drop(),
    behave: () => discord.faults.clear(),
  }
}

/** What Rowbot calls to be seen. */
const TOLD_BY = ['chat.', 'files.', 'respond']

export function stormySlack(slack: LocalSlack): StormyChat {
  const mei = new SlackPerson(slack, 'mei')
  const jo = new SlackPerson(slack, 'jo')
  const merch = mei.channel('merch')
  const isOurs = ({ user }: inSlack.Message) => user === slack.botUser
  const seen = (message: inSlack.Message): Seen => ({
    says: inSlack.saysOf(message),
    buttons: inSlack.buttonsOf(message),
    files: message.files.map(({ name }) => name),
    click: (label) => void mei.click(message, label),
    async answer(label, who) {
      const person = who % 3 === 0 ? jo : mei
      const { opened } = slack.views
      const before = opened.length
      void person.click(message, label)
      const form = await appears(() => opened.slice(before).find(({ user }) => user === person.id))
      if (form) void person.submit(form, NOTE)
    },
  })
  return {
    name: 'slack',
    async drop(bytes, name) {
      const message = await mei.upload(merch, bytes, name, `<@${slack.botUser}> please`)
      void mei.tellOfMention(message)
    },
    async messages() {
      const roots = await mei.messages(merch)
      const threads = await Promise.all(roots.map(({ ts }) => mei.thread(merch, ts)))
      const all = threads.flat().toSorted((a, b) => (a.ts < b.ts ? -1 : 1))
      return all.filter(isOurs).map(seen)
    },
    thread: async ({ channel, thread }) => {
      const all = thread === undefined ? mei.messages(channel) : mei.thread(channel, thread)
      return (await all).filter(isOurs).map(seen)
    },
    misbehave(how, times) {
      for (const method of TOLD_BY)
        if (how === 'limited') slack.faults.plan(method, { kind: how, retryAfter: 1 }, times)
        else if (how === 'slow') slack.faults.plan(method, { kind: how, ms: SLOW_MS }, times)
        else slack.faults.plan(method, { kind: how }, times)
    },
    cut() {
      const live = [...slack.sockets.live] // one that ends is taken out
      for (const socket of live) socket.terminate()
    },
    behave: () => slack.faults.clear(),
  }
}

/** @param place as it is stored with a task's message */
export function placeOf(place: string): Place {
  const parsed: unknown = JSON.parse(place)
  const thread = textAt(parsed, 'thread')
  return {
    platform: textAt(parsed, 'platform'),
    channel: textAt(parsed, 'channel'),
    ...(thread && { thread }),
  }
}

/** @returns undefined: it is not there in time */
async function appears<T>(look: () => T | undefined): Promise<T | undefined> {
  const endsAt = performance.now() + FORM_MS
  while (look() === undefined && performance.now() < endsAt) await Bun.sleep(20)
  return look()
}
