import type { SandboxFiles } from './file-store.ts'
import type { RunLog } from './run-log.ts'
import type { Workers } from './workers.ts'

/** What can happen to the whole server, from now on and for every client; `…-back` ends it. */
export const TROUBLES = [
  'worker-killed', // their runs stay “running” for ever; new workers take the next runs
  'worker-down', // a deploy: their runs are stopped; new workers take the next runs
  'workers-gone', // calls are accepted and wait
  'workers-back',
  'api-killed', // every connection breaks; runs of workers go on. A new API process answers at once.
  'uploads-lost', // no run finds a file that was uploaded before; later uploads are stored as usual
  'redis-gone', // streams go silent for ever, calls and look-ups get no answer; runs go on
  'redis-back',
  'database-gone', // every answer is 500 `unknown`; runs go on
  'database-back',
] as const
export type ServerTrouble = (typeof TROUBLES)[number]

/** The parts of a server that everything else needs. */
export interface ServerParts {
  log: RunLog
  workers: Workers
  files: Pick<SandboxFiles, 'forgetUploads'>
  server: { hasRedis: boolean; hasDatabase: boolean }
}

/** @param restart breaks every connection and listens again on the same port */
export async function causeTrouble(
  { workers, log, files, server }: ServerParts,
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
      // Runs in the API process die with it.
      for (const run of log.runs) if (!run.hasRuns) run.stop()
      return restart()
    case 'uploads-lost':
      return files.forgetUploads()
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
