import { deleteMarked, deleteOldAudit, findDeleting, markOldParts } from '../db/tasks/deletions.ts'
import { TASK_PARTS, type TaskPart } from '../db/tasks/task-parts.ts'
import type { Actor } from './actor.ts'
import { audit, type AuditApp } from './audit.ts'

/** After how many days what is deleted; null: never. Of parts of tasks, after their end. */
export interface Retention extends Record<TaskPart, number | null> {
  /** after a draft has ended or expired */
  drafts: number
  /** of an idempotency key, after its request */
  keys: number
  audit: number | null
}

export const KEEP_ALL: Retention = {
  upload: null,
  inputs: null,
  outputs: null,
  files: null,
  log: null,
  drafts: 2,
  keys: 7,
  audit: null,
}

export const DAY_MS = 86_400_000

/** Nobody: what the settings say is done when its time has come. */
export const BY_SETTINGS: Actor = { face: 'config', name: 'settings', role: 'admin' }

/**
 * Deletes what has become old: parts of tasks, each of which gets a line in the audit, and the audit itself. In short
 * transactions, with a pause after each, so that rows and people need not wait.
 * @param pause resolves with false when it is to stop
 * @param now by which ages are counted
 */
export async function deleteOld(
  app: AuditApp,
  retention: Retention,
  pause: () => Promise<boolean>,
  now = app.clock.now(),
): Promise<void> {
  const { db, clock } = app
  const before = Object.fromEntries(
    TASK_PARTS.flatMap((part) => {
      const days = retention[part]
      return days === null ? [] : [[part, now - days * DAY_MS]]
    }),
  )
  for (;;) {
    // What a process that has died has left comes first.
    const task = (await findDeleting(db)) ?? (await markOldParts(db, before, clock.now()))
    if (!task) break
    if (!(await deleteMarked(db, task, pause))) return
    const details = { task: task.name, parts: task.parts }
    await audit(app, BY_SETTINGS, { action: 'task.expire', target: task.id, details })
  }
  if (retention.audit === null) return
  let lines = 0
  for (;;) {
    const deleted = await deleteOldAudit(db, now - retention.audit * DAY_MS)
    lines += deleted
    if (deleted === 0 || !(await pause())) break
  }
  if (lines > 0) await audit(app, BY_SETTINGS, { action: 'audit.expire', details: { lines } })
}
