import type { MakeResult, MakeZip } from '../app/results.ts'
import type { DeliveryRow } from '../db/chats/deliveries.ts'
import type { Place } from '../messages/people.ts'
import type { Line, Mention, Prompt, Span } from '../messages/prompt.ts'
import { bold, clip, dotted } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Chat, Once, SendResult } from './chat.ts'
import type { TaskFacts } from './task-facts.ts'
import { resultNote, summaryLine, tooLargeLine } from './task-prompt.ts'

export interface Announcement {
  what: DeliveryRow['what']
  facts: TaskFacts
  owner: Mention
  place: Place
  texts: Texts
  once: Once
  makeResult: MakeResult
  makeZip: MakeZip
}

const OK: SendResult = { kind: 'ok', value: undefined }
const NAME_CHARS = 100

/**
 * Notifies the owner that the task is over, in a new message, because an edit of an old one notifies nobody. A
 * completed task brings its result; a failed one says that it needs its owner.
 */
export async function announce(chat: Chat, about: Announcement): Promise<SendResult> {
  const { what, facts, owner, place, texts, once } = about
  const person: Span = { person: { id: owner.id, name: owner.name } }
  if (what === 'result') return sendResult(chat, about, person)
  if (what === 'files') return sendFiles(chat, about)
  const line = texts.tasks.haltedFor(clip(facts.task.name, NAME_CHARS), person)
  return withoutValue(await chat.post(place, oneLine(line), once))
}

async function sendResult(
  chat: Chat,
  { facts, place, texts, once, makeResult }: Announcement,
  person: Span,
): Promise<SendResult> {
  const result = await makeResult(facts.task)
  try {
    const line: Line = [
      ...dotted(
        // The line is the notification, too: it names the task.
        [bold(clip(facts.task.name, NAME_CHARS)), texts.tasks.isDone, ...summaryLine(facts, texts)],
        resultNote(result.written, texts),
      ),
      ' ',
      person,
    ]
    const sent = await chat.upload(place, result, line, once)
    if (sent.kind !== 'tooLarge') return sent
    const fallback = [...tooLargeLine(facts.task, facts.pageUrl, texts), ' ', person]
    return withoutValue(await chat.post(place, oneLine(fallback), once))
  } finally {
    await result.remove()
  }
}

/** The owner has been called by the result. */
async function sendFiles(
  chat: Chat,
  { facts, place, texts, once, makeZip }: Announcement,
): Promise<SendResult> {
  const zip = await makeZip(facts.task)
  if (!zip) return OK
  try {
    const line = dotted(bold(clip(facts.task.name, NAME_CHARS)), texts.tasks.filesOfRows(zip.count))
    const sent = await chat.upload(place, zip, line, once)
    if (sent.kind !== 'tooLarge') return sent
    const link = facts.pageUrl === undefined ? undefined : { link: texts.tasks.pageLink, url: facts.pageUrl }
    return withoutValue(await chat.post(place, oneLine(texts.tasks.filesTooLarge(facts.task.id, link)), once))
  } finally {
    await zip.remove()
  }
}

function oneLine(line: Line): Prompt {
  return { title: '', lines: [line], selects: [], buttons: [] }
}

function withoutValue(sent: SendResult<unknown>): SendResult {
  return sent.kind === 'ok' ? OK : sent
}
