import { deleteOldKeys } from '../db/tasks/idempotency.ts'
import { discardDeadSubmissions } from '../db/tasks/submissions.ts'
import type { AdminOptions } from '../admin/options.ts'

const CLEANUP_EVERY_MS = 60_000
/** An upload is known for a week after its day; its key is not needed longer. */
const KEY_RETENTION_MS = 7 * 86_400_000

type CleanupOptions = Pick<AdminOptions, 'db' | 'wizard' | 'clock' | 'log'>

/**
 * Frees uploads that nobody has run within their day, forgets old keys, and removes rows of tasks that were never written
 * to their end, until `draining`. For who listens.
 */
export function startCleanup(options: CleanupOptions, draining: AbortSignal): void {
  const { clock, log } = options
  let cancel = () => {}
  const again = async () => {
    try {
      await cleanUp(options)
    } catch (err) {
      log.error({ err }, 'what is over could not be tidied away')
    }
    if (!draining.aborted) cancel = clock.after(CLEANUP_EVERY_MS, () => void again())
  }
  draining.addEventListener('abort', () => cancel())
  void again()
}

export async function cleanUp({ db, wizard, clock }: Omit<CleanupOptions, 'log'>): Promise<void> {
  await wizard.direct.expire()
  await deleteOldKeys(db, clock.now() - KEY_RETENTION_MS)
  await discardDeadSubmissions(db, clock.now())
}
