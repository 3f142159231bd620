import { ownNow } from './own-time.ts'

/** The time in which this process could go on, and on top of it what a test lets pass at once. */
export class SteppableTime {
  #passed = 0

  now = (): number => ownNow() + this.#passed

  pass(ms: number): void {
    this.#passed += ms
  }
}
