import type { Db } from '../db/schema.ts'
import type { Sealing } from '../db/sealed/data-key.ts'
import { createDatabaseHome } from '../db/stored-files.ts'
import type { Clock } from '../engine/clock.ts'
import type { FileHome } from '../engine/files.ts'
import { BucketHome } from '../files/bucket-home.ts'
import type { FileEncryption } from '../files/file-store.ts'
import type { Config } from './config.ts'

/**
 * Where files are kept besides the data folder, the place of new ones first. Those that were stored before a setting was
 * changed are found where they are. Machines that share a database share no folder.
 */
export function fileHomesOf({ bucket, databaseUrl }: Config, db: Db, clock: Clock): FileHome[] {
  return [
    ...(bucket ? [new BucketHome(bucket)] : []),
    ...(databaseUrl === undefined ? [] : [createDatabaseHome(db, clock)]),
  ]
}

/** With the key of the database, wherever they are. */
export function fileEncryptionOf(sealing: Sealing): FileEncryption {
  return { isOn: sealing.isOn, key: async () => (await sealing.keys())?.fileKey }
}
