import { createHash } from 'node:crypto'
import {
  CARD,
  findQuestionCard,
  findQuestions,
  HALTED,
  listTasksWithQuestions,
  listWaitingCards,
  type QuestionCardRow,
  reviveQuestionCards,
  startQuestionCard,
  type TaskWithQuestions,
  updateQuestionCard,
} from '../db/chats/question-cards.ts'
import { findMessageShowing } from '../db/chats/task-messages.ts'
import type { Leader } from '../db/leader.ts'
import type { Db } from '../db/schema.ts'
import { findTask } from '../db/tasks/tasks.ts'
import type { Clock } from '../engine/clock.ts'
import { type MessageRef, personKey, type Place, type Platform, type Requester } from '../messages/people.ts'
import type { Mention, Prompt } from '../messages/prompt.ts'
import { textsFor } from '../messages/texts/texts.ts'
import type { Budgets } from './budget.ts'
import type { Chat, SendResult } from './chat.ts'
import type { ClickedMessage } from './handlers/clicked-message.ts'
import { isAt, type Reopened } from './deliverer.ts'
import { isDirect, rungsOf } from './ladder.ts'
import { type QuestionFacts, questionPrompt } from './question-prompt.ts'
import { afterFailure, afterLimit, isTimeFor, untilThereIsAPlace, waitMs } from './tries.ts'

export interface QuestionCardsOptions {
  db: Db
  clock: Clock
  /** of several machines one posts and edits cards */
  leader: Leader
  chats: Partial<Record<Platform, Chat>>
  budgets: Budgets
  /** URL of a task’s page */
  pageUrl?: (taskId: string) => string
  onFault(fault: unknown, taskId: string): void
}

/** Between two edits of one card. */
const SPACING_MS = 3_000
/** A card whose edit is refused this often, while the platform is up, is posted anew. */
const EDITS_TRIED = 3

interface CardPace {
  /** on the monotonic clock */
  notBefore: number
  failures: number
}

/**
 * Keeps one message for each task whose rows wait for a person, edited from one question to the next. A new one, which
 * notifies the owner, is posted only when waiting starts again after nothing was left to answer. It goes to the first
 * place that takes it, as everything that a person must get.
 */
export class QuestionCards {
  readonly #busy = new Map<string, Promise<void>>()
  readonly #paces = new Map<string, CardPace>()

  constructor(private readonly options: QuestionCardsOptions) {}

