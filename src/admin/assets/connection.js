/* Whether Rowbot answers. It knows no page, no clock and no network of its own, so that it can be tested without them. */

/** After so long without a word from the server, what is shown counts as old. */
export const QUIET_MS = 20_000
const LONGEST_WAIT_MS = 30_000

/** 1, 2, 4 … 30 s, each up to a fifth longer: many open pages shall not all ask in the same moment. */
export function waitMs(attempt, random) {
  return Math.min(1_000 * 2 ** attempt, LONGEST_WAIT_MS) * (1 + random / 5)
}

export class Connection {
  /** 'ok'; 'lost': no answer; 'signed-out': it answers, but not to us */
  state = 'ok'
  /** the last answer said that Rowbot is shutting down: it answers, and takes nothing new */
  isStopping = false
  /** when the next try is, while it is lost */
  nextAt = 0
  #attempt = 0
  /** how many requests of live parts failed since the last that did not */
  #broken = 0
  #checking
  #cancel

  /**
   * @param ask resolves to 'ok', 'signed-out' or 'none'
   * @param after starts a timer, and returns what ends it
   * @param refresh reloads the live parts, and returns how many
   * @param changed shows the new state
   */
  constructor({ now, ask, after, random, refresh, changed }) {
    Object.assign(this, { now, ask, after, random, refresh, changed })
    this.heardAt = now()
  }

  get isChecking() {
    return this.#checking !== undefined
  }

  /** What is shown may be old. */
  get isStale() {
    return this.state !== 'ok' || (this.isChecking && this.#isQuiet())
  }

  /** Rowbot has answered a request. @param isPart of a live part */
  heard(isPart) {
    if (isPart) this.#broken = 0
    else if (this.#broken > 0) return
    this.heardAt = this.now()
    if (this.state === 'lost' && isPart) this.#become('ok')
  }

  /** A live part was not answered. That may be this one request: ask before it is said. */
  partFailed() {
    this.#broken += 1
    return this.check()
  }

  /** What an answer says of the server's end. */
  stops(isStopping) {
    if (this.isStopping === isStopping) return
    this.isStopping = isStopping
    this.changed()
  }

  signedOut() {
    this.#become('signed-out')
  }

  /** Asks the server now. Several at once ask one time. */
  check() {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined
      this.changed()
    })
    return this.#checking
  }

  /**
   * True if the server answers, to us, and takes what is sent: asked before something leaves the page that would be
   * lost otherwise.
   */
  async isSure() {
    await this.check()
    return this.state === 'ok' && !this.isStopping
  }

  /** Long without a word: the machine slept, or the page has no live part. */
  checkIfQuiet() {
    if (this.state !== 'lost' && this.#isQuiet()) void this.check()
  }

  #isQuiet() {
    return this.now() - this.heardAt > QUIET_MS
  }

  async #check() {
    this.#cancel?.()
    const wasOld = this.state !== 'ok' || this.#isQuiet()
    // Later, as `isChecking` is only then true.
    queueMicrotask(() => this.changed())
    const answer = await this.ask()
    if (answer === 'none') return this.#wait()
    if (this.#broken === 0) this.heardAt = this.now()
    if (answer === 'signed-out') return this.#become('signed-out')
    // The server answers, but its parts failed again and again: they are what it has to prove.
    if (this.#broken > 1) {
      this.#wait()
      if (this.refresh() > 0) return undefined
      this.#broken = 0
    }
    this.#become('ok')
    if (wasOld) this.refresh()
    return undefined
  }

  #wait() {
    const wait = waitMs(this.#attempt, this.random())
    this.#attempt += 1
    this.nextAt = this.now() + wait
    this.#cancel = this.after(wait, () => void this.check())
    this.state = 'lost'
    this.changed()
  }

  #become(state) {
    this.#cancel?.()
    this.#attempt = 0
    this.state = state
    this.changed()
  }
}
