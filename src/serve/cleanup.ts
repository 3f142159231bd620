import { DAY_MS, deleteOld, KEEP_ALL, type Retention } from '../app/retention.ts'
import { deleteEndedDrafts } from '../db/drafts/drafts.ts'
import { findUsedHashes } from '../db/drafts/upload-files.ts'
import { findHashesOfOutputs } from '../db/rows/output-files.ts'
import { deleteOldEdits } from '../db/chats/shared-edits.ts'
import { deleteEndedLeases } from '../db/leases.ts'
import { deleteEndedSessions } from '../db/access/sessions.ts'
import { deleteOldKeys } from '../db/tasks/idempotency.ts'
import { deleteEndedLinks } from '../db/tasks/result-links.ts'
import { discardDeadSubmissions } from '../db/tasks/submissions.ts'
import { deleteLeftBehind } from '../files/temporary.ts'
import type { AdminOptions } from '../admin/options.ts'

const CLEANUP_EVERY_MS = 60_000
const SWEEP_EVERY_MS = 3_600_000
/** Whoever has stored a file refers to it within minutes. */
const FILE_RETENTION_MS = 3_600_000

/** Between two transactions that delete what is old: rows that run, and people, come first. */
const PAUSE_MS = 5

interface CleanupOptions extends Pick<AdminOptions, 'db' | 'wizard' | 'clock' | 'files' | 'log'> {
  /** default: as without settings */
  retention?: Retention
}

/**
 * Each minute: frees uploads that nobody has run within a day; deletes old keys, links and sessions that have ended, what the
 * settings say of old tasks, drafts and the audit, and rows of tasks whose creation was never finished. At the start and each
 * hour: deletes files that neither an upload nor a row’s output has any more, and results that a killed process has left.
 * Until `draining`. For the process that serves.
 */
export function startCleanup(options: CleanupOptions, draining: AbortSignal): void {
  startCleanupOfDatabase(options, draining)
  startSweep(options, draining)
}

/** The second half of it: each machine has a folder for files. */
export function startSweep(options: Omit<CleanupOptions, 'wizard'>, draining: AbortSignal): void {
  const sweep = async () => {
    await sweepFiles(options)
    await deleteLeftBehind(Date.now() - FILE_RETENTION_MS)
  }
  repeat(sweep, SWEEP_EVERY_MS, options, draining)
}

/** The first half of it, in the database: of several machines one does it. */
export function startCleanupOfDatabase(options: Omit<CleanupOptions, 'files'>, draining: AbortSignal): void {
  repeat(() => cleanUp(options, draining), CLEANUP_EVERY_MS, options, draining)
}

function repeat(
  work: () => Promise<void>,
  everyMs: number,
  { clock, log }: Pick<CleanupOptions, 'clock' | 'log'>,
  draining: AbortSignal,
): void {
  let cancel = () => {}
  const again = async () => {
    try {
      await work()
    } catch (err) {
      log.error({ err }, 'the cleanup failed')
    }
    if (!draining.aborted) cancel = clock.after(everyMs, () => void again())
  }
  draining.addEventListener('abort', () => cancel())
  void again()
}

export async function cleanUp(
  { db, wizard, clock, log, retention = KEEP_ALL }: Omit<CleanupOptions, 'files'>,
  draining?: AbortSignal,
): Promise<void> {
  await wizard.direct.expire()
  await deleteOldKeys(db, clock.now() - retention.keys * DAY_MS)
  await deleteEndedDrafts(db, clock.now() - retention.drafts * DAY_MS)
  await discardDeadSubmissions(db, clock.now())
  await deleteEndedLinks(db, clock.now())
  await deleteEndedSessions(db, clock.now())
  await deleteEndedLeases(db)
  await deleteOldEdits(db)
  await deleteOld({ db, clock, log }, retention, async () => {
    await Bun.sleep(PAUSE_MS)
    return draining?.aborted !== true
  })
}

/** Deletes files that no upload and no output refers to any more. */
export async function sweepFiles({
  db,
  clock,
  files,
}: Pick<CleanupOptions, 'db' | 'clock' | 'files'>): Promise<void> {
  const findUsed = async (hashes: string[]) =>
    new Set([...(await findUsedHashes(db, hashes)), ...(await findHashesOfOutputs(db, hashes))])
  await files.sweep(findUsed, clock.now() - FILE_RETENTION_MS)
}