  /** Posts and edits what is due; resolves once it is on its way. */
  async poll(): Promise<void> {
    const tasks = await listTasksWithQuestions(this.options.db)
    const ids = new Set(tasks.map(({ taskId }) => taskId))
    for (const id of this.#paces.keys()) if (!ids.has(id)) this.#paces.delete(id)
    for (const task of tasks) {
      const { taskId } = task
      if (this.#busy.has(taskId) || this.options.clock.monotonicNow() < this.#paceOf(taskId).notBefore)
        continue
      const work = this.#update(task)
        .catch((fault: unknown) => {
          this.#backOff(taskId)
          this.options.onFault(fault, taskId)
        })
        .finally(() => this.#busy.delete(taskId))
      this.#busy.set(taskId, work)
    }
  }

  /** Waits for what is being sent. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  /** A person speaks to Rowbot: questions that could be posted nowhere are tried again, also in their direct message. */
  async spoke({ person, place }: Pick<Requester, 'person' | 'place'>): Promise<boolean> {
    const { db, clock } = this.options
    const taskIds = (await listWaitingCards(db, personKey(person))).map(({ taskId }) => taskId)
    await reviveQuestionCards(db, taskIds, isDirect(place) ? JSON.stringify(place) : null, clock.now())
    return taskIds.length > 0
  }

  /** A place may take messages again: what waits because of it is tried there. */
  async reopened(where: Reopened): Promise<boolean> {
    const { db, clock } = this.options
    const waiting = await listWaitingCards(db)
    const there = waiting.filter(({ home }) => isAt(JSON.parse(home) as Place, where)) // written by the wizard
    await reviveQuestionCards(
      db,
      there.map(({ taskId }) => taskId),
      null,
      clock.now(),
    )
    return there.length > 0
  }

  /** Shows the card of a task as it is now in the message that was clicked, whatever edits are left. */
  async showIn(clicked: ClickedMessage, taskId: string): Promise<void> {
    const { db } = this.options
    const card = await findQuestionCard(db, taskId)
    if (!card || messageOf(card)?.id !== clicked.id) return
    const row = await findMessageShowing(db, taskId)
    const prompt = row && (await this.#promptOf(card, { owner: row.owner, locale: row.locale }))
    if (!prompt || !(await clicked.show(prompt))) return
    // An edit that was under way has come before this or after it: one more edit, so that the card is right.
    const isEdited = this.#busy.has(taskId) || !this.options.leader.isCurrent()
    await this.#busy.get(taskId)
    await updateQuestionCard(db, card, { shown: isEdited ? null : hashOf(prompt) })
  }

  /** @throws LeaseLost once another machine posts and edits cards */
  #write(card: QuestionCardRow, change: Parameters<typeof updateQuestionCard>[2]): Promise<void> {
    return this.options.leader.write((db) => updateQuestionCard(db, card, change))
  }

  /** Where a task’s card is. Undefined: it has none. */
  async placeOf(taskId: string): Promise<Place | undefined> {
    const card = await findQuestionCard(this.options.db, taskId)
    return card && messageOf(card)?.place
  }

  async #update(task: TaskWithQuestions): Promise<void> {
    const { db, clock } = this.options
    const home = JSON.parse(task.home) as Place // written by the wizard, from a Place
    const chat = this.options.chats[home.platform]
    // The task is about to get its thread, where the question belongs.
    if (!chat || (chat.branch && !home.thread && !task.isLost)) return
    const card = await this.#currentCard(task.taskId)
    if (!card) return
    if (card.message !== null) return this.#edit(chat, task, card)
    const { next } = await findQuestions(db, task.taskId, card.asked_since)
    // Answered on the page before it could be posted.
    if (!next && card.state !== 'sending') return this.#write(card, { ended: CARD.over, state: 'seen' })
    if (isTimeFor(card, clock.now())) await this.#post(chat, { home, task }, card)
  }

  /** The card that is not finished, or a new one if something is to be answered. */
  async #currentCard(taskId: string): Promise<QuestionCardRow | undefined> {
    const { db, clock } = this.options
    const card = await findQuestionCard(db, taskId)
    if (card && card.ended !== CARD.over) return card
    const { next } = await findQuestions(db, taskId, 0)
    if (!next) return undefined
    const beganAt = Math.max(clock.now(), (card?.began_at ?? 0) + 1)
    await this.options.leader.write((trx) =>
      startQuestionCard(trx, { taskId, beganAt, askedSince: next.askedAt }),
    )
    return findQuestionCard(db, taskId)
  }

  async #post(
    chat: Chat,
    { home, task }: { home: Place; task: TaskWithQuestions },
    due: QuestionCardRow,
  ): Promise<void> {
    const { clock } = this.options
    const owner = JSON.parse(task.owner) as Mention // written by the wizard; so is the task’s message
    const near = task.taskMessage === null ? undefined : (JSON.parse(task.taskMessage) as MessageRef)
    const first = due.place === null ? undefined : (JSON.parse(due.place) as Place)
    const rungs = rungsOf(home, near, first)
    const start = due.state === 'waiting' ? 0 : due.rung
    for (let rung = start; ; rung++) {
      const place = await placeOn(rungs[rung], chat, owner)
      if (!place) return this.#write(due, untilThereIsAPlace(clock.now()))
      const sent =
        place.kind === 'ok' ? await this.#send(chat, task, due, { place: place.value, rung }) : place
      switch (sent.kind) {
        case 'ok':
          this.#spaced(task.taskId)
          return
        case 'limited':
          return this.#write(due, afterLimit(rung, sent.retryAfterMs, clock.now()))
        case 'gone':
          due = { ...due, state: 'due', rung: rung + 1, tries: 0, error: sent.error }
          await this.#write(due, { state: 'due', rung: rung + 1, tries: 0, error: sent.error })
          continue
        case 'tooLarge':
        case 'failed':
          return this.#write(due, afterFailure({ ...due, rung }, sent, clock.now()))
      }
    }
  }

