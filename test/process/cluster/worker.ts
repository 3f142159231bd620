import pino from 'pino'
import { readConfig } from '../../../src/app/config.ts'
import { Rowbot } from '../../../src/app/rowbot.ts'

/*
 * A process that runs tasks: `bun worker.ts` with the settings in its environment. With SKEW_MS, its machine's clock is
 * wrong by so much. Prints one line when it runs, and drains on SIGTERM.
 */
const skew = Number(process.env['SKEW_MS'] ?? 0)
const real = Date.now
Date.now = () => real() + skew

const bot = await Rowbot.open({
  config: readConfig(process.env),
  log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }, pino.destination(2)),
})
bot.startRunner()
console.log('it runs')
process.on('SIGTERM', () => void bot.close(20_000).then(() => process.exit(0)))
