import { createHash } from 'node:crypto'
import type { DeliveryRow } from '../db/chats/deliveries.ts'
import type { TaskMessageRow, updateTaskMessage } from '../db/chats/task-messages.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { MessageRef, Place } from '../messages/people.ts'
import type { Prompt } from '../messages/prompt.ts'
import { textsFor } from '../messages/texts/texts.ts'
import type { Chat, SendResult } from './chat.ts'
import type { TaskFacts } from './task-facts.ts'
import { startedPrompt, taskPrompt } from './task-prompt.ts'

type MessageChange = Parameters<typeof updateTaskMessage>[2]

/** The one thing to do for a task’s message: send something, or only change its record. */
export type NextUpdate =
  | UpdateToSend
  | { send?: undefined; change: MessageChange; delivery?: Pick<DeliveryRow, 'what' | 'state' | 'task_end'> }

/**
 * What to send, and the changes to the record before it is sent, after it arrived, and if its place is gone, or the
 * whole channel.
 */
export interface UpdateToSend {
  before?: MessageChange
  send: (chat: Chat) => Promise<SendResult<MessageRef>>
  after: (message: MessageRef) => MessageChange
  gone: MessageChange
  /** of a message that is there, in the place where the result is to go */
  isEdit?: true
  channelGone?: MessageChange
}

/**
 * Undefined: the message is up to date, and the end, if there was one, is with `deliveries`.
 * @param more.isRefused the platform does not let the message be updated: then the owner is told without it
 */
export function nextUpdate(
  row: TaskMessageRow,
  facts: TaskFacts,
  { place, branches, isRefused }: { place: Place; branches: boolean; isRefused: boolean },
): NextUpdate | undefined {
  const texts = textsFor(row.locale)
  const prompt = taskPrompt(facts, texts)
  const end = facts.task.finishedAt
  const after = { shown: hashOf(prompt), shown_end: end }

  // A comparison has ended once both tasks have: until then there is no result to send.
  const isOpen = facts.pair !== undefined && !facts.comparison && facts.task.status === 'completed'
  const isHandedOver = end === null || row.told_end === end || isOpen
  if (row.lost === 1) return isHandedOver ? undefined : handOver(row, facts.task)
  if (isRefused && !isHandedOver) return handOver(row, facts.task)
  if (branches && !place.thread) return branchUpdate(row, facts, place)
  const message = messageOf(row)
  if (!message) {
    const once = { key: `p-${facts.task.id}-${row.posts}`, again: row.shown === POSTING }
    return {
      before: { shown: POSTING },
      send: (chat) => chat.post(place, prompt, once),
      after: (posted) => ({ ...after, message: JSON.stringify(posted) }),
      gone: goneFrom(place),
      channelGone: { lost: 1 }, // the place is remembered: it may be opened again
    }
  }
  if (row.shown !== after.shown) {
    return {
      isEdit: true,
      send: async (chat) => withRef(await chat.edit(message, prompt, 'progress'), message),
      after: () => after,
      gone: { message: null, shown: null, posts: row.posts + 1 }, // it was deleted: post a new one
    }
  }
  if (row.shown_end !== end) return { change: { shown_end: end } }
  return isHandedOver ? undefined : handOver(row, facts.task)
}

/** The message that shows a task now. */
export function messageOf({ message }: Pick<TaskMessageRow, 'message'>): MessageRef | undefined {
  return message === null ? undefined : (JSON.parse(message) as MessageRef) // written below, or by the wizard
}

/** What a task’s message shows now: if it was the wizard’s and gets a thread, that the task is in there. */
export function promptNow(
  { locale }: TaskMessageRow,
  facts: TaskFacts,
  { place, branches }: { place: Place; branches: boolean },
): Prompt {
  const texts = textsFor(locale)
  return branches && !place.thread ? startedPrompt(facts.task, texts) : taskPrompt(facts, texts)
}

/** The change to the record that lets the message be edited once more. Undefined: it is just being posted. */
export function showAgain(row: TaskMessageRow | undefined): MessageChange | undefined {
  return row && row.message !== null && row.shown !== POSTING ? { shown: null, shown_end: null } : undefined
}

/** Hands the end over to `deliveries`, with what its owner must get. Somebody who stopped the task knows already. */
function handOver(row: TaskMessageRow, { status, finishedAt }: TaskView): NextUpdate {
  const change = { told_end: finishedAt }
  if (finishedAt === null || (status !== 'completed' && status !== 'failed')) return { change }
  const state = row.telling_end === finishedAt ? 'sending' : 'due'
  const what = status === 'completed' ? 'result' : 'halted'
  return { change, delivery: { what, state, task_end: finishedAt } }
}

/** Progress goes on in the channel if its thread is gone, and nowhere if the channel is, or others read it. */
function goneFrom({ thread, ...place }: Place): MessageChange {
  if (thread === undefined || thread === place.channel || place.isPrivate) return { lost: 1 }
  const channel = place.platform === 'discord' ? { ...place, thread: place.channel } : place
  return { place: JSON.stringify(channel), shown: null }
}

/** The wizard’s message is finished: the task’s own starts in a thread on it, and both are stored together. */
function branchUpdate(row: TaskMessageRow, facts: TaskFacts, place: Place): UpdateToSend {
  const texts = textsFor(row.locale)
  const prompt = taskPrompt(facts, texts)
  const wizards = messageOf(row)
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
    gone: { lost: 1 },
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