  async #send(
    chat: Chat,
    task: TaskWithQuestions,
    due: QuestionCardRow,
    { place, rung }: { place: Place; rung: number },
  ): Promise<SendResult> {
    const prompt = await this.#promptOf(due, task)
    if (!prompt) return { kind: 'failed', error: 'the task is gone' }
    // After a crash in between, the platform is asked whether it is there.
    const again = due.state === 'sending' && due.rung === rung
    await this.#write(due, { state: 'sending', rung })
    const began = due.began_at.toString(36)
    const key = `q-${task.taskId}-${began}${rung === 0 ? '' : `-${rung}`}`
    const sent = await chat.post(place, prompt, { key, again })
    if (sent.kind !== 'ok') return sent
    // What was found may show an earlier question; and it may have been answered meanwhile.
    await this.#write(due, {
      message: JSON.stringify(sent.value),
      shown: again ? null : hashOf(prompt),
      state: 'seen',
      ended: CARD.open,
      rung,
      error: null,
    })
    return { kind: 'ok', value: undefined }
  }

  async #edit(chat: Chat, task: TaskWithQuestions, card: QuestionCardRow): Promise<void> {
    const { budgets } = this.options
    const { taskId } = task
    const message = messageOf(card)
    const found = await this.#factsOf(card, task.owner)
    if (!message || !found) return
    const isHalted = HALTED.some((status) => status === found.task.status)
    // Its task goes on: what is asked now is posted anew, after this has been finished.
    const isReplaced = card.ended === CARD.halted && !isHalted
    const questions = { ...found.questions, ...(isReplaced && { next: undefined }) }
    const prompt = questionPrompt({ ...found, questions }, textsFor(task.locale))
    const isOver = !questions.next
    const ended = isOver ? (isHalted ? CARD.halted : CARD.over) : CARD.open
    if (card.shown === hashOf(prompt)) return isOver ? this.#write(card, { ended }) : undefined
    const budget = budgets.of(message.place)
    if (!budget.has(true)) return
    budget.take()
    const sent = await chat.edit(message, prompt, 'progress')
    this.#spaced(taskId)
    const pace = this.#paceOf(taskId)
    switch (sent.kind) {
      case 'ok':
        pace.failures = 0
        return this.#write(card, { shown: hashOf(prompt), ended })
      case 'limited':
        budget.hold(sent.retryAfterMs)
        pace.notBefore = Math.max(pace.notBefore, this.options.clock.monotonicNow() + sent.retryAfterMs)
        return
      case 'gone':
        return this.#write(card, { ended: CARD.over }) // if something is left to answer, a new one follows
      case 'tooLarge':
      case 'failed':
        this.#backOff(taskId)
        if (!('isDown' in sent) && pace.failures >= EDITS_TRIED) await this.#write(card, { ended: CARD.over })
    }
  }

  async #promptOf(
    card: QuestionCardRow,
    { owner, locale }: { owner: string; locale: string },
  ): Promise<Prompt | undefined> {
    const facts = await this.#factsOf(card, owner)
    return facts && questionPrompt(facts, textsFor(locale))
  }

  async #factsOf(card: QuestionCardRow, owner: string): Promise<QuestionFacts | undefined> {
    const { db, pageUrl } = this.options
    const task = await findTask(db, card.task_id)
    if (!task) return undefined
    const questions = await findQuestions(db, task.id, card.asked_since)
    const mention = JSON.parse(owner) as Mention // written by the wizard
    return { task, questions, owner: { id: mention.id, name: mention.name }, pageUrl: pageUrl?.(task.id) }
  }

  #spaced(taskId: string): void {
    this.#paceOf(taskId).notBefore = this.options.clock.monotonicNow() + SPACING_MS
  }

  #backOff(taskId: string): void {
    const pace = this.#paceOf(taskId)
    pace.notBefore = this.options.clock.monotonicNow() + waitMs(pace.failures++)
  }

  #paceOf(taskId: string): CardPace {
    const pace = this.#paces.get(taskId) ?? { notBefore: 0, failures: 0 }
    this.#paces.set(taskId, pace)
    return pace
  }
}

async function placeOn(
  rung: ReturnType<typeof rungsOf>[number] | undefined,
  chat: Chat,
  owner: Mention,
): Promise<SendResult<Place> | undefined> {
  if (!rung) return undefined
  return rung.kind === 'place' ? { kind: 'ok', value: rung.place } : chat.direct(owner)
}

function messageOf({ message }: QuestionCardRow): MessageRef | undefined {
  return message === null ? undefined : (JSON.parse(message) as MessageRef) // written by QuestionCards
}

function hashOf(prompt: Prompt): string {
  return createHash('sha256').update(JSON.stringify(prompt)).digest('base64url')
}
