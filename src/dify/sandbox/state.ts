import type { SandboxApp } from './app.ts'
import type { FileStore } from './file-store.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import type { RunLog } from './run-log.ts'

/** All that the routes of one sandbox share. */
export interface SandboxState {
  apps: readonly SandboxApp[]
  log: RunLog
  files: FileStore
  misbehaviour: Misbehaviour
  settings: Settings
}

export interface Settings {
  /** how long every run takes; each app its own time where it is not said */
  delayMs: number | undefined
  /** runs at once, by app; beyond it `too_many_requests` */
  maxConcurrent: number
  pingMs: number
  /** the run's id goes out with the headers of a stream, as the newest servers do */
  idHeader: boolean
  /** how a stream tells wrong inputs: mid-2026 servers by an event, older ones by saying nothing, newer ones by a 400 */
  wrongInputs: 'event' | 'silence' | '400'
}

/** One call to the API, its key already recognised. */
export interface SandboxCall {
  state: SandboxState
  app: SandboxApp
  request: Request
  url: URL
}
