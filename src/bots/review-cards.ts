import { createHash } from 'node:crypto'
import {
  findReviewCard,
  listAwaitingCards,
  type ReviewCard,
  startReviewCard,
  updateReviewCard,
} from '../db/chats/review-cards.ts'
import { findMessageShowing } from '../db/chats/task-messages.ts'
import { findReviewedRow, listReviewStates, type ReviewedRow } from '../db/rows/reviews.ts'
import type { Leader } from '../db/leader.ts'
import type { Db } from '../db/schema.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import type { Clock } from '../engine/clock.ts'
import type { MessageRef, Place, Platform } from '../messages/people.ts'
import type { Prompt } from '../messages/prompt.ts'
import { textsFor } from '../messages/texts/texts.ts'
import type { Budgets } from './budget.ts'
import type { Chat } from './chat.ts'
import type { ClickedMessage } from './handlers/clicked-message.ts'
import { rungsOf } from './ladder.ts'
import { leadersChats } from './leaders-chat.ts'
import { movedPrompt, overPrompt, type ReviewCardFacts, rowPrompt } from './review-prompt.ts'

export interface ReviewCardsOptions {
  db: Db
  clock: Clock
  /** of several machines one shows the new answers that cards wait for; what people click each shows itself */
  leader: Leader
  chats: Partial<Record<Platform, Chat>>
  budgets: Budgets
  /** URL of a task’s page */
  pageUrl?: (taskId: string) => string
  onFault(fault: unknown, taskId: string): void
}

/** In place of a row: what came of all. */
export const OVER = 0

/** Between two looks at a row that runs again. */
const SPACING_MS = 3_000
const RETRY_MS = 30_000
/** A second click on the same button. */
const DOUBLE_CLICK_MS = 5_000

/**
 * The one message of a task in which people look at rows one by one. Which row it shows is in its buttons, so that any
 * click works after a restart, and of two people who click at once each acts on the row that they saw.
 */
export class ReviewCards {
  /** when a card that waits is looked at next, on the monotonic clock */
  readonly #notBefore = new Map<string, number>()
  #polling: Promise<void> | undefined

  /** for what nobody has clicked */
  readonly #leadersChats: ReviewCardsOptions['chats']

  constructor(private readonly options: ReviewCardsOptions) {
    this.#leadersChats = leadersChats(options.chats, options.leader)
  }

  /**
   * Posts a card with the first of these rows. An earlier one says that it goes on in this one.
   * @returns false: it could not be posted
   */
  async begin(task: TaskView, rows: number[]): Promise<boolean> {
    const { db, clock } = this.options
    const before = await findReviewCard(db, task.id)
    const isTwice =
      before !== undefined &&
      clock.now() - before.beganAt < DOUBLE_CLICK_MS &&
      before.message !== null &&
      String(before.rows) === String(rows)
    if (isTwice) return true
    const home = await this.#homeOf(task)
    const [first] = rows
    if (!home || first === undefined) return false
    const beganAt = Math.max(clock.now(), (before?.beganAt ?? 0) + 1)
    await startReviewCard(db, { taskId: task.id, beganAt, rows })
    const posted = await this.#post({ ...home, taskId: task.id, beganAt, first })
    if (before?.message && posted) await this.#retire(task, before)
    return posted
  }

  /**
   * Shows a row, or what came of all, in the message that was clicked.
   * @param next show the next row that nobody has looked at, if there is one after it
   */
  async showIn(
    clicked: ClickedMessage | undefined,
    taskId: string,
    row: number,
    { next = false }: { next?: boolean } = {},
  ): Promise<void> {
    const { db } = this.options
    const card = await findReviewCard(db, taskId)
    if (!card) return
    const found = await this.#promptOf(card, row, next)
    if (!found) return
    const { prompt, awaited } = found
    const message = messageOf(card)
    const isIts = clicked !== undefined && message?.id === clicked.id
    const isShown = (await clicked?.show(prompt)) ?? false
    if (!isShown && message) {
      const sent = await this.options.chats[message.place.platform]?.edit(message, prompt)
      if (sent?.kind !== 'ok') return
    }
    if (isIts || !isShown) await updateReviewCard(db, card, { shown: hashOf(prompt), awaited })
  }

  /** Somebody lets a row of it run again. */
  async ranAgain(taskId: string, row: number): Promise<void> {
    const { db } = this.options
    const card = await findReviewCard(db, taskId)
    if (card) await updateReviewCard(db, card, { again: [...new Set([...card.again, row])] })
  }

  /** Shows the new answers that cards wait for; resolves once they are on their way. */
  async poll(): Promise<void> {
    if (this.#polling) return
    const cards = await listAwaitingCards(this.options.db)
    const due = cards.filter(({ taskId }) => this.#now() >= (this.#notBefore.get(taskId) ?? 0))
    if (cards.length === 0) this.#notBefore.clear()
    if (due.length === 0) return
    this.#polling = this.#updateAll(due).finally(() => {
      this.#polling = undefined
    })
  }

  /** Waits for what is being sent. */
  async idle(): Promise<void> {
    await this.#polling
  }

