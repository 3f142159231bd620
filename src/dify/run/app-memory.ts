/** So many answers in a row without tokens, and never one with them, are how an app is and not cut short. */
const ENOUGH = 3

/** What this process has learnt of an app from its answers so far. */
export class AppMemory {
  #tokensUsual = false
  #withoutTokens = 0
  #answered = false
  readonly #stopAsked = new Set<string>()

  /** Answers of this app have tokens, as far as is known. */
  get tokensUsual(): boolean {
    return this.#tokensUsual
  }

  /** Its server has answered as Dify does: a page in that place is not a wrong address. */
  get hasAnswered(): boolean {
    return this.#answered
  }

  answered(): void {
    this.#answered = true
  }

  /**
   * Whether an answer with so many tokens is whole. Dify ends an answer that was cut short like any other, only without
   * tokens; but a few models never tell theirs.
   */
  believes(tokens: number | undefined): boolean {
    return Boolean(tokens) || (!this.#tokensUsual && this.#withoutTokens >= ENOUGH)
  }

  /** An answer has come with so many. One with tokens settles it for good. */
  heard(tokens: number | undefined): void {
    if (tokens) this.#tokensUsual = true
    else this.#withoutTokens += 1
  }

  /** A run that Dify itself calls a success had so many. */
  succeeded(tokens: number | undefined): void {
    if (tokens) this.#tokensUsual = true
    else if (tokens === 0) this.#withoutTokens = ENOUGH
  }

  /** Dify was asked to stop this task: what it then has to say is not whole, and not how the app is. */
  stopAsked(difyTaskId: string): void {
    this.#stopAsked.add(difyTaskId)
  }

  /** @returns whether it was asked to stop, and forgets it */
  wasStopped(difyTaskId: string | undefined): boolean {
    return difyTaskId !== undefined && this.#stopAsked.delete(difyTaskId)
  }
}
