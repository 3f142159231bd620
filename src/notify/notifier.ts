import { say } from '../engine/sentence.ts'
import { requireAllowed, type NotifySettings, targetShown, targetsOf } from '../app/notify-settings.ts'
import {
  insertNotifications,
  listDueNotifications,
  listEndedTasks,
  type NotificationRow,
  updateNotification,
} from '../db/tasks/notifications.ts'
import type { Db, NotificationChannel } from '../db/schema.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import type { Clock } from '../engine/clock.ts'
import { UserError } from '../engine/user-error.ts'
import { LONGEST_WAIT_MS, waitMs } from './back-off.ts'
import { type Email, sendEmail } from './email.ts'
import { freeName, writeToFolder } from './folder.ts'
import type { Sent } from './sent.ts'
import { postWebhook } from './webhook.ts'

export interface NotifierOptions {
  db: Db
  clock: Clock
  settings: NotifySettings
  random: () => number
  /** the task as the API has it */
  taskJson: (task: TaskView) => Promise<object>
  /** calls `use` with the task's result as a file, which is removed afterwards */
  withResult: <T>(task: TaskView, use: (result: { name: string; path: string }) => Promise<T>) => Promise<T>
  /** an e-mail about the task's end, without who gets it */
  emailOf: (task: TaskView) => Promise<Omit<Email, 'id' | 'from' | 'to'>>
  counted: (channel: NotificationChannel, result: Sent['kind']) => void
  onFault: (fault: unknown, taskId: string) => void
}

const POLL_EVERY_MS = 1_000
/** Each may write a result, which takes memory. */
const AT_ONCE = 4
const AFTER_FAULT_MS = 60_000

/**
 * Notifies others of tasks' ends. What is to be sent comes from the database alone: an end is handed over, then each of
 * its notifications is tried until it has arrived. A process that dies at any step loses none; what was on its way then
 * is sent once more, with the same id.
 */
export class Notifier {
  readonly #busy = new Map<string, Promise<void>>()
  readonly #notBefore = new Map<string, number>()
  readonly #leaving = new AbortController()
  #cancel: (() => void) | undefined
  #round: Promise<void> | undefined

  constructor(private readonly options: NotifierOptions) {}

  /** Polls from now on, until it is stopped. */
  start(): void {
    this.#round = this.#pollAndWait()
  }

  async #pollAndWait(): Promise<void> {
    await this.#poll().catch((fault: unknown) => this.options.onFault(fault, ''))
    if (!this.#leaving.signal.aborted)
      this.#cancel = this.options.clock.after(POLL_EVERY_MS, () => this.start())
  }

  /** Breaks off what is being sent: the next process sends it. */
  async stop(): Promise<void> {
    this.#leaving.abort()
    this.#cancel?.()
    await this.#round
    await this.idle()
  }

