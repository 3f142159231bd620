import type { MakeResult, MakeZip } from '../app/chat-results.ts'
import { comparisonLines } from '../app/comparison-text.ts'
import type { DeliveryRow } from '../db/chats/deliveries.ts'
import { personKey, type Place } from '../messages/people.ts'
import type { Line, Mention, Prompt, Span } from '../messages/prompt.ts'
import { bold, clip, dotted } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Chat, Once, SendResult } from './chat.ts'
import type { TaskFacts } from './task-facts.ts'
import { type FileForPerson, largeFileFacts, sendFile } from './large-file.ts'
import { isDirect } from './ladder.ts'
import { pausedAtLines } from './limit-lines.ts'
import { resultNote, summaryLine, tooLargeLine } from './task-prompt.ts'

export interface Announcement {
  what: DeliveryRow['what']
  facts: TaskFacts
  owner: Mention
  place: Place
  texts: Texts
  once: Once
  linked: FileForPerson['linked']
  /** it has been notified that the owner takes no direct messages */
  placeKnows: boolean
  makeResult: MakeResult
  makeZip: MakeZip
}

/** `unreachable`: it waits for its owner to take direct messages */
export type Announced = SendResult | { kind: 'unreachable'; error: string }

const OK: SendResult = { kind: 'ok', value: undefined }
const NAME_CHARS = 100

/**
 * Notifies the owner that the task is over, in a new message, because an edit of an old one notifies nobody. A
 * completed task brings its result; a failed one, and one that has paused at a limit, says that it needs its owner.
 */
export async function announce(chat: Chat, about: Announcement): Promise<Announced> {
  const { what, facts, owner, place, texts, once } = about
  const person: Span = { person: { id: owner.id, name: owner.name } }
  if (what === 'result') return sendResult(chat, about, person)
  if (what === 'files') return sendFiles(chat, about)
  const name = clip(facts.task.name, NAME_CHARS)
  // Of two that are compared, the other one may have paused.
  const line =
    facts.task.status !== 'failed' ? texts.tasks.pausedFor(name, person) : texts.tasks.haltedFor(name, person)
  const prompt = { ...oneLine(line), lines: [line, ...pausedAtLines(facts, texts)] }
  return withoutValue(await chat.post(place, prompt, once))
}

async function sendResult(chat: Chat, about: Announcement, person: Span): Promise<Announced> {
  const { facts, texts, makeResult } = about
  const result = await makeResult(facts.task)
  try {
    const file: FileForPerson = {
      ...fileFor(about),
      file: result,
      // The line is the notification, too: it names the task.
      summary: [nameOf(about), texts.tasks.isDone, ...summaryOf(facts, texts)],
      note: resultNote(result.written, texts),
      end: [' ', person],
    }
    const nowhere: Line = [...tooLargeLine(facts.task, facts.pageUrl, texts), ' ', person]
    return await sendOrSay(chat, about, file, nowhere)
  } finally {
    await result.remove()
  }
}

function summaryOf(facts: TaskFacts, texts: Texts): Line {
  const { comparison } = facts
  return comparison ? dotted(...comparisonLines(comparison, texts)) : summaryLine(facts, texts)
}

/** The owner has been called by the result. */
async function sendFiles(chat: Chat, about: Announcement): Promise<Announced> {
  const { facts, texts, makeZip } = about
  const zip = await makeZip(facts.task)
  if (!zip) return OK
  try {
    const summary = dotted(nameOf(about), texts.tasks.filesOfRows(zip.count))
    const link = facts.pageUrl === undefined ? undefined : { link: texts.tasks.pageLink, url: facts.pageUrl }
    const nowhere = texts.tasks.filesTooLarge(facts.task.id, link)
    return await sendOrSay(chat, about, { ...fileFor(about), file: zip, summary }, nowhere)
  } finally {
    await zip.remove()
  }
}

function fileFor({ what, facts, place, owner, texts, once, linked }: Announcement) {
  const { task } = facts
  const key = task.ownerKey ?? personKey({ platform: place.platform, team: '', id: owner.id })
  return {
    what: what === 'files' ? what : 'result',
    task,
    place,
    person: owner,
    personKey: key,
    texts,
    once,
    linked,
  } as const
}

function nameOf({ facts }: Announcement): Span {
  return bold(clip(facts.task.name, NAME_CHARS))
}

/** Sends the file; if it went as a link, or not at all, the place is notified. */
async function sendOrSay(
  chat: Chat,
  { place, placeKnows, owner, texts, once }: Announcement,
  file: FileForPerson,
  nowhere: Line,
): Promise<Announced> {
  const facts = largeFileFacts(file)
  const person: Span = { person: { id: owner.id, name: owner.name } }
  const say = async (line: Line, suffix: string) =>
    withoutValue(await chat.post(place, oneLine(line), { ...once, key: `${once.key}${suffix}` }))
  const sent = await sendFile(chat, file)
  if (sent.kind === 'unreachable') {
    const said = placeKnows ? OK : await say(texts.largeFiles.unreachable<Span>(facts, person), 'u')
    return said.kind === 'ok' ? sent : said
  }
  if (sent.kind !== 'ok') return sent
  switch (sent.value) {
    case 'file':
      return OK
    case 'link': {
      if (isDirect(place)) return OK
      const said = await say(texts.largeFiles.linkSent<Span>(facts, person), 'n')
      // Its owner has it: no other place needs to be notified.
      return said.kind === 'gone' ? OK : said
    }
    case 'nothing':
      return say(nowhere, 'w')
  }
}

function oneLine(line: Line): Prompt {
  return { title: '', lines: [line], selects: [], buttons: [] }
}

function withoutValue(sent: SendResult<unknown>): SendResult {
  return sent.kind === 'ok' ? OK : sent
}
