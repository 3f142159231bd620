import './jumping-clock.ts'
import './measuring.ts'
import { readConfig } from '../../../src/app/config.ts'
import { Rowbot } from '../../../src/app/rowbot.ts'
import { createProgram } from '../../../src/cli/program.ts'
import { createScreen } from '../../../src/cli/screen.ts'
import { DEFAULT_TIMING, type Timing } from '../../../src/engine/timing.ts'
import { LEASE } from '../../../src/queue/jobs.ts'

/*
 * `rowbot serve` as it is, except that waiting is shorter than in life: what takes a storm an hour there takes a minute
 * here. And somebody may set the clock of its machine.
 */

/** The machine is busy: what must happen within a time has still seconds for it. */
const TIMING: Timing = {
  ...DEFAULT_TIMING,
  retryBaseMs: 50,
  retryMaxMs: 1_000,
  holdBaseMs: 50,
  holdMaxMs: 1_000,
  growEveryMs: 2_000,
  windowMs: 5_000,
  probeBaseMs: 50,
  letInAfterMs: 50,
  troubleBaseMs: 200,
  troubleMaxMs: 1_000,
  lookUpEveryMs: 100,
  lookUpMaxMs: 1_000,
  lookUpGraceMs: 4_000,
  queueMs: 8_000,
  overtakenMs: 4_000,
  queuedLookMs: 500,
  silentMs: 3_000,
  runEndsMs: 30_000,
  pausedLookMs: 1_000,
  pausedLookMaxMs: 4_000,
  pausedGapMs: 100,
  expiredMs: 4_000,
  answerMs: 4_000,
  afterFaultMs: 200,
}
const RANGES = {
  concurrency: { min: 1, max: 10, default: 3 },
  retries: { min: 0, max: 5, default: 2 },
  timeoutSeconds: { min: 1, max: 1200, default: 20 },
}

let bot: Rowbot | undefined
const open = async () =>
  (bot ??= await Rowbot.open({
    config: readConfig(process.env),
    timing: TIMING,
    ranges: RANGES,
    lease: { ...LEASE, pollMs: 500, sweepMs: 500 },
  }))
const program = createProgram(
  { open, screen: (quiet) => createScreen(process.stdout, process.stderr, quiet) },
  (code) => {
    process.exitCode = code
  },
)
await program.parseAsync([process.execPath, 'rowbot', 'serve', ...process.argv.slice(2)])
await bot?.close()
