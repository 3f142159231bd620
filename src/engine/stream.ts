import type { Outcome, WithRunIds } from './outcome.ts'

/** The stream of a run, from its call or joined again, beside which Dify is asked. */
export class RunStream {
  /** once it has ended */
  outcome: WithRunIds<Outcome> | undefined
  readonly #cut = new AbortController()
  readonly #ended: Promise<void>
  #fault: { thrown: unknown } | undefined

  /** @param onEnd called when it has ended, unless it was cut: then nobody waits for that */
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

  /** @throws what only a bug throws */
  check(): void {
    if (this.#fault) throw this.#fault.thrown
  }

  /** Resolves when it has ended. */
  ended(): Promise<void> {
    return this.#ended
  }

  cut(): void {
    this.#cut.abort()
  }
}
