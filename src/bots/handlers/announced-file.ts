import { type Clock, REAL_CLOCK } from '../../engine/clock.ts'
import type { Requester } from '../../messages/people.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import { tell } from '../../wizard/standard-answers.ts'
import type { Chat } from '../chat.ts'
import type { CommandVerb } from './commands.ts'

const ANNOUNCED_AFTER_MS = 500
const FILE_VERBS = new Set<string>(['results', 'template'] satisfies CommandVerb[])

/** True for a command that is answered with a file. */
export function bringsFile(verb: string): boolean {
  return FILE_VERBS.has(verb.trim().toLowerCase())
}

interface AnnouncedOptions {
  chat: Chat
  patience?: Clock
  onFault: (fault: unknown) => unknown
}

/** Says that a file comes if it is not there soon: the result of a large task takes a while. */
export async function announced(
  { person, place, locale }: Requester,
  { chat, patience = REAL_CLOCK, onFault }: AnnouncedOptions,
  answer: () => Promise<void>,
): Promise<void> {
  const cancel = patience.after(ANNOUNCED_AFTER_MS, () => {
    chat.tell(place, person, tell(textsFor(locale).tasks.private.fileComes).prompt).catch(onFault)
  })
  try {
    await answer()
  } finally {
    cancel()
  }
}
