import type { Leader } from '../db/leader.ts'
import type { Platform } from '../messages/people.ts'
import { type Chat, type Once, SENT_ELSEWHERE, type SendResult } from './chat.ts'

type ByPlatform = Partial<Record<Platform, Chat>>

/**
 * Nothing is sent from the moment when another machine may be the one that sends. What it is about stays as it is: no
 * longer leading, we cannot write what became of it.
 */
export function leadersChats(chats: ByPlatform, leader: Leader): ByPlatform {
  const led: ByPlatform = {}
  for (const platform of ['slack', 'discord', 'web'] as const) {
    const chat = chats[platform]
    if (chat) led[platform] = leadersChat(chat, leader)
  }
  return led
}

function leadersChat(chat: Chat, leader: Leader): Chat {
  const branch = chat.branch?.bind(chat)
  const rejoin = chat.rejoin?.bind(chat)
  const ours = (once: Once): Once => ({ ...once, isOurs: () => leader.isCurrent() })
  const ifLeading = <T>(send: () => Promise<SendResult<T>>): Promise<SendResult<T>> =>
    leader.isCurrent() ? send() : Promise.resolve(SENT_ELSEWHERE)
  return {
    post: (place, prompt, once) => ifLeading(() => chat.post(place, prompt, ours(once))),
    tell: (place, person, prompt, how) => ifLeading(() => chat.tell(place, person, prompt, how)),
    edit: (message, prompt, urgency) => ifLeading(() => chat.edit(message, prompt, urgency)),
    upload: (place, file, line, once) => ifLeading(() => chat.upload(place, file, line, ours(once))),
    direct: (person) => ifLeading(() => chat.direct(person)),
    maxFileBytes: (place, size) => chat.maxFileBytes(place, size),
    // Only if the platform has it: its absence has a meaning.
    ...(branch && { branch: (message, prompt, name) => ifLeading(() => branch(message, prompt, name)) }),
    ...(rejoin && { rejoin: async (place, error) => leader.isCurrent() && rejoin(place, error) }),
  }
}
