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
import type { Clock } from '../engine/clock.ts'

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
 * The time by which something is old enough to be deleted. If the machine's clock is set forth while Rowbot runs, it goes on
 * as before: a wrong date must not delete what is to be kept for months.
 */
function ageTime(clock: Clock): () => number {
  const booted = clock.now() - clock.uptime()
  return () => Math.min(clock.now(), booted + clock.uptime())
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
  const now = ageTime(options.clock)
  const sweep = async () => {
    await sweepFiles(options, now())
    await deleteLeftBehind(Date.now() - FILE_RETENTION_MS)
  }
  repeat(sweep, SWEEP_EVERY_MS, options, draining)
}

/** The first half of it, in the database: of several machines one does it. */
export function startCleanupOfDatabase(options: Omit<CleanupOptions, 'files'>, draining: AbortSignal): void {
  const now = ageTime(options.clock)
  repeat(() => cleanUp(options, { draining, now: now() }), CLEANUP_EVERY_MS, options, draining)
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
  { draining, now = clock.now() }: { draining?: AbortSignal; now?: number } = {},
): Promise<void> {
  await wizard.direct.expire()
  await deleteOldKeys(db, now - retention.keys * DAY_MS)
  await deleteEndedDrafts(db, now - retention.drafts * DAY_MS)
  await discardDeadSubmissions(db, clock.now())
  await deleteEndedLinks(db, clock.now())
  await deleteEndedSessions(db, clock.now())
  await deleteEndedLeases(db)
  await deleteOldEdits(db)
  const pause = async () => {
    await Bun.sleep(PAUSE_MS)
    return draining?.aborted !== true
  }
  await deleteOld({ db, clock, log }, retention, pause, now)
}

/** Deletes files that no upload and no output refers to any more. */
export async function sweepFiles(
  { db, clock, files }: Pick<CleanupOptions, 'db' | 'clock' | 'files'>,
  now = clock.now(),
): Promise<void> {
  const findUsed = async (hashes: string[]) =>
    new Set([...(await findUsedHashes(db, hashes)), ...(await findHashesOfOutputs(db, hashes))])
  await files.sweep(findUsed, now - FILE_RETENTION_MS)
}
