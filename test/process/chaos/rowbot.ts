import './jumping-clock.ts'
import './measuring.ts'
import { readConfig } from '../../../src/app/config.ts'
import { Rowbot } from '../../../src/app/rowbot.ts'
import { explained } from '../../../src/cli/explained.ts'
import { createProgram } from '../../../src/cli/program.ts'
import { createScreen } from '../../../src/cli/screen.ts'
import { unopened } from '../../../src/cli/unopened.ts'
import { DEFAULT_TIMING, type Timing } from '../../../src/engine/timing.ts'
import { LEASE } from '../../../src/queue/jobs.ts'

/*
 * The command line on this machine as it is, `rowbot serve` among it, except that waiting is shorter than in life: what takes a storm an hour there takes a minute
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
const open = async () => {
  const config = readConfig(process.env)
  try {
    return (bot ??= await Rowbot.open({
      config,
      timing: TIMING,
      ranges: RANGES,
      lease: { ...LEASE, pollMs: 500, sweepMs: 500 },
    }))
  } catch (fault) {
    throw unopened(fault, config.dataDir)
  }
}
let code = 0
const program = createProgram(
  { open, screen: (quiet) => createScreen(process.stdout, process.stderr, quiet) },
  (result) => {
    code = result
  },
)
try {
  await program.exitOverride().parseAsync(process.argv)
} catch (fault) {
  code = explained(fault, bot)
}
try {
  await bot?.close()
} catch (fault) {
  code = explained(fault, bot)
}
process.exitCode = code
