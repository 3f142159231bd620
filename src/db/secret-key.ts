import { UserError } from '../engine/user-error.ts'
import type { Db } from './schema.ts'
import type { SecretBox } from './workflows/secret-box.ts'

const NAME = 'secret key'

/**
 * Machines on one database must have the same secret key: with another one, a machine could neither use the workflows nor
 * know who is signed in.
 * @throws UserError if this one's is another
 */
export async function requireSameKey(db: Db, box: SecretBox): Promise<void> {
  const value = box.hash('which secret key is this?')
  await db
    .insertInto('shared_values')
    .values({ name: NAME, value })
    .onConflict((oc) => oc.doNothing())
    .execute()
  const first = await db
    .selectFrom('shared_values')
    .select('value')
    .where('name', '=', NAME)
    .executeTakeFirstOrThrow()
  if (first.value === value) return
  throw new UserError(
    'This database was set up with another secret key than this machine has.',
    'Set ROWBOT_SECRET_KEY to the same on every machine. If the first one has it from its data folder, it is in secret.key there.',
  )
}
