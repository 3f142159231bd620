import type { SandboxApp } from './app.ts'
import type { SandboxConsole } from './console.ts'
import type { SandboxFiles } from './file-store.ts'
import type { Misbehaviour } from './misbehaviour.ts'
import type { SandboxFault, WrongInputs } from './sandbox-fault.ts'
import type { ServerParts, ServerTrouble } from './trouble.ts'

/** All that the routes of one sandbox share. */
export interface SandboxState extends ServerParts {
  apps: readonly SandboxApp[]
  console: SandboxConsole
  files: SandboxFiles
  misbehaviour: Misbehaviour
  settings: Settings
  cause(trouble: ServerTrouble): Promise<void>
}

export interface Settings {
  /** how long every run takes; default: the time of each app */
  delayMs: number | undefined
  /** most runs at once per app; further calls are refused */
  maxConcurrent: number
  /** how a call is refused: 1.16.1 says 400 `invalid_param`, other versions say 429 `too_many_requests` */
  limitBy: '400' | '429'
  pingMs: number
  /** send the run's id in a header of the stream, as the newest servers do */
  idHeader: boolean
  wrongInputs: WrongInputs
  /** of the workflows that are published now, as in `workflow_id` of their runs */
  version: string
}

/** One call to the API, its key already recognised. */
export interface SandboxCall {
  state: SandboxState
  app: SandboxApp
  request: Request
  url: URL
  /** what was planned for it; a run finds its own fault, by its inputs */
  fault?: SandboxFault
}
