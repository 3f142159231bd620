import { hkdfSync, randomBytes } from 'node:crypto'
import type { DialectAdapter } from 'kysely'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { noteOldestVersion, READS_ENCRYPTED } from '../migrations.ts'
import type { Db, Trx } from '../schema.ts'
import { findShared, shareValue } from '../shared-values.ts'
import type { SecretBox } from '../workflows/secret-box.ts'
import { isToEncrypt, noteUse } from './state.ts'
import { sealedTextsOf } from './sealed-texts.ts'
import { createTextSealer, type TextSealer } from './text-sealer.ts'

/*
 * What people's rows and files are encrypted with: one random data key for each database, made once and never changed. It
 * is stored in the database, encrypted with the secret key. So changing the secret key (app/rotate-key.ts) encrypts the
 * data key anew, and nothing else.
 */

/** What is derived from the data key. */
export interface DataKeys {
  /** for texts in the database */
  texts: TextSealer
  /** 32 bytes, for the bytes of files, wherever they are, and of uploads */
  fileKey: Uint8Array
}

/**
 * Whether, and with what, a process encrypts. Whatever the setting says, what is encrypted is read: it may be from before
 * the setting was changed, or from another machine.
 */
export interface Sealing {
  /** ROWBOT_ENCRYPT_DATA, or what it was last, if it is unset: what is written from now on is to be encrypted. `keys` has keys then */
  readonly isOn: boolean
  /**
   * The keys of this database. Undefined: nothing in it is encrypted, since no process has made a key. Asks the database
   * only until there is one, so call it when something encrypted is met.
   * @throws UserError if the secret key does not open the data key
   */
  keys(): Promise<DataKeys | undefined>
}

/**
 * Opens the data key, and makes it if the setting is on and there is none.
 * @param setting undefined: what it was last
 * @throws UserError if there is one that the secret key does not open
 */
export async function openSealing(db: Db, box: SecretBox, setting: boolean | undefined): Promise<Sealing> {
  const isOn = await isToEncrypt(db, setting)
  if (isOn) {
    await noteOldestVersion(db, READS_ENCRYPTED)
    await shareValue(db, 'data key', box.seal(randomBytes(KEY_BYTES).toString('base64')))
  }
  let keys: DataKeys | undefined
  const find = async () => {
    const stored = keys ? undefined : await findShared(db, 'data key')
    if (stored !== undefined) keys = keysIn(stored, box)
    return keys
  }
  const texts = sealedTextsOf(db)
  const found = await find()
  if (found) await noteUse(db, isOn)
  texts.use((stored) => keysIn(stored, box).texts, found?.texts, isOn)
  const sealing = { isOn, keys: find }
  OF.set(db.getExecutor().adapter, sealing)
  return sealing
}

/** That of a database, also in its transactions. Undefined: nobody has opened it, as in programs without the secret key. */
export function sealingOf(db: Db | Trx): Sealing | undefined {
  return OF.get(db.getExecutor().adapter)
}

/** A database and its transactions have one adapter. */
const OF = new WeakMap<DialectAdapter, Sealing>()

/**
 * @param stored the data key as it is in the database
 * @throws UserError
 */
export function keysIn(stored: string, box: SecretBox): DataKeys {
  let key: Buffer
  try {
    key = Buffer.from(box.open(stored), 'base64')
  } catch {
    throw new UserError(say('data-key-not-decrypted'), say('do-restore-data-key'))
  }
  return keysOf(key)
}

/** @param key 32 random bytes */
export function keysOf(key: Uint8Array): DataKeys {
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', key, '', `rowbot ${purpose}`, 32))
  return {
    texts: createTextSealer({
      random: derive('row data'),
      alike: derive('row data, deterministic'),
      nonces: derive('row data, nonces'),
    }),
    fileKey: derive('files'),
  }
}

const KEY_BYTES = 32
