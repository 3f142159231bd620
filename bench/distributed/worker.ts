import pino from 'pino'
import { countTraffic, traffic } from './counted-driver.ts'
import type { WorkerFigures } from './worker-process.ts'

/*
 * A process that runs tasks, as `rowbot serve` does, and nothing else. Prints a line when it runs, and one of figures for
 * each line that it reads. Drains on SIGTERM, and ends when its parent does.
 * `LEASE={…} bun worker.ts`, with the settings in its environment
 */
countTraffic()
const { readConfig } = await import('../../src/app/config.ts')
const { Rowbot } = await import('../../src/app/rowbot.ts')
const { LEASE } = await import('../../src/queue/jobs.ts')

const GRACE_MS = 20_000
const given: unknown = JSON.parse(process.env['LEASE'] ?? '{}')
const bot = await Rowbot.open({
  config: readConfig(process.env),
  log: pino({ level: 'silent' }),
  lease: Object.assign({ ...LEASE }, given),
})
bot.startRunner()
console.log('it runs')
process.on('SIGTERM', () => void bot.close(GRACE_MS).then(() => process.exit(0)))

for await (const _ of console) {
  const { user, system } = process.cpuUsage()
  const figures: WorkerFigures = { cpuMs: (user + system) / 1000, ...traffic() }
  console.log(JSON.stringify(figures))
}
process.exit(0)
