import { insertDelivery } from '../db/chats/deliveries.ts'
import { countOutputFiles } from '../db/rows/output-files.ts'
import type { Leader } from '../db/leader.ts'
import type { Db } from '../db/schema.ts'
import {
  type TaskMessageRow,
  findTaskMessage,
  listOpenTaskMessages,
  updateTaskMessage,
} from '../db/chats/task-messages.ts'
import { listWork } from '../db/stats/work.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { atMost, type Clock } from '../engine/clock.ts'
import type { Platform, Place, Requester } from '../messages/people.ts'
import type { Budgets } from './budget.ts'
import type { Chat } from './chat.ts'
import { Deliverer, type Reopened } from './deliverer.ts'
import { leadersChats } from './leaders-chat.ts'
import { QuestionCards } from './question-cards.ts'
import { ReviewCards } from './review-cards.ts'
import type { ClickedMessage } from './handlers/clicked-message.ts'
import { messageOf, nextUpdate, promptNow, showAgain, type UpdateToSend } from './task-update.ts'
import { listProgress, type Progress, type ProgressSources } from '../app/progress.ts'
import type { MakeResult, MakeZip } from '../app/chat-results.ts'
import type { ResultLinks } from '../app/result-links.ts'
import { factsOf, type TaskFacts } from './task-facts.ts'
import { waitMs } from './tries.ts'

export interface ReporterOptions {
  db: Db
  clock: Clock
  /** of several machines one reports; what people click each shows itself */
  leader: Leader
  /** while a platform is switched off, its messages wait */
  chats: Partial<Record<Platform, Chat>>
  makeResult: MakeResult
  makeZip: MakeZip
  budgets: Budgets
  /** to results that are too large for a chat; undefined: the page has no address */
  links?: ResultLinks
  /** URL of a task’s page */
  pageUrl?: (taskId: string) => string
  slowdown: ProgressSources['slowdown']
  onFault(fault: unknown, taskId: string): void
}

const POLL_EVERY_MS = 1_000
/** Between two edits of one message. */
const SPACING_MS = 3_000
/** What fails so often in a row no longer comes before the result: an edit, and a message whose thread is to be made. */
const PATIENT = { edit: 3, post: 8 }

/** What is known about a message only while the process lives. */
interface MessagePace {
  /** on the monotonic clock: nothing waits longer because the machine’s time is set back */
  notBefore: number
  failures: number
  /** the platform does not show it, though others may be sent */
  isRefused: boolean
}

const STOP_WITHIN_MS = 8_000

/**
 * Keeps one message a task up to date, and notifies its owner of the end. It polls the database rather than listening
 * to the engine: so the engine never waits for a chat, the runner may be another process, and after a restart or an
 * outage one edit catches up.
 */
export class Reporter {
  readonly #paces = new Map<string, MessagePace>()
  readonly #busy = new Map<string, Promise<void>>()
  #cancel: (() => void) | undefined
  #polling: Promise<void> | undefined
  #pollAgain = false
  #stopped = false

  readonly #deliverer: Deliverer
  /** for what nobody has clicked */
  readonly #leadersChats: ReporterOptions['chats']
  /** of tasks whose rows wait for a person */
  readonly cards: QuestionCards
  /** of rows that people look at one by one */
  readonly reviews: ReviewCards

  constructor(private readonly options: ReporterOptions) {
    const chats = leadersChats(options.chats, options.leader)
    this.#leadersChats = chats
    this.cards = new QuestionCards({ ...options, chats })
    this.reviews = new ReviewCards(options)
    this.#deliverer = new Deliverer({ ...options, chats, factsOf: (task) => this.#factsOf(task) })
  }

  /** Reports from now on; of several machines, the one that leads, as long as it does. */
  start(): void {
    this.wake()
  }

