import type { RunLog } from './run-log.ts'
import type { Workers } from './workers.ts'

/** What may happen to the whole server, from now on and for everybody; `…-back` ends it. */
export const TROUBLES = [
  'worker-killed', // what the workers run is “running” for ever; new ones take what comes next
  'worker-down', // a deploy: what the workers run is stopped; new ones take what comes next
  'workers-gone', // calls are accepted and wait
  'workers-back',
  'api-killed', // every connection breaks; what the workers run goes on. A new API process answers at once.
  'redis-gone', // streams fall silent for ever, calls and look-ups get no answer; what runs goes on
  'redis-back',
  'database-gone', // every answer is 500 `unknown`; what runs goes on
  'database-back',
] as const
export type ServerTrouble = (typeof TROUBLES)[number]

/** What of a server the rest of its parts hang on. */
export interface ServerParts {
  log: RunLog
  workers: Workers
  server: { hasRedis: boolean; hasDatabase: boolean }
}

/** @param restart breaks every connection and listens again on the same port */
export async function causeTrouble(
  { workers, log, server }: ServerParts,
  trouble: ServerTrouble,
  restart: () => Promise<void>,
): Promise<void> {
  switch (trouble) {
    case 'worker-killed':
      return workers.kill()
    case 'worker-down':
      return workers.shutDown()
    case 'workers-gone':
      return workers.leave()
    case 'workers-back':
      return workers.comeBack()
    case 'api-killed':
      // What the API process runs itself dies with it.
      for (const run of log.runs) if (!run.hasRuns) run.stop()
      return restart()
    case 'redis-gone':
      server.hasRedis = false
      for (const run of log.runs) if (run.hasRuns) run.silence()
      return
    case 'redis-back':
      server.hasRedis = true
      return
    case 'database-gone':
      server.hasDatabase = false
      return
    case 'database-back':
      server.hasDatabase = true
  }
}
