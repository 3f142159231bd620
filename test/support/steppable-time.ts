/** The machine's time, and on top of it what a test lets pass at once. */
export class SteppableTime {
  #passed = 0

  now = (): number => Date.now() + this.#passed

  pass(ms: number): void {
    this.#passed += ms
  }
}