  async #updateAll(cards: ReviewCard[]): Promise<void> {
    for (const card of cards) {
      await this.#update(card).catch((fault: unknown) => {
        this.#notBefore.set(card.taskId, this.#now() + RETRY_MS)
        this.options.onFault(fault, card.taskId)
      })
    }
  }

  async #update(card: ReviewCard): Promise<void> {
    const { budgets, leader } = this.options
    const chats = this.#leadersChats
    const write = (change: Parameters<typeof updateReviewCard>[2]) =>
      leader.write((db) => updateReviewCard(db, card, change))
    const message = messageOf(card)
    const chat = message && chats[message.place.platform]
    const found = card.awaited === null ? undefined : await this.#promptOf(card, card.awaited, false)
    if (!message || !chat || !found) return
    const { prompt, awaited } = found
    if (hashOf(prompt) === card.shown) {
      if (awaited === null) await write({ awaited })
      return
    }
    const budget = budgets.of(message.place)
    if (!budget.has(true)) return
    budget.take()
    const sent = await chat.edit(message, prompt, 'progress')
    const isOver = sent.kind === 'ok' || sent.kind === 'gone'
    this.#notBefore.set(card.taskId, this.#now() + (isOver ? SPACING_MS : RETRY_MS))
    if (sent.kind === 'ok') await write({ shown: hashOf(prompt), awaited })
    if (sent.kind === 'gone') await write({ awaited: null })
    if (sent.kind === 'limited') budget.hold(sent.retryAfterMs)
  }

  /** What the card shows, and which row’s answer it waits for then. Undefined: the task is gone. */
  async #promptOf(
    card: ReviewCard,
    wanted: number,
    next: boolean,
  ): Promise<{ prompt: Prompt; awaited: number | null } | undefined> {
    const { db, pageUrl } = this.options
    const task = await findTask(db, card.taskId)
    const message = task && (await findMessageShowing(db, task.id))
    if (!task || !message) return undefined
    const texts = textsFor(message.locale)
    const states = await listReviewStates(db, task.id)
    const { again } = card
    const rows = card.rows.includes(wanted) || wanted === OVER ? card.rows : [...card.rows, wanted]
    const facts: ReviewCardFacts = { task, rows, again, states, pageUrl: pageUrl?.(task.id) }
    const shown = next ? nextOf(facts, wanted) : wanted
    const row = shown === OVER ? undefined : await findReviewedRow(db, task.id, shown)
    if (!row) return { prompt: overPrompt(facts, texts), awaited: null }
    return { prompt: rowPrompt(facts, row, texts), awaited: isAwaited(task, row, again) ? shown : null }
  }

  async #homeOf({ id }: TaskView): Promise<{ places: Place[]; chat: Chat } | undefined> {
    const row = await findMessageShowing(this.options.db, id)
    if (!row) return undefined
    const home = JSON.parse(row.place) as Place // written by the wizard, from a Place
    const near = row.message === null ? undefined : (JSON.parse(row.message) as MessageRef) // written by the reporter
    const chat = this.options.chats[home.platform]
    const places = rungsOf(home, near).flatMap((rung) => (rung.kind === 'place' ? [rung.place] : []))
    return chat && { places, chat }
  }

  async #post({
    places,
    chat,
    taskId,
    beganAt,
    first,
  }: {
    places: Place[]
    chat: Chat
    taskId: string
    beganAt: number
    first: number
  }): Promise<boolean> {
    const { db } = this.options
    const card = await findReviewCard(db, taskId)
    const found = card && (await this.#promptOf(card, first, false))
    if (!card || !found) return false
    for (const [i, place] of places.entries()) {
      const key = `w-${taskId}-${beganAt.toString(36)}${i === 0 ? '' : `-${i}`}`
      const sent = await chat.post(place, found.prompt, { key, again: false })
      if (sent.kind === 'gone') continue
      if (sent.kind !== 'ok') return false
      const message = JSON.stringify(sent.value)
      await updateReviewCard(db, card, { message, shown: hashOf(found.prompt), awaited: found.awaited })
      return true
    }
    return false
  }

  /** Nobody waits for it, and it works all the same if this fails. */
  async #retire(task: TaskView, before: ReviewCard): Promise<void> {
    const message = messageOf(before)
    const row = await findMessageShowing(this.options.db, task.id)
    const chat = message && this.options.chats[message.place.platform]
    if (message && row && chat) await chat.edit(message, movedPrompt(task, textsFor(row.locale)), 'progress')
  }

  #now(): number {
    return this.options.clock.monotonicNow()
  }
}

/** The next row after this one that nobody has kept, edited or run again; else what came of all. */
function nextOf({ rows, states, again }: ReviewCardFacts, row: number): number {
  const after = rows.slice(rows.indexOf(row) + 1)
  return after.find((one) => !states.has(one) && !again.includes(one)) ?? OVER
}

/** Its answer may still change: it runs again, or the task has not been judged since. */
function isAwaited({ status }: TaskView, row: ReviewedRow, again: number[]): boolean {
  const runs = status === 'running' || status === 'pending'
  if (row.status === 'pending' || row.status === 'running' || row.status === 'waiting') return true
  return runs && again.includes(row.row)
}

function messageOf({ message }: ReviewCard): MessageRef | undefined {
  return message === null ? undefined : (JSON.parse(message) as MessageRef) // written by ReviewCards
}

function hashOf(prompt: Prompt): string {
  return createHash('sha256').update(JSON.stringify(prompt)).digest('base64url')
}
