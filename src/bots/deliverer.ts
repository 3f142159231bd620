import {
  type DeliveryRow,
  type DueDelivery,
  listDueDeliveries,
  listWaitingPlaces,
  reviveDeliveries,
  reviveDeliveriesOf,
  updateDelivery,
} from '../db/chats/deliveries.ts'
import { listLostPlaces, updateTaskMessage } from '../db/chats/task-messages.ts'
import type { Leader } from '../db/leader.ts'
import type { Db } from '../db/schema.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { actTogether, findPair } from '../app/comparison.ts'
import type { Clock } from '../engine/clock.ts'
import { SIDES } from '../engine/comparison.ts'
import { type MessageRef, personKey, type Place, type Platform, type Requester } from '../messages/people.ts'
import type { Mention } from '../messages/prompt.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { announce, type Announced, type Announcement } from './announcement.ts'
import type { Chat, SendResult } from './chat.ts'
import type { ResultLinks } from '../app/result-links.ts'
import { isDirect, rungsOf } from './ladder.ts'
import type { MakeResult, MakeZip } from '../app/chat-results.ts'
import type { TaskFacts } from './task-facts.ts'
import { afterFailure, afterLimit, tooFarAhead, untilThereIsAPlace } from './tries.ts'

export interface DelivererOptions {
  db: Db
  clock: Clock
  /** of several machines one sends */
  leader: Leader
  /** while a platform is switched off, its deliveries are due */
  chats: Partial<Record<Platform, Chat>>
  makeResult: MakeResult
  makeZip: MakeZip
  /** to results that are too large for a chat; undefined: the page has no address */
  links?: ResultLinks
  factsOf: (task: TaskView) => Promise<TaskFacts | undefined>
  onFault(fault: unknown, taskId: string): void
}

/** Of messages, by what they bring. */
const KEYS = { result: 'r', halted: 'r', files: 'f' } as const
/** Each may write a result, which takes memory. */
const AT_ONCE = 4

/** Where messages may be taken again: a channel or thread, or a whole server or workspace. */
export interface Reopened {
  platform: Platform
  team: string
  channel?: string
}

type Change = Partial<Omit<DeliveryRow, 'task_id' | 'what' | 'task_end'>>

/** Sends what people must get of their tasks, and does not stop before it is seen on the platform. */
export class Deliverer {
  readonly #busy = new Map<string, Promise<void>>()

  constructor(private readonly options: DelivererOptions) {}

