import type { RunRef } from '../../engine/outcome.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { KINDS } from '../apps/kinds.ts'
import type { AppMemory } from './app-memory.ts'
import { ask, LIMITS, type ApiAccess } from '../client/http.ts'

/**
 * Asks Dify to stop a run. The answer is ignored: it says “success” even when nothing was stopped, and the look-up that
 * follows shows whether the server can be reached. A run whose id we never learnt cannot be stopped.
 */
export async function stop(
  access: ApiAccess,
  { mode, memory }: { mode: AppMode; memory: AppMemory },
  run: RunRef,
  signal: AbortSignal,
): Promise<void> {
  if (run.difyTaskId === undefined) return
  if (!KINDS[mode].hasRuns) memory.stopAsked(run.difyTaskId)
  const path = KINDS[mode].stop(encodeURIComponent(run.difyTaskId))
  try {
    const answer = await ask(access, {
      method: 'POST',
      path,
      json: { user: run.user },
      signal,
      withinMs: LIMITS.lookUpMs,
    })
    await answer.body.dump()
  } catch {
    // Unreachable or aborted: see above.
  }
}
