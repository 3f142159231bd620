import { EDIT_EVERY_SECONDS, POSTS_A_TASK } from './costs.ts'
import type { Events } from './events.ts'

/** The cards of the tasks that run, in one workspace of a chat: the one that has waited longest is edited first. */
export class Cards {
  edits = 0
  posts = 0
  stalestMs = 0
  readonly #editedAt = new Map<number, number>()
  #isTicking = false

  constructor(
    private readonly events: Events,
    private readonly editsAMinute: number,
  ) {}

  begin(task: number): void {
    this.posts += POSTS_A_TASK
    this.#editedAt.set(task, this.events.now)
    if (this.#isTicking) return
    this.#isTicking = true
    this.#tick()
  }

  /** Its last edit has its turn at once, and is one of the posts. */
  end(task: number): void {
    this.#seen(task)
    this.#editedAt.delete(task)
  }

  /** As often as the platform allows one. */
  #tick(): void {
    // In the order of their edits: a Map keeps it.
    const [oldest] = this.#editedAt
    if (!oldest) {
      this.#isTicking = false
      return
    }
    const [task, at] = oldest
    if (this.events.now - at >= EDIT_EVERY_SECONDS * 1000) {
      this.#seen(task)
      this.#editedAt.delete(task)
      this.#editedAt.set(task, this.events.now)
      this.edits++
    }
    this.events.after(60_000 / this.editsAMinute, () => this.#tick())
  }

  #seen(task: number): void {
    this.stalestMs = Math.max(this.stalestMs, this.events.now - (this.#editedAt.get(task) ?? this.events.now))
  }
}
