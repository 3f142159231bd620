import { expect, test } from 'bun:test'
import { storm } from './chaos/storm.ts'

/*
 * The whole product in a storm: see docs/chaos.md. By default a few steps that are always the same; `bun run chaos` is a
 * long one with a seed of its own.
 */
const { ROWBOT_CHAOS_SEED, ROWBOT_CHAOS_MINUTES, ROWBOT_CHAOS_STEPS, ROWBOT_CHAOS_OUT } = process.env
const MINUTE_MS = 60_000
/** For what is still under way when the storm is over. */
const REST_MINUTES = 10
const seed = Number(ROWBOT_CHAOS_SEED ?? 1880)
const minutes = ROWBOT_CHAOS_MINUTES === undefined ? undefined : Number(ROWBOT_CHAOS_MINUTES)

test(
  'in a storm of kills, faults and clicks: nothing acknowledged is lost, nothing is paid twice, and every count is true',
  async () => {
    const report = await storm({
      seed,
      ...(minutes === undefined ? { steps: 35 } : { forMs: minutes * MINUTE_MS }),
      ...(ROWBOT_CHAOS_STEPS !== undefined && {
        say: (line: string) => void process.stdout.write(`${line}\n`),
      }),
    })
    if (ROWBOT_CHAOS_OUT !== undefined) await Bun.write(ROWBOT_CHAOS_OUT, JSON.stringify(report))
    expect(report.faults).toEqual([])
    expect(report.ends).toEqual([])
    expect(report.kills).toBeGreaterThan(0)
    expect(report.runs).toBeGreaterThan(0)
  },
  ((minutes ?? 0) + REST_MINUTES) * MINUTE_MS,
)
