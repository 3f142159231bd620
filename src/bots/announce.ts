import type { Place } from '../wizard/people.ts'
import type { Line, Mention, Span } from '../wizard/prompt.ts'
import { clip } from '../wizard/text.ts'
import type { Words } from '../words/words.ts'
import type { Chat, Once, Sent } from './chat.ts'
import type { MakeResult } from './result-file.ts'
import type { TaskFacts } from './task-facts.ts'
import { summaryLine, tooLargeLine } from './task-prompt.ts'

export interface Announcement {
  facts: TaskFacts
  owner: Mention
  place: Place
  words: Words
  once: Once
  makeResult: MakeResult
}

const OK: Sent = { kind: 'ok', value: undefined }
const NAME_CHARS = 100

/**
 * Tells the owner that the task is over, in a message of its own: an edit of an old one notifies nobody. Completed, it
 * brings the result; stopped by a fault, it says that it needs them; who stopped it knows.
 */
export async function announce(chat: Chat, about: Announcement): Promise<Sent> {
  const { facts, owner, place, words, once } = about
  const person: Span = { person: { id: owner.id, name: owner.name } }
  switch (facts.task.status) {
    case 'completed':
      return bringResult(chat, about, person)
    case 'failed': {
      const line = words.tasks.haltedFor(clip(facts.task.name, NAME_CHARS), person)
      return withoutValue(await chat.post(place, oneLine(line), once))
    }
    case 'cancelled':
    case 'pending':
    case 'running':
    case 'paused':
      return OK
  }
}

async function bringResult(
  chat: Chat,
  { facts, place, words, once, makeResult }: Announcement,
  person: Span,
): Promise<Sent> {
  const result = await makeResult(facts.task)
  try {
    const line: Line = [...summaryLine(facts, words), ' ', person]
    const sent = await chat.upload(place, result, line, once)
    if (sent.kind !== 'tooLarge') return sent
    const sorry = [...tooLargeLine(facts.task, facts.pageUrl, words), ' ', person]
    return withoutValue(await chat.post(place, oneLine(sorry), once))
  } finally {
    await result.remove()
  }
}

function oneLine(line: Line) {
  return { title: '', lines: [line], selects: [], buttons: [] }
}

function withoutValue(sent: Sent<unknown>): Sent {
  return sent.kind === 'ok' ? OK : sent
}
