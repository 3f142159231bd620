import type { Clock } from '../../engine/clock.ts'

/** A task’s progress as JSON, and if it is over, the name of that end. Undefined: the task was deleted. */
export type TaskSnapshot = { json: string; endId: string | undefined } | undefined

export interface StreamsOptions {
  read: (taskId: string) => Promise<TaskSnapshot>
  clock: Pick<Clock, 'after'>
  onFault: (fault: unknown) => void
}

/** With the work read every 5 s, it is little more than one query a second, however many follow. */
export const POLL_EVERY_MS = 1_250
const POLLS_PER_PING = 8

/** All followers of a task share one poll. A task is polled only while it has followers. */
export class TaskStreams {
  readonly #sources = new Map<string, Source>()

  constructor(private readonly options: StreamsOptions) {}

  /** Starts now and ends when the returned function is called. */
  follow(taskId: string, follower: Follower): () => void {
    const source = this.#sources.get(taskId) ?? new Source(taskId, this.options)
    this.#sources.set(taskId, source)
    source.add(follower)
    return () => {
      source.remove(follower)
      if (source.isIdle && this.#sources.get(taskId) === source) this.#sources.delete(taskId)
    }
  }

  /** Number of tasks that have followers. */
  get size(): number {
    return this.#sources.size
  }
}

/** A client that follows a task. */
export interface Follower {
  /** the progress, each time it has changed */
  progress(json: string): void
  /** nothing has changed for a while */
  ping(): void
  /** nothing will change any more; undefined: the task was deleted */
  end(last: { json: string; id: string } | undefined): void
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
      this.options.onFault(fault) // the database may be busy: the next poll may succeed
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
      if (!snapshot) follower.end(undefined)
      else if (snapshot.endId !== undefined) follower.end({ json: snapshot.json, id: snapshot.endId })
      else if (this.#unchangedPolls > 0 && this.#unchangedPolls % POLLS_PER_PING === 0) follower.ping()
    }
  }
}
