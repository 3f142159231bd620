import type { ListedRun, Outcome } from '../../engine/outcome.ts'
import { LogsPage } from '../client/answers.ts'
import { get } from '../client/get.ts'
import type { ApiAccess } from '../client/http.ts'
import { usageOf } from './usage.ts'

const RUNS_PER_PAGE = 100
/** 20,000 runs: a task of more rows is asked for row by row. */
const MOST_PAGES = 200

/**
 * The runs of a workflow whose user begins with `prefix`, each once: new runs push old ones to the next page while it is
 * read. Dify's keyword finds the beginning of a user, and whatever else has the word in it.
 */
export async function listRuns(
  access: ApiAccess,
  withinMs: number,
  prefix: string,
  signal: AbortSignal,
): Promise<ListedRun[] | Extract<Outcome, { kind: 'lost' | 'halted' }>> {
  const found = new Map<string, ListedRun>()
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { keyword: prefix, limit: RUNS_PER_PAGE, page }
    const logs = await get(access, { path: '/workflows/logs', query, signal, withinMs }, LogsPage)
    if (logs.kind !== 'read') return logs.outcome
    for (const { created_by_end_user, workflow_run: run } of logs.data.data) {
      const user = created_by_end_user?.session_id
      if (!user?.startsWith(prefix) || !run) continue
      const usage = usageOf({ seconds: run.elapsed_time, tokens: run.total_tokens })
      found.set(run.id, { user, workflowRunId: run.id, status: run.status ?? '', usage })
    }
    if (!logs.data.has_more) return [...found.values()]
  }
  return { kind: 'lost', error: 'Dify lists more runs than Rowbot reads at once.' }
}
