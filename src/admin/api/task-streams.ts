import type { Clock } from '../../engine/clock.ts'

/** What a look at a task gives: what is told, and whether anything will still change. Undefined: it was deleted. */
export type TaskSnapshot = { json: string; isOver: boolean } | undefined

export interface StreamsOptions {
  read: (taskId: string) => Promise<TaskSnapshot>
  clock: Pick<Clock, 'after'>
  onFault: (fault: unknown) => void
}

/** With the work read every 5 s, it is little more than one query a second, however many follow. */
export const POLL_EVERY_MS = 1_250
const POLLS_PER_PING = 8

/** Whoever follows one task hears of the same look at it. It is looked at only while somebody follows. */
export class TaskStreams {
  readonly #sources = new Map<string, Source>()

  constructor(private readonly options: StreamsOptions) {}

  /** From now on, until the follower leaves. */
  follow(taskId: string, follower: Follower): () => void {
    const source = this.#sources.get(taskId) ?? new Source(taskId, this.options)
    this.#sources.set(taskId, source)
    source.add(follower)
    return () => {
      source.remove(follower)
      if (source.isIdle && this.#sources.get(taskId) === source) this.#sources.delete(taskId)
    }
  }

  /** Tasks that somebody follows. */
  get size(): number {
    return this.#sources.size
  }
}

/** One who follows a task. */
export interface Follower {
  /** how it stands, when that changes */
  progress(json: string): void
  /** nothing has changed for a while */
  ping(): void
  /** nothing will change any more; undefined: it was deleted */
  end(json: string | undefined): void
}

class Source {
  readonly #followers = new Set<Follower>()
  #last: string | undefined
  #unchangedPolls = 0
  #isPolling = false
  #cancel: (() => void) | undefined

  constructor(
    private readonly taskId: string,
    private readonly options: StreamsOptions,
  ) {}

  get isIdle(): boolean {
    return this.#followers.size === 0
  }

  add(follower: Follower): void {
    this.#followers.add(follower)
    if (this.#last !== undefined) follower.progress(this.#last)
    if (!this.#isPolling && !this.#cancel) void this.#poll()
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower)
    if (!this.isIdle) return
    this.#cancel?.()
    this.#cancel = undefined
  }

  async #poll(): Promise<void> {
    this.#cancel = undefined
    this.#isPolling = true
    try {
      this.#publish(await this.options.read(this.taskId))
    } catch (fault) {
      this.options.onFault(fault) // the database is busy, perhaps: the next look may see
    }
    this.#isPolling = false
    if (!this.isIdle) this.#cancel = this.options.clock.after(POLL_EVERY_MS, () => void this.#poll())
  }

  #publish(snapshot: TaskSnapshot): void {
    const isChanged = snapshot?.json !== this.#last
    this.#last = snapshot?.json
    this.#unchangedPolls = isChanged ? 0 : this.#unchangedPolls + 1
    for (const follower of this.#followers) {
      if (snapshot && isChanged) follower.progress(snapshot.json)
      if (!snapshot || snapshot.isOver) follower.end(snapshot?.json)
      else if (this.#unchangedPolls > 0 && this.#unchangedPolls % POLLS_PER_PING === 0) follower.ping()
    }
  }
}
