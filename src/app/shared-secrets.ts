import type { Db } from '../db/schema.ts'
import { findShared, shareValue } from '../db/shared-values.ts'
import { createSecretBox, type SecretBox } from '../db/workflows/secret-box.ts'
import { findAnyKey } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import { type AdminToken, type DataFolder, newSecret } from './data-folder.ts'

/*
 * Of several machines on one database, each would make a secret key and an admin token of its own: it could not read
 * what the others have encrypted, and its link would not open their page.
 */

/**
 * The box with the key of this database: the given one, that of the data folder, or one made for a database that has none.
 * @param old the key of before, while it is rotated: see rotate-key.ts
 * @throws UserError if the database has been used with another key
 */
export async function sharedBox(
  db: Db,
  folder: DataFolder,
  given: string | undefined,
  old?: string,
): Promise<SecretBox> {
  const check = await findShared(db, 'secret key')
  const isUsed = check !== undefined || (await findAnyKey(db)) !== undefined
  if (isUsed && given === undefined && !folder.hasSecret())
    throw new UserError(
      'This machine does not have the secret key of the database: ROWBOT_SECRET_KEY is not set. Nothing was changed.',
      'Set it to the same key on all machines: the content of secret.key in the data folder of the first one.',
    )
  const key = folder.secret(given)
  const box = createSecretBox(key, old)
  const own = checkOf(box)
  if (check === undefined) await requireReadable(db, box)
  if ((check ?? (await shareValue(db, 'secret key', own))) === own) return box
  // Machines that do not have the new key yet must read what this one encrypts, until it is rotated.
  if (old !== undefined && check === checkOf(createSecretBox(old))) return createSecretBox(old, key)
  throw new UserError(
    'The secret key of this machine is another than that of the database. Nothing was changed.',
    'Set ROWBOT_SECRET_KEY to the same key on all machines. If the right one is lost, see “A lost secret key” in docs/operate.md.',
  )
}

/**
 * The box of a database that one machine has. Until the key is rotated it is that of the old key: hashes by which workflows
 * are found were made with it.
 */
export async function ownBox(db: Db, key: string, old: string | undefined): Promise<SecretBox> {
  if (old === undefined) return createSecretBox(key)
  const sealed = await findAnyKey(db)
  const isRotated = sealed === undefined || !opens(createSecretBox(old), sealed)
  return isRotated ? createSecretBox(key, old) : createSecretBox(old, key)
}

/** Whether it was sealed with a key of this box. */
export function opens(box: SecretBox, sealed: string): boolean {
  try {
    box.open(sealed)
    return true
  } catch {
    return false
  }
}

/** Tells whether a box has the same key, and nothing else of it. */
export function checkOf(box: SecretBox): string {
  return box.hash('the secret key of this database')
}

/** A database from before there was a check. @throws UserError if its keys were encrypted with another one */
async function requireReadable(db: Db, box: SecretBox): Promise<void> {
  const sealed = await findAnyKey(db)
  if (sealed !== undefined) box.open(sealed)
}

/** The same on all machines, so that each prints the link to the same page. */
export async function sharedAdminToken(
  db: Db,
  box: SecretBox,
  given: string | undefined,
): Promise<AdminToken> {
  if (given !== undefined) return { token: given, from: 'settings' }
  const stored = await findShared(db, 'admin token')
  if (stored !== undefined) return { token: box.open(stored), from: 'stored' }
  const own = newSecret()
  const token = box.open(await shareValue(db, 'admin token', box.seal(own)))
  return { token, from: token === own ? 'made' : 'stored' }
}
