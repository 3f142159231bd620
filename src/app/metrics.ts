/** An attempt whose outcome was written. */
export interface Settled {
  /** the outcome's kind */
  outcome: string
  seconds: number
  /** what became of its run is still not known: it is asked after again */
  isOpen: boolean
  /** it has failed, and its row is called again */
  isRetried: boolean
}

/** One call to a chat platform, by what it came to: see bots/chat.ts. */
export interface ChatCall {
  platform: string
  call: string
  result: string
}

/** Counts what this process does; serve/metrics.ts is the one there is. */
export interface Metrics {
  settled(settled: Settled): void
  chatCalled(call: ChatCall): void
  /** From now on also what the process takes and how late its event loop is. */
  watchProcess(): void
  /** the content type of `text` */
  readonly contentType: string
  /** All of it, for whoever collects it. */
  text(): Promise<string>
}
