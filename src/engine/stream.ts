import type { Outcome, WithRunIds } from './outcome.ts'

/** The stream of a run: that of its call, or one that was joined later. */
export class RunStream {
  /** undefined until the stream has ended */
  outcome: WithRunIds<Outcome> | undefined
  readonly #cut = new AbortController()
  readonly #ended: Promise<void>
  #fault: { thrown: unknown } | undefined

  /** @param onEnd called when the stream has ended, but not if it was cut: then nobody waits for it */
  constructor(
    readonly learnt: 'stream' | 're-attach',
    open: (signal: AbortSignal) => Promise<WithRunIds<Outcome>>,
    onEnd: () => void,
  ) {
    this.#ended = this.#follow(open).finally(() => {
      if (!this.#cut.signal.aborted) onEnd()
    })
  }

  async #follow(open: (signal: AbortSignal) => Promise<WithRunIds<Outcome>>): Promise<void> {
    try {
      this.outcome = await open(this.#cut.signal)
    } catch (thrown) {
      this.#fault = { thrown }
    }
  }

  /** @throws if a bug made the stream fail */
  check(): void {
    if (this.#fault) throw this.#fault.thrown
  }

  /** Resolves when the stream has ended. Never rejects: see `check`. */
  ended(): Promise<void> {
    return this.#ended
  }

  /** Stops reading. The run goes on at Dify. */
  cut(): void {
    this.#cut.abort()
  }
}
