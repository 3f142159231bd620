import { sql } from 'kysely'
import type { Db } from '../schema.ts'
import { findShared, replaceShared, shareValue } from '../shared-values.ts'
import { SEALED_TABLES } from './in-the-clear.ts'

/**
 * What of a database is encrypted, as it is noted in it, so that nobody has to read every row to say it. `partly`: a
 * process with the setting off has used it since, or it had rows before the setting was first on.
 */
export type SealedState = 'all' | 'partly' | 'none'

/** Undefined: nothing was ever encrypted. */
export async function findSealedState(db: Db): Promise<SealedState | undefined> {
  const noted = await findShared(db, 'encrypted')
  return noted === undefined ? undefined : STATES.find((state) => state === noted)
}

const STATES = ['all', 'partly', 'none'] as const satisfies readonly SealedState[]

/**
 * Whether a process encrypts. What it is set to is noted, so that a command that is called where nothing is set does not
 * write in the clear.
 */
export async function isToEncrypt(db: Db, setting: boolean | undefined): Promise<boolean> {
  const noted = await findShared(db, 'encrypting')
  if (setting === undefined) return noted === 'true'
  const isNews = noted === undefined ? setting : noted !== String(setting)
  if (isNews) {
    await shareValue(db, 'encrypting', String(setting))
    await replaceShared(db, 'encrypting', String(setting))
  }
  return setting
}

/** A process uses the database that writes encrypted, or, with the setting off, in the clear. */
export async function noteUse(db: Db, isOn: boolean): Promise<void> {
  const noted = await findSealedState(db)
  if (isOn && noted === undefined) await shareValue(db, 'encrypted', (await isEmpty(db)) ? 'all' : 'partly')
  else if (noted === (isOn ? 'none' : 'all')) await replaceShared(db, 'encrypted', 'partly')
}

/** Everything was looked through. */
export async function noteSealedState(db: Db, state: SealedState): Promise<void> {
  await shareValue(db, 'encrypted', state)
  await replaceShared(db, 'encrypted', state)
}

async function isEmpty(db: Db): Promise<boolean> {
  for (const table of [...SEALED_TABLES, 'uploads', 'stored_files']) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(db)
    if (rows.length > 0) return false
  }
  return true
}
