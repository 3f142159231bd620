import { join } from 'node:path'
import { until } from '../../test/support/bot.ts'
import { type Message, saysOf } from '../../test/support/slack/message.ts'
import type { SlackPerson } from '../../test/support/slack/person.ts'
import { drawConversation, type Said } from './slack-conversation.ts'

export const LATER = 'the same message, a moment later'

export const LATER_ZH = '同一条消息，片刻之后'

export function asked({ text, files }: Message): Said {
  return { by: 'Mei', isApp: false, text, blocks: [], files: files.map(({ name }) => name) }
}

export function answered({ text, blocks, files }: Message): Said {
  return { by: 'Rowbot', isApp: true, text, blocks, files: files.map(({ name }) => name) }
}

/** The task’s message, once it says so. */
export async function card(mei: SlackPerson, root: Message, words: RegExp): Promise<Message> {
  const message = await until(
    async () => (await mei.thread(root.channel, root.ts)).find((one) => words.test(saysOf(one))),
    (one) => one !== undefined,
  )
  if (!message) throw new Error('unreachable')
  return message
}

/** docs/pictures/NAME.svg */
export async function write(
  { name, label }: { name: string; label: string },
  said: Said[],
  botUser: string,
  mei: SlackPerson,
): Promise<void> {
  const drawn = drawConversation(said, namesOf(botUser, mei), label)
  await Bun.write(join(import.meta.dir, `${name}.svg`), drawn)
}

export function namesOf(botUser: string, mei: SlackPerson): Map<string, string> {
  return new Map([
    [mei.id, 'Mei'],
    [botUser, 'rowbot'],
  ])
}
