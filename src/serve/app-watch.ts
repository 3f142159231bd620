import type { Actor } from '../app/actor.ts'
import { checkWorkflow } from '../app/workflows.ts'
import type { WorkflowApp } from '../app/workflow-acts.ts'
import { SANDBOX_URL } from '../app/workflow-runtimes.ts'
import { listAppChecks } from '../db/workflows/app-checks.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'

const LOOK_EVERY_MS = 300_000
/** Two calls that run nothing and cost nothing; people see a change at Dify within this time. */
const CHECK_AFTER_MS = 3_600_000

/** In the audit. */
const WATCH: Actor = { face: 'config', name: 'Rowbot', role: 'admin' }

/**
 * Asks Dify what each workflow is that nobody has asked about for an hour, so that the page says when an app has changed,
 * or its key does not work any more, before a task meets it. Nothing is taken over. Until `draining`, and not at once: a
 * process that is started again and again asks no more than another. For the process that serves.
 */
export function watchApps(options: WorkflowApp, draining: AbortSignal): void {
  const { clock, log } = options
  let cancel = () => {}
  const wait = () => {
    if (!draining.aborted) cancel = clock.after(LOOK_EVERY_MS, () => void look())
  }
  const look = async () => {
    try {
      await checkUnasked(options, draining)
    } catch (err) {
      log.error({ err }, 'what the workflows are could not be asked')
    }
    wait()
  }
  draining.addEventListener('abort', () => cancel())
  wait()
}

/** One after the other: a server with many apps is not asked about all of them at once. */
export async function checkUnasked(options: WorkflowApp, draining: AbortSignal): Promise<void> {
  const { db, clock } = options
  const checks = await listAppChecks(db)
  for (const workflow of await listWorkflows(db)) {
    if (draining.aborted) return
    const askedAt = checks.get(workflow.id)?.checkedAt ?? 0
    if (!workflow.enabled || workflow.baseUrl === SANDBOX_URL || clock.now() - askedAt < CHECK_AFTER_MS)
      continue
    try {
      await checkWorkflow(options, WATCH, workflow)
    } catch (fault) {
      // Why Dify did not say is stored with the workflow, for the page.
      if (!(fault instanceof UserError)) throw fault
    }
  }
}
