import type { AppMode } from '../../engine/workflow.ts'
import type { ApiAccess } from '../client/http.ts'
import type { AppMemory } from './app-memory.ts'

export interface LookUpOptions {
  mode: AppMode
  /** for each request */
  withinMs: number
  memory: AppMemory
  /** ms since 1970 */
  now: () => number
}

/** How one look-up asks. */
export interface Asking extends LookUpOptions {
  access: ApiAccess
  signal: AbortSignal
}