  /** Tries everything that is due, once, and waits for it. */
  async sendDue(): Promise<void> {
    const tried = new Set<string>()
    do {
      await this.#poll(tried)
      await this.idle()
    } while ((await this.#due(tried)).length > 0)
  }

  /** Waits for what is being sent. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  /** @param tried not tried again, and added to */
  async #poll(tried?: Set<string>): Promise<void> {
    const { db, clock, settings } = this.options
    for (const ended of await listEndedTasks(db)) {
      const targets = targetsOf(ended.choice, settings, ended.settled)
      await insertNotifications(db, ended, targets, clock.now())
    }
    for (const due of await this.#due(tried)) {
      if (this.#busy.size >= AT_ONCE) return
      tried?.add(due.id)
      const sending = this.#send(due)
        .catch((fault: unknown) => this.#faulted(due, fault))
        .finally(() => this.#busy.delete(due.id))
      this.#busy.set(due.id, sending)
    }
  }

  async #due(tried?: Set<string>): Promise<NotificationRow[]> {
    const { db, clock } = this.options
    if (this.#leaving.signal.aborted) return []
    const now = clock.monotonicNow()
    const due = await listDueNotifications(db, clock.now(), LONGEST_WAIT_MS)
    return due.filter(
      ({ id }) => !this.#busy.has(id) && !tried?.has(id) && (this.#notBefore.get(id) ?? 0) <= now,
    )
  }

  /** The database itself fails: what became of the try is not stored, and it must not be made every second. */
  #faulted(due: NotificationRow, fault: unknown): void {
    this.#notBefore.set(due.id, this.options.clock.monotonicNow() + AFTER_FAULT_MS)
    this.options.onFault(fault, due.task_id)
  }

  async #send(due: NotificationRow): Promise<void> {
    const { db, onFault } = this.options
    const task = await findTask(db, due.task_id)
    if (!task) return // it was deleted, and with it this
    // It runs again: what was to be said about its last end is old, and there will be another end.
    if (task.finishedAt !== due.task_end) return updateNotification(db, due.id, { state: 'outdated' })
    const sent = await this.#try(due, task).catch((fault: unknown): Sent => {
      onFault(fault, due.task_id)
      return { kind: 'failed', error: say('notice-fault') }
    })
    if (sent.kind === 'failed' && this.#leaving.signal.aborted) return
    this.options.counted(due.channel, sent.kind)
    await this.#settle(due, sent)
  }

  async #try(due: NotificationRow, task: TaskView): Promise<Sent> {
    const { settings } = this.options
    try {
      requireAllowed(choiceFor(due), settings) // the settings may have changed since it was chosen
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      const { message, hint } = fault.says
      return {
        kind: 'refused',
        error: hint === undefined ? message : say('both', { first: message, second: hint }),
      }
    }
    switch (due.channel) {
      case 'webhook':
        return this.#webhook(due, task)
      case 'email':
        return this.#email(due, task)
      case 'folder':
        return this.#folder(due, task)
    }
  }

  async #webhook(due: NotificationRow, task: TaskView): Promise<Sent> {
    const { clock, settings, taskJson } = this.options
    const body = await this.#stored(due, async () =>
      JSON.stringify({ event: `task.${task.status}`, task: await taskJson(task) }),
    )
    const { secrets } = settings.webhook
    return postWebhook(
      { id: due.id, url: due.target, body },
      { secrets, clock, leaving: this.#leaving.signal },
    )
  }

  async #email(due: NotificationRow, task: TaskView): Promise<Sent> {
    const { settings, emailOf } = this.options
    const { smtpUrl = '', from } = settings.email
    const email = { ...(await emailOf(task)), id: due.id, from, to: due.target }
    return sendEmail(smtpUrl, email, this.#leaving.signal)
  }

  async #folder(due: NotificationRow, task: TaskView): Promise<Sent> {
    const { settings, withResult } = this.options
    const to = settings.folder ?? ''
    return withResult(task, async ({ name, path }) => {
      const chosen = await this.#stored(due, () => freeName(to, name, task.id))
      return writeToFolder(to, chosen, path)
    })
  }

  /** Made and stored before the first try, so that every try is the same. */
  async #stored(due: NotificationRow, make: () => Promise<string>): Promise<string> {
    if (due.content !== null) return due.content
    const content = await make()
    await updateNotification(this.options.db, due.id, { content })
    return content
  }

  async #settle(due: NotificationRow, sent: Sent): Promise<void> {
    const { db, clock, random } = this.options
    const now = clock.now()
    const tries = due.tries + 1
    const where = [due.channel, targetShown(due)].filter(Boolean).join(' ')
    const entry = { taskId: due.task_id, at: now, details: { notification: due.id, tries } }
    if (sent.kind === 'sent')
      return updateNotification(
        db,
        due.id,
        { state: 'sent', tries, error: null, sent_at: now },
        { ...entry, event: 'task.notified', message: where },
      )
    const wait = sent.kind === 'failed' ? waitMs(tries, random, sent.askedMs) : undefined
    const message = say('notice-to', { where, why: sent.error })
    if (wait === undefined)
      return updateNotification(
        db,
        due.id,
        { state: 'failed', tries, error: sent.error },
        { ...entry, level: 'error', event: 'task.not-notified', message },
      )
    await updateNotification(
      db,
      due.id,
      { tries, error: sent.error, try_at: now + wait },
      tries === 1 ? { ...entry, level: 'warn', event: 'task.notify-again', message } : undefined,
    )
  }
}

function choiceFor({ channel, target }: NotificationRow) {
  switch (channel) {
    case 'webhook':
      return { webhook: target }
    case 'email':
      return { emails: [target] }
    case 'folder':
      return { folder: true }
  }
}
