import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isOlder, namesIn } from './folder-home.ts'

const PREFIX = 'rowbot-'
const KINDS = ['result', 'download'] as const
/** Mkdtemp puts six letters and digits behind it. */
const NAME = new RegExp(`^${PREFIX}(${KINDS.join('|')})-\\w{6}$`)

/** A folder for a file that is made and sent at once. Whoever asks for it deletes it after that. */
export function temporaryFolder(what: (typeof KINDS)[number]): Promise<string> {
  return mkdtemp(join(tmpdir(), `${PREFIX}${what}-`))
}

/**
 * Deletes what processes have left of these that were killed meanwhile: results, in the clear.
 * @param before ms since 1970 by this machine's clock; younger ones may be in use
 */
export async function deleteLeftBehind(before: number): Promise<void> {
  const folder = tmpdir()
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    // Somebody else's cannot be deleted, and on Windows one that is open: it is no matter for the log each hour.
    if (NAME.test(name) && (await isOlder(path, before)))
      await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}
