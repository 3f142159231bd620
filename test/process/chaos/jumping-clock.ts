import { readFileSync } from 'node:fs'

/*
 * Loaded before the program: the clock of its machine is wrong by as many milliseconds as CHAOS_CLOCK, a file, says. The
 * monotonic clock and timers go on as they do when somebody sets the time.
 */
const file = process.env['CHAOS_CLOCK'] ?? ''
const LOOK_EVERY_MS = 50

let wrongBy = 0
look()
setInterval(look, LOOK_EVERY_MS).unref()

const Real = globalThis.Date
// `as`: `new` and the functions of Date are all that the program uses of it; the call without `new` is not among them.
globalThis.Date = class extends Real {
  constructor(...given: []) {
    if (given.length === 0) super(Real.now() + wrongBy)
    else super(...given)
  }

  static override now(): number {
    return Real.now() + wrongBy
  }
} as DateConstructor

function look(): void {
  try {
    wrongBy = Number(readFileSync(file, 'utf8')) || 0
  } catch {
    wrongBy = 0 // nobody has set it yet
  }
}
