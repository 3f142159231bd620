/** After this many answers without tokens, and none with tokens, the app never reports tokens: they were not cut. */
const ENOUGH = 3

/** What this process has learnt about an app from its answers so far. */
export class AppMemory {
  #tokensUsual = false
  #withoutTokens = 0
  #answered = false
  readonly #stopAsked = new Set<string>()

  /** As far as we know, answers of this app have tokens. */
  get tokensUsual(): boolean {
    return this.#tokensUsual
  }

  /** Its server has answered as Dify does, so a foreign page there does not mean a wrong address. */
  get hasAnswered(): boolean {
    return this.#answered
  }

  answered(): void {
    this.#answered = true
  }

  /**
   * Whether an answer with this number of tokens is complete. Dify ends an answer that was cut like any other, only
   * without tokens. But a few models never report tokens.
   */
  believes(tokens: number | undefined): boolean {
    return Boolean(tokens) || (!this.#tokensUsual && this.#withoutTokens >= ENOUGH)
  }

  /** Records the tokens of an answer. One answer with tokens settles the question for good. */
  heard(tokens: number | undefined): void {
    if (tokens) this.#tokensUsual = true
    else this.#withoutTokens += 1
  }

  /** Records the tokens of a run that Dify itself calls a success. */
  succeeded(tokens: number | undefined): void {
    if (tokens) this.#tokensUsual = true
    else if (tokens === 0) this.#withoutTokens = ENOUGH
  }

  /** Dify was asked to stop this task: its answer is not complete, and says nothing about the app. */
  stopAsked(difyTaskId: string): void {
    this.#stopAsked.add(difyTaskId)
  }

  /** @returns whether it was asked to stop, and forgets it */
  wasStopped(difyTaskId: string | undefined): boolean {
    return difyTaskId !== undefined && this.#stopAsked.delete(difyTaskId)
  }
}
