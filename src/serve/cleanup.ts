import { isUsedByUpload } from '../db/drafts/upload-files.ts'
import { isUsedByOutput } from '../db/rows/output-files.ts'
import { deleteOldKeys } from '../db/tasks/idempotency.ts'
import { discardDeadSubmissions } from '../db/tasks/submissions.ts'
import type { AdminOptions } from '../admin/options.ts'

const CLEANUP_EVERY_MS = 60_000
/** An upload may be referred to for a week after its day; then its key is not needed any more. */
const KEY_RETENTION_MS = 7 * 86_400_000

/** Whoever has stored a file refers to it within minutes. */
const FILE_RETENTION_MS = 3_600_000

type CleanupOptions = Pick<AdminOptions, 'db' | 'wizard' | 'clock' | 'files' | 'log'>

/**
 * Frees uploads that nobody has run within a day with the files that came along with them, deletes old keys, and removes rows of tasks whose creation was
 * never finished, until `draining`. For the process that serves.
 */
export function startCleanup(options: CleanupOptions, draining: AbortSignal): void {
  const { clock, log } = options
  let cancel = () => {}
  const again = async () => {
    try {
      await cleanUp(options)
    } catch (err) {
      log.error({ err }, 'the cleanup failed')
    }
    if (!draining.aborted) cancel = clock.after(CLEANUP_EVERY_MS, () => void again())
  }
  draining.addEventListener('abort', () => cancel())
  void again()
}

export async function cleanUp({ db, wizard, clock, files }: Omit<CleanupOptions, 'log'>): Promise<void> {
  await wizard.direct.expire()
  await deleteOldKeys(db, clock.now() - KEY_RETENTION_MS)
  await discardDeadSubmissions(db, clock.now())
  const isUsed = async (sha256: string) => (await isUsedByUpload(db, sha256)) || isUsedByOutput(db, sha256)
  await files.sweep(isUsed, clock.now() - FILE_RETENTION_MS)
}
