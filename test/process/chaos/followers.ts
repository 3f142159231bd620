import { eventsIn } from '../../../src/client/events.ts'
import type { TaskStatus } from '../../../src/engine/states.ts'
import type { Promised } from './people.ts'
import type { World } from './world.ts'

/** A task as an event has it. */
interface Seen {
  status: TaskStatus
  total: number
  succeeded: number
  failed: number
  cancelled: number
  left: number
  finished_at: string | null
}

const AT_ONCE = 4
const LOOK_EVERY_MS = 200
/** The server says something every 10 s. */
const SILENT_MS = 25_000
/** Of a task that is over, everybody has heard by then. */
const HEARD_WITHIN_MS = 30_000

/**
 * Programs that follow a task by its events, as a browser does: whenever the stream ends or breaks they connect again, with
 * the id of the last event, until 204 says that there is nothing more.
 */
export class Followers {
  readonly faults: string[] = []
  readonly #following = new Map<Follower, Promise<void>>()

  constructor(private readonly world: World) {}

  begin(task: Promised, againMs: number): string {
    if (this.#following.size >= AT_ONCE) return 'enough follow'
    const follower = new Follower(this.world, { task, againMs }, (fault) => this.faults.push(fault))
    const done = follower.follow().finally(() => this.#following.delete(follower))
    this.#following.set(follower, done)
    return task.id
  }

  /** Every task is over, and so is each stream: what was seen last is how it is. */
  async rest(): Promise<void> {
    const endsAt = performance.now() + HEARD_WITHIN_MS
    while (this.#following.size > 0 && performance.now() < endsAt) await Bun.sleep(LOOK_EVERY_MS)
    for (const follower of this.#following.keys()) {
      this.faults.push(`who follows ${follower.task.id} does not hear of its end: ${follower.story()}`)
      follower.leave()
    }
    await Promise.all(this.#following.values())
  }
}

class Follower {
  readonly #seen: Seen[] = []
  #lastId = ''
  readonly #left = new AbortController()

  readonly task: Promised
  readonly #againMs: number

  constructor(
    private readonly world: World,
    { task, againMs }: { task: Promised; againMs: number },
    private readonly fault: (fault: string) => void,
  ) {
    this.task = task
    this.#againMs = againMs
  }

  async follow(): Promise<void> {
    while (!this.#left.signal.aborted) {
      if (await this.#listen().catch(() => false)) return
      await Bun.sleep(this.#againMs)
    }
  }

  leave(): void {
    this.#left.abort()
  }

  /** What it has seen last. */
  story(): string {
    return JSON.stringify([this.#lastId, ...this.#seen.slice(-4).map(short)])
  }

  /** @returns whether there is nothing more */
  async #listen(): Promise<boolean> {
    const { world, task } = this
    const silence = new AbortController()
    let timer = setTimeout(() => silence.abort(), SILENT_MS)
    try {
      const response = await fetch(`${world.address}/api/batch/${task.id}/events`, {
        headers: {
          authorization: `Bearer ${world.tokens[task.user] ?? ''}`,
          ...(this.#lastId !== '' && { 'last-event-id': this.#lastId }),
        },
        signal: AbortSignal.any([silence.signal, this.#left.signal]),
      })
      if (response.status === 204) return await this.#isHeard()
      if (response.status === 404) {
        if (!task.isDeleted) this.fault(`who follows ${task.id} is told that there is no such task`)
        return true
      }
      if (response.status !== 200) return false
      for await (const { event, data, id } of eventsIn(response)) {
        clearTimeout(timer)
        timer = setTimeout(() => silence.abort(), SILENT_MS)
        if (event !== '') this.#take(event, data)
        if (event === 'end') this.#lastId = id
      }
      return false
    } finally {
      clearTimeout(timer)
      silence.abort()
    }
  }

  #take(event: string, data: string): void {
    const { task } = this
    if (data === 'null') {
      if (!task.isDeleted) this.fault(`who follows ${task.id} is told that it was deleted`)
      return
    }
    const seen = JSON.parse(data) as Seen // our own API, by its schema
    const before = this.#seen.at(-1)
    this.#seen.push(seen)
    const { total, succeeded, failed, cancelled, left, status } = seen
    if (total !== succeeded + failed + cancelled + left || total !== task.rows.size)
      this.fault(`the events of ${task.id} do not add up: ${JSON.stringify(short(seen))}`)
    if (before && succeeded < before.succeeded && task.agains.size === 0)
      this.fault(`the events of ${task.id} go back: ${this.story()}`)
    if (event === 'end' && ['pending', 'running', 'paused'].includes(status))
      this.fault(`the events of ${task.id} end, and it does not: ${this.story()}`)
  }

  /** It is told that it has heard everything. */
  async #isHeard(): Promise<boolean> {
    const { world, task } = this
    const last = this.#seen.at(-1)
    const now = await world.ask('GET', `/api/batch/${task.id}/status`, { user: task.user })
    if (now?.status !== 200) return now?.status === 404
    const { status, finished_at: end } = now.body as Seen // our own API, by its schema
    if (end === last?.finished_at || ['pending', 'running', 'paused'].includes(status)) return true
    // It may have ended once more since: then it hears of that.
    const { status: again } = await fetch(`${world.address}/api/batch/${task.id}/events`, {
      headers: { authorization: `Bearer ${world.tokens[task.user] ?? ''}`, 'last-event-id': this.#lastId },
      signal: AbortSignal.timeout(SILENT_MS),
    })
    if (again === 204) this.fault(`who follows ${task.id} is not told of its end at ${end}: ${this.story()}`)
    return again === 204
  }
}

function short({ status, succeeded, failed, cancelled, left, finished_at }: Seen) {
  return [status, succeeded, failed, cancelled, left, finished_at]
}
