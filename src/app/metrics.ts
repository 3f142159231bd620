/** An attempt whose outcome was written. */
export interface Settled {
  /** the outcome's kind */
  outcome: string
  seconds: number
  /** what became of its run is not known yet: it will be looked up */
  isOpen: boolean
  /** it has failed, and its row will be called again */
  isRetried: boolean
}

/** A call to a chat platform and its result: see bots/chat.ts. */
export interface ChatCall {
  platform: string
  call: string
  result: string
}

/** One try to notify somebody of a task's end. */
export interface Notified {
  channel: string
  /** `sent`, `failed` (tried again, or given up), `refused` */
  result: string
}

/** Counts what this process does; serve/metrics.ts implements it. */
export interface Metrics {
  settled(settled: Settled): void
  chatCalled(call: ChatCall): void
  notified(notified: Notified): void
  /** From now on also measures the process: memory, CPU, event loop lag. */
  watchProcess(): void
  /** the content type of `text` */
  readonly contentType: string
  /** All metrics, as text. */
  text(): Promise<string>
}