  /** Sends everything that is due; resolves once it is on its way. */
  async poll(): Promise<void> {
    const { db, clock } = this.options
    const now = clock.now()
    for (const due of await listDueDeliveries(db, now, tooFarAhead(now))) {
      const home = JSON.parse(due.home) as Place // written by the wizard, from a Place; so are the others
      const chat = this.options.chats[home.platform]
      const key = `${due.task_id}:${due.what}`
      if (!chat || this.#busy.has(key) || this.#busy.size >= AT_ONCE) continue
      const sending = this.#deliver(chat, home, due)
        .catch((fault: unknown) => this.#faulted(due, fault))
        // The database itself fails: the record still says that it was being sent.
        .catch((fault: unknown) => this.options.onFault(fault, due.task_id))
        .finally(() => this.#busy.delete(key))
      this.#busy.set(key, sending)
    }
  }

  /** Waits for what is being sent. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  /** A person speaks to Rowbot: what waits for them is tried again. A direct message is the first place for it. */
  async spoke({ person, place }: Pick<Requester, 'person' | 'place'>): Promise<boolean> {
    const { db, clock } = this.options
    const here = isDirect(place) ? JSON.stringify(place) : null
    return (await reviveDeliveries(db, personKey(person), here, clock.now())) > 0
  }

  /** A place may take messages again: what waits because of it is tried there. @returns whether anything does */
  async reopened(where: Reopened): Promise<boolean> {
    const { db, clock } = this.options
    const isThere = ({ home }: { home: string }) => isAt(JSON.parse(home) as Place, where) // from a Place, as above
    const waiting = (await listWaitingPlaces(db)).filter(isThere).map(({ taskId }) => taskId)
    const lost = (await listLostPlaces(db)).filter(isThere).map(({ taskId }) => taskId)
    await reviveDeliveriesOf(db, [...new Set(waiting)], null, clock.now())
    for (const taskId of lost) await updateTaskMessage(db, taskId, { lost: 0, shown: null })
    return waiting.length + lost.length > 0
  }

  /** @throws LeaseLost once another machine sends */
  #write(due: DueDelivery, change: Change): Promise<void> {
    return this.options.leader.write((db) => updateDelivery(db, due, change))
  }

  async #faulted(due: DueDelivery, fault: unknown): Promise<void> {
    const { clock } = this.options
    this.options.onFault(fault, due.task_id)
    await this.#write(due, afterFailure(due, { error: 'an error in Rowbot' }, clock.now()))
  }

  async #deliver(chat: Chat, home: Place, due: DueDelivery): Promise<void> {
    const { db, clock } = this.options
    const task = await findTask(db, due.task_id)
    // It runs again: what was to be said about its last end is old, and there will be another end.
    if (!task || !(await this.#isStill(task, due))) return this.#write(due, { state: 'seen' })
    const facts = await this.options.factsOf(task)
    if (!facts) return

    const message = due.message === null ? undefined : (JSON.parse(due.message) as MessageRef)
    const first = due.place === null ? undefined : (JSON.parse(due.place) as Place)
    const rungs = rungsOf(home, message, first)
    const start = due.state === 'waiting' ? 0 : due.rung
    for (let rung = start; ; rung++) {
      const owner = JSON.parse(due.owner) as Mention
      const place = await this.#placeAt(chat, rungs[rung], owner)
      if (!place) return this.#write(due, { ...untilThereIsAPlace(clock.now()), error: due.error })
      const sent =
        place.kind === 'ok'
          ? await this.#send(chat, due, {
              facts,
              owner,
              place: place.value,
              rung,
            })
          : place
      switch (sent.kind) {
        case 'ok':
          return this.#write(due, {
            state: 'seen',
            rung,
            seen_at: clock.now(),
            error: null,
            ...(place.kind === 'ok' && { place: JSON.stringify(place.value) }),
          })
        case 'limited':
          return this.#write(due, afterLimit(rung, sent.retryAfterMs, clock.now()))
        case 'gone':
          due = { ...due, state: 'due', rung: rung + 1, tries: 0, error: sent.error }
          await this.#write(due, { state: 'due', rung: rung + 1, tries: 0, error: sent.error })
          continue
        case 'unreachable':
          return this.#write(due, {
            ...untilThereIsAPlace(clock.now()),
            error: sent.error,
            place_knows: 1,
          })
        case 'tooLarge':
        case 'failed':
          return this.#write(due, afterFailure({ ...due, rung }, sent, clock.now()))
      }
    }
  }

  /** Whether the task is still in the end, or it or the one that it is compared with in the pause, that this is about. */
  async #isStill(task: TaskView, { what, task_end }: DueDelivery): Promise<boolean> {
    if (task.finishedAt === task_end) return true
    if (what !== 'halted') return false
    const pair = await findPair(this.options.db, task.id)
    return pair && actTogether(pair) ? SIDES.some((side) => isAtLimit(pair[side].task)) : isAtLimit(task)
  }

  async #placeAt(
    chat: Chat,
    rung: ReturnType<typeof rungsOf>[number] | undefined,
    owner: Mention,
  ): Promise<SendResult<Place> | undefined> {
    if (!rung) return undefined
    return rung.kind === 'place' ? { kind: 'ok', value: rung.place } : chat.direct(owner)
  }

  async #send(
    chat: Chat,
    due: DueDelivery,
    about: { facts: TaskFacts; owner: Mention; place: Place; rung: number },
  ): Promise<Announced> {
    const { rung, ...announced } = about
    // After a crash in between, the platform is asked whether it is there.
    const again = due.state === 'sending' && due.rung === rung
    await this.#write(due, { state: 'sending', rung })
    const key = `${KEYS[due.what]}-${due.task_id}-${due.task_end.toString(36)}`
    const since = due.task_end
    const once = { key: rung === 0 ? key : `${key}-${rung}`, again, since }
    const { makeResult, makeZip, links } = this.options
    const announcement: Announcement = {
      ...announced,
      what: due.what,
      texts: textsFor(due.locale),
      once,
      // Wherever the file was to go, the link goes to the direct messages: it may be there from another try.
      linked: links && { links, once: { key: `${key}l`, again: true, since } },
      placeKnows: due.place_knows === 1,
      makeResult,
      makeZip,
    }
    const sent = await announce(chat, announcement)
    const isBack = sent.kind === 'gone' && (await chat.rejoin?.(about.place, sent.error))
    return isBack ? announce(chat, announcement) : sent
  }
}

function isAtLimit({ atLimit, atMonthLimit }: TaskView): boolean {
  return atLimit || atMonthLimit
}

export function isAt({ platform, team, channel, thread }: Place, where: Reopened): boolean {
  if (platform !== where.platform || team !== where.team) return false
  return where.channel === undefined || where.channel === channel || where.channel === thread
}
