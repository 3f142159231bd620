import type { RunRef } from '../../engine/outcome.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { ask, type ApiAccess } from '../client/http.ts'

const STOP_PATHS = {
  workflow: (id: string) => `/workflows/tasks/${id}/stop`,
  'advanced-chat': (id: string) => `/chat-messages/${id}/stop`,
  completion: (id: string) => `/completion-messages/${id}/stop`,
} as const satisfies Record<AppMode, (id: string) => string>

/**
 * Asks Dify to stop a run. Its answer is not looked at: it says “success” even where nothing was stopped, and a server
 * that cannot be reached is told by the look-up that follows. A run whose id was never told cannot be stopped.
 */
export async function stop(
  access: ApiAccess,
  mode: AppMode,
  run: RunRef,
  signal: AbortSignal,
): Promise<void> {
  if (run.difyTaskId === undefined) return
  const path = STOP_PATHS[mode](encodeURIComponent(run.difyTaskId))
  try {
    const answer = await ask(access, { method: 'POST', path, json: { user: run.user }, signal })
    await answer.body.dump()
  } catch {
    // Unreachable or aborted: see above.
  }
}
