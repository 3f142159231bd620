import type { AppMode } from '../../engine/workflow.ts'
import type { ApiAccess } from '../client/http.ts'
import type { AppMemory } from './app-memory.ts'

export interface LookUpOptions {
  mode: AppMode
  /** time limit of each request */
  withinMs: number
  memory: AppMemory
  /** milliseconds since 1970 */
  now: () => number
}

/** What one look-up needs for its requests. */
export interface Asking extends LookUpOptions {
  access: ApiAccess
  signal: AbortSignal
}