  /** Something has changed: poll at once. Where another machine reports, that one finds it within a second. */
  wake(): void {
    if (this.#polling) this.#pollAgain = true
    else if (this.#mayPoll()) this.#polling = this.#round()
  }

  /**
   * Sends nothing new, and waits a moment for what is being sent. A file over a slow line may take minutes: whoever is next
   * asks the platform whether it is there.
   */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await atMost(this.options.clock, STOP_WITHIN_MS, this.idle())
  }

  /** Waits for messages that are being sent. */
  async idle(): Promise<void> {
    await this.#polling
    await Promise.all(this.#busy.values())
    await this.#deliverer.idle()
    await this.cards.idle()
    await this.reviews.idle()
  }

  async #round(): Promise<void> {
    this.#cancel?.()
    do {
      this.#pollAgain = false
      await this.#poll().catch((fault: unknown) => this.options.onFault(fault, ''))
    } while (this.#pollAgain && this.#mayPoll())
    this.#polling = undefined
    if (this.#mayPoll()) this.#cancel = this.options.clock.after(POLL_EVERY_MS, () => this.wake())
  }

  #mayPoll(): boolean {
    return !this.#stopped && this.options.leader.isCurrent()
  }

  /** Updates every message that may be out of date: ended tasks first, then the one that has waited longest. */
  async #poll(): Promise<void> {
    const { db, clock, slowdown } = this.options
    const all = []
    for (const row of await listOpenTaskMessages(db)) {
      const task = await findTask(db, row.task_id)
      if (task) all.push({ row, task, pace: this.#paceOf(task) })
    }
    this.#forget(new Set(all.map(({ task }) => task.id)))
    all.sort((a, b) => Number(isOver(b.task)) - Number(isOver(a.task)) || a.pace.notBefore - b.pace.notBefore)
    const now = clock.now()
    const due = all.filter(({ pace }) => clock.monotonicNow() >= pace.notBefore)
    const work = (taskIds: string[]) => listWork(db, taskIds, now)
    const tasks = due.map(({ task }) => task)
    const listed = await listProgress(tasks, { now, work, slowdown })
    const progress = new Map(listed.map(({ task, progress }) => [task.id, progress]))
    for (const one of due) {
      const { task, pace } = one
      // What is wrong with one task must not keep the others from being told.
      await this.#update(one, progress.get(task.id)).catch((fault: unknown) =>
        this.#faulted(task, pace, fault),
      )
    }
    await this.#deliverer.poll()
    await this.cards.poll()
    await this.reviews.poll()
  }

  /** Shows a task as it is now in the message that was clicked, whatever edits are left. False: it has no message. */
  async showIn(clicked: ClickedMessage, taskId: string): Promise<boolean> {
    const { db, chats } = this.options
    const task = await findTask(db, taskId)
    const row = task && (await findTaskMessage(db, taskId))
    const facts = row && (await this.#factsOf(task))
    if (!facts) return false
    const place = JSON.parse(row.place) as Place // written by the wizard, from a Place
    const branches = chats[place.platform]?.branch !== undefined
    const isShown = await clicked.show(promptNow(row, facts, { place, branches }))
    if (!isShown || messageOf(row)?.id !== clicked.id) return true
    // An edit that was under way has come before this or after it: one more edit, so that the message is right.
    await this.#busy.get(taskId)
    const change = showAgain(await findTaskMessage(db, taskId))
    if (change) await updateTaskMessage(db, taskId, change)
    return true
  }

  /** A person speaks to Rowbot: what waits for them is delivered. */
  async spoke(requester: Pick<Requester, 'person' | 'place'>): Promise<void> {
    const ways = [this.#deliverer.spoke(requester), this.cards.spoke(requester)]
    if ((await Promise.all(ways)).includes(true)) this.wake()
  }

  /** Somebody has opened a place again, or invited the bot. */
  async reopened(where: Reopened): Promise<void> {
    const ways = [this.#deliverer.reopened(where), this.cards.reopened(where)]
    if ((await Promise.all(ways)).includes(true)) this.wake()
  }

  async #factsOf(task: TaskView): Promise<TaskFacts | undefined> {
    const { db, clock, slowdown, pageUrl } = this.options
    const now = clock.now()
    const work = (taskIds: string[]) => listWork(db, taskIds, now)
    const [listed] = await listProgress([task], { now, work, slowdown })
    return listed && factsOf(db, task, { now, progress: listed.progress, pageUrl: pageUrl?.(task.id) })
  }

  /** Sends the next update of a message, never two at once; the content is made just before sending. */
  async #update({ row, task, pace }: OpenMessage, progress: Progress | undefined): Promise<void> {
    const place = JSON.parse(row.place) as Place // written by the wizard, from a Place
    const chat = this.#leadersChats[place.platform]
    const { db, clock, pageUrl, budgets } = this.options
    const budget = budgets.of(place)
    if (!chat || !progress || this.#busy.has(task.id) || !budget.has(isOver(task))) return

    const facts = await factsOf(db, task, { now: clock.now(), progress, pageUrl: pageUrl?.(task.id) })
    const { isRefused } = pace
    const update = nextUpdate(row, facts, { place, branches: chat.branch !== undefined, isRefused })
    if (update && !update.send) {
      // Before the mark that it was handed over: a crash in between must not lose it, and there is only ever one.
      if (update.delivery) await this.#handOver({ ...update.delivery, task_id: task.id })
      await this.#write(task.id, update.change)
    }
    if (!update?.send) return
    budget.take()
    const sending = this.#send(update, chat, { task, pace, place })
      .catch((fault: unknown) => this.#faulted(task, pace, fault))
      .finally(() => this.#busy.delete(task.id))
    this.#busy.set(task.id, sending)
  }

  async #handOver(delivery: Parameters<typeof insertDelivery>[1]): Promise<void> {
    const { db, clock, leader } = this.options
    const insert = (one: typeof delivery) => leader.write((trx) => insertDelivery(trx, one, clock.now()))
    await insert(delivery)
    if (delivery.what !== 'result') return
    const { fetched } = await countOutputFiles(db, delivery.task_id)
    if (fetched > 0) await insert({ ...delivery, what: 'files', state: 'due' })
  }

  /** @throws LeaseLost once another machine sends */
  #write(taskId: string, change: Parameters<typeof updateTaskMessage>[2]): Promise<void> {
    return this.options.leader.write((db) => updateTaskMessage(db, taskId, change))
  }

  async #send(
    update: UpdateToSend,
    chat: Chat,
    { task, pace, place }: { task: TaskView; pace: MessagePace; place: Place },
  ) {
    const { clock } = this.options
    if (update.before) await this.#write(task.id, update.before)
    const sent = await update.send(chat)
    pace.notBefore = clock.monotonicNow() + SPACING_MS
    const patience = update.isEdit ? PATIENT.edit : PATIENT.post
    switch (sent.kind) {
      case 'ok':
        pace.failures = 0
        pace.isRefused = false
        return this.#write(task.id, update.after(sent.value))
      case 'gone':
        return this.#write(task.id, (sent.isChannel && update.channelGone) || update.gone)
      case 'limited':
        if (!sent.isOneMessage) this.options.budgets.of(place).hold(sent.retryAfterMs)
        pace.notBefore = Math.max(pace.notBefore, clock.monotonicNow() + sent.retryAfterMs)
        pace.failures += 1
        pace.isRefused ||= sent.isOneMessage === true || pace.failures >= patience
        return undefined
      case 'tooLarge':
      case 'failed':
        this.#backOff(pace)
        pace.isRefused ||= sent.kind === 'tooLarge' || !sent.isDown || pace.failures >= patience
        return undefined
    }
  }

  #faulted({ id }: TaskView, pace: MessagePace, fault: unknown): void {
    this.#backOff(pace)
    this.options.onFault(fault, id)
  }

  /** The platform or the network is down: waits longer each time. */
  #backOff(pace: MessagePace): void {
    const wait = waitMs(pace.failures++)
    pace.notBefore = this.options.clock.monotonicNow() + wait
  }

  #paceOf({ id }: TaskView): MessagePace {
    const pace = this.#paces.get(id) ?? { notBefore: 0, failures: 0, isRefused: false }
    this.#paces.set(id, pace)
    return pace
  }

  #forget(open: Set<string>): void {
    for (const id of this.#paces.keys()) if (!open.has(id)) this.#paces.delete(id)
  }
}

interface OpenMessage {
  row: TaskMessageRow
  task: TaskView
  pace: MessagePace
}

function isOver({ finishedAt }: TaskView): boolean {
  return finishedAt !== null
}
