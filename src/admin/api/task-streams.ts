import type { Clock } from '../../engine/clock.ts'

/** What a look at a task gives: what is told, and whether anything will still change. Undefined: it was deleted. */
export type Look = { told: string; isOver: boolean } | undefined

export interface StreamsOptions {
  look: (taskId: string) => Promise<Look>
  clock: Pick<Clock, 'after'>
  onFault: (fault: unknown) => void
}

/** With a look at the work every 5 s it is little more than one query a second, however many follow. */
export const LOOK_EVERY_MS = 1_250
const LOOKS_A_PING = 8

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
  progress(told: string): void
  /** nothing has changed for a while */
  ping(): void
  /** nothing will change any more; undefined: it was deleted */
  end(told: string | undefined): void
}

class Source {
  readonly #followers = new Set<Follower>()
  #last: string | undefined
  #looks = 0
  #isLooking = false
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
    if (!this.#isLooking && !this.#cancel) void this.#look()
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower)
    if (!this.isIdle) return
    this.#cancel?.()
    this.#cancel = undefined
  }

  async #look(): Promise<void> {
    this.#cancel = undefined
    this.#isLooking = true
    try {
      this.#tell(await this.options.look(this.taskId))
    } catch (fault) {
      this.options.onFault(fault) // the database is busy, perhaps: the next look may see
    }
    this.#isLooking = false
    if (!this.isIdle) this.#cancel = this.options.clock.after(LOOK_EVERY_MS, () => void this.#look())
  }

  #tell(look: Look): void {
    const isNews = look?.told !== this.#last
    this.#last = look?.told
    this.#looks = isNews ? 0 : this.#looks + 1
    for (const follower of this.#followers) {
      if (look && isNews) follower.progress(look.told)
      if (!look || look.isOver) follower.end(look?.told)
      else if (this.#looks > 0 && this.#looks % LOOKS_A_PING === 0) follower.ping()
    }
  }
}
