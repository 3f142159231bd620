import type { REST } from 'discord.js'

/**
 * The library remembers by the machine's clock until when Discord takes no more calls, also until when its own limit of 50 a second
 * counts. When that clock is put back by hours, it would send nothing for as long. So it forgets then what it knows:
 * Discord says again what it wants.
 */
export class RestLimits {
  #ahead = ahead()

  constructor(private readonly rest: REST) {}

  /** Before a call. */
  check(): void {
    const now = ahead()
    if (now < this.#ahead - NOTICED_MS) {
      this.rest.globalReset = -1
      this.rest.handlers.clear() // what waits in them goes on
    }
    this.#ahead = now
  }
}

/** Smaller steps delay a call by no more than that. */
const NOTICED_MS = 1_000

/** How far the machine's clock is ahead of the monotonic one, ms. */
function ahead(): number {
  return Date.now() - performance.now()
}
