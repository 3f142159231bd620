import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecretBox } from '../db/workflows/secret-box.ts'
import { UserError } from '../engine/user-error.ts'
import type { Config } from './config.ts'
import { SECRET_KEY_FILE } from './data-folder.ts'
import { opens } from './shared-secrets.ts'

/** Whether Rowbot, started on a restored folder, will have the secret key with which its database was encrypted. */
export type RestoredKey = 'opens' | 'missing' | 'other'

/**
 * Looks for the key where Rowbot will take it from: the settings, the folder, and then the backup.
 * @param sealed what was encrypted with the key of the backup
 * @param unpacked the folder with what is in the backup
 * @throws UserError if a key that does not fit is in the way of the one in the backup
 */
export function keyOfRestored(
  sealed: string[],
  { dataDir, secretKey, secretKeyOld }: Pick<Config, 'dataDir' | 'secretKey' | 'secretKeyOld'>,
  unpacked: string,
): RestoredKey {
  const here = join(dataDir, SECRET_KEY_FILE)
  const inBackup = keyIn(join(unpacked, SECRET_KEY_FILE))
  const key = secretKey ?? keyIn(here) ?? inBackup
  if (key === undefined) return 'missing'
  const fits = (one: string) => sealed.every((text) => opens(createSecretBox(one, secretKeyOld), text))
  if (fits(key)) return 'opens'
  if (inBackup === undefined || !fits(inBackup)) return 'other'
  throw new UserError(
    `The key in ${secretKey === undefined ? here : 'ROWBOT_SECRET_KEY'} does not open what is in the backup, and the one in the backup does. Nothing was changed.`,
    secretKey === undefined
      ? `Move ${here} away, then restore again.`
      : 'Unset ROWBOT_SECRET_KEY, then restore again.',
  )
}

function keyIn(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}
