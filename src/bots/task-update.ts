import { createHash } from 'node:crypto'
import type { TaskMessageRow, updateTaskMessage } from '../db/chats/task-messages.ts'
import type { MessageRef, Place } from '../messages/people.ts'
import type { Mention, Prompt, Line, Span } from '../messages/prompt.ts'
import { textsFor, type Texts } from '../messages/texts/texts.ts'
import type { Chat, SendResult, Once } from './chat.ts'
import type { MakeResult } from '../app/results.ts'
import type { TaskFacts } from './task-facts.ts'
import { resultNote, startedPrompt, taskPrompt, summaryLine, tooLargeLine } from './task-prompt.ts'
import { clip, dotted } from '../messages/rich-text.ts'

type MessageChange = Parameters<typeof updateTaskMessage>[2]

/** The one thing to do for a task’s message: send something, or only change its record. */
export type NextUpdate = UpdateToSend | { send?: undefined; change: MessageChange }

/** What to send, and the changes to the record before it is sent, after it arrived, and if its place is gone. */
export interface UpdateToSend {
  before?: MessageChange
  send: (chat: Chat) => Promise<SendResult<MessageRef>>
  after: (message: MessageRef) => MessageChange
  gone: MessageChange
}

/** Undefined: the message is up to date, and the owner has been notified of the end if there was one. */
export function nextUpdate(
  row: TaskMessageRow,
  facts: TaskFacts,
  { place, makeResult, branches }: { place: Place; makeResult: MakeResult; branches: boolean },
): NextUpdate | undefined {
  const texts = textsFor(row.locale)
  const prompt = taskPrompt(facts, texts)
  const end = facts.task.finishedAt
  const after = { shown: hashOf(prompt), shown_end: end }

  if (branches && !place.thread) return branchUpdate(row, facts, place)
  if (row.message === null) {
    const once = { key: `p-${facts.task.id}-${row.posts}`, again: row.shown === POSTING }
    return {
      before: { shown: POSTING },
      send: (chat) => chat.post(place, prompt, once),
      after: (message) => ({ ...after, message: JSON.stringify(message) }),
      gone: { lost: 1 }, // there is nobody to notify
    }
  }
  const message = JSON.parse(row.message) as MessageRef // written above, or by the wizard
  if (row.shown !== after.shown) {
    return {
      send: async (chat) => withRef(await chat.edit(message, prompt), message),
      after: () => after,
      gone: { message: null, shown: null, posts: row.posts + 1 }, // it was deleted: post a new one
    }
  }
  if (row.shown_end !== end) return { change: { shown_end: end } }
  if (end === null || row.told_end === end) return undefined

  const owner = JSON.parse(row.owner) as Mention // written by the wizard, from a Person
  const once = { key: `r-${facts.task.id}-${end.toString(36)}`, again: row.telling_end === end }
  return {
    before: { telling_end: end },
    send: async (chat) =>
      withRef(await announce(chat, { facts, owner, place: message.place, texts, once, makeResult }), message),
    after: () => ({ told_end: end }),
    gone: { told_end: end },
  }
}

/** The wizard’s message is finished: the task’s own starts in a thread on it, and both are stored together. */
function branchUpdate(row: TaskMessageRow, facts: TaskFacts, place: Place): UpdateToSend {
  const texts = textsFor(row.locale)
  const prompt = taskPrompt(facts, texts)
  const wizards = row.message === null ? undefined : (JSON.parse(row.message) as MessageRef) // written by the wizard
  const once = { key: `p-${facts.task.id}-${row.posts}`, again: row.shown === POSTING }
  return {
    before: { shown: POSTING },
    send: async (chat) => {
      const started = startedPrompt(facts.task, texts)
      const branched = wizards && (await chat.branch?.(wizards, started, facts.task.name))
      if (branched && branched.kind !== 'ok') return branched
      return chat.post(branched?.value ?? place, prompt, once)
    },
    after: (message) => ({
      shown: hashOf(prompt),
      shown_end: facts.task.finishedAt,
      message: JSON.stringify(message),
      place: JSON.stringify({ ...message.place, thread: message.place.thread ?? message.place.channel }),
    }),
    gone: { lost: 1 }, // there is nobody to notify
  }
}

/** In `shown` while a first message is being sent: after a crash, it may have arrived. */
const POSTING = 'posting'

function hashOf(prompt: Prompt): string {
  return createHash('sha256').update(JSON.stringify(prompt)).digest('base64url')
}

function withRef(sent: SendResult, message: MessageRef): SendResult<MessageRef> {
  return sent.kind === 'ok' ? { kind: 'ok', value: message } : sent
}

export interface Announcement {
  facts: TaskFacts
  owner: Mention
  place: Place
  texts: Texts
  once: Once
  makeResult: MakeResult
}

const OK: SendResult = { kind: 'ok', value: undefined }
const NAME_CHARS = 100

/**
 * Notifies the owner that the task is over, in a new message, because an edit of an old one notifies nobody. A
 * completed task brings its result; a failed one says that it needs its owner; somebody who stopped it knows already.
 */
export async function announce(chat: Chat, about: Announcement): Promise<SendResult> {
  const { facts, owner, place, texts, once } = about
  const person: Span = { person: { id: owner.id, name: owner.name } }
  switch (facts.task.status) {
    case 'completed':
      return sendResult(chat, about, person)
    case 'failed': {
      const line = texts.tasks.haltedFor(clip(facts.task.name, NAME_CHARS), person)
      return withoutValue(await chat.post(place, oneLine(line), once))
    }
    case 'cancelled':
    case 'pending':
    case 'running':
    case 'paused':
      return OK
  }
}

async function sendResult(
  chat: Chat,
  { facts, place, texts, once, makeResult }: Announcement,
  person: Span,
): Promise<SendResult> {
  const result = await makeResult(facts.task)
  try {
    const line: Line = [...dotted(summaryLine(facts, texts), resultNote(result.written, texts)), ' ', person]
    const sent = await chat.upload(place, result, line, once)
    if (sent.kind !== 'tooLarge') return sent
    const fallback = [...tooLargeLine(facts.task, facts.pageUrl, texts), ' ', person]
    return withoutValue(await chat.post(place, oneLine(fallback), once))
  } finally {
    await result.remove()
  }
}

function oneLine(line: Line) {
  return { title: '', lines: [line], selects: [], buttons: [] }
}

function withoutValue(sent: SendResult<unknown>): SendResult {
  return sent.kind === 'ok' ? OK : sent
}
