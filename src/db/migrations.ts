import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import * as init from './migrations/0001-init.ts'
import * as drafts from './migrations/0002-drafts.ts'
import * as page from './migrations/0003-page.ts'
import * as submissions from './migrations/0004-submissions.ts'
import * as stops from './migrations/0005-stops.ts'
import * as progress from './migrations/0006-progress.ts'
import * as runs from './migrations/0007-runs.ts'
import * as pace from './migrations/0008-pace.ts'
import * as headingRow from './migrations/0009-heading-row.ts'
import * as uploadFiles from './migrations/0010-upload-files.ts'
import * as uploading from './migrations/0011-uploading.ts'
import * as outputFiles from './migrations/0012-output-files.ts'
import * as deliveries from './migrations/0013-deliveries.ts'
import * as chatArrivals from './migrations/0014-chat-arrivals.ts'
import * as waitingRows from './migrations/0015-waiting-rows.ts'
import * as resultLinks from './migrations/0016-result-links.ts'
import * as flags from './migrations/0018-flags.ts'
import * as questionCards from './migrations/0019-question-cards.ts'
import * as hashes from './migrations/0020-hashes.ts'
import * as trial from './migrations/0021-trial.ts'
import * as money from './migrations/0022-money.ts'
import * as taskLimit from './migrations/0023-task-limit.ts'
import * as constants from './migrations/0024-constants.ts'
import * as review from './migrations/0025-review.ts'
import * as notifications from './migrations/0026-notifications.ts'
import * as comparison from './migrations/0027-comparison.ts'
import * as usage from './migrations/0028-usage.ts'
import * as sentences from './migrations/0029-sentences.ts'
import * as keyChosen from './migrations/0030-key-chosen.ts'
import * as noticeSentences from './migrations/0031-notice-sentences.ts'
import * as access from './migrations/0036-access.ts'
import * as headingSet from './migrations/0041-heading-set.ts'
import * as usageMonth from './migrations/0042-usage-month.ts'
import * as perTask from './migrations/0043-per-task.ts'
import * as runsToStop from './migrations/0044-runs-to-stop.ts'
import * as runAgain from './migrations/0045-run-again.ts'
import * as foundFaults from './migrations/0046-found-faults.ts'
import * as noInputIndex from './migrations/0048-no-input-index.ts'
import * as appChecks from './migrations/0049-app-checks.ts'
import * as consoleUrl from './migrations/0050-console-url.ts'
import * as runSteps from './migrations/0051-run-steps.ts'
import * as workflowShares from './migrations/0052-workflow-shares.ts'
import * as leases from './migrations/0054-leases.ts'
import * as readUntil from './migrations/0055-read-until.ts'
import * as storedFiles from './migrations/0056-stored-files.ts'
import * as takeOvers from './migrations/0058-take-overs.ts'
import * as deletions from './migrations/0060-deletions.ts'
import * as resultPlace from './migrations/0059-result-place.ts'
import * as encryptedTexts from './migrations/0061-encrypted-texts.ts'
import * as encryptedUploads from './migrations/0062-encrypted-uploads.ts'
import * as importedApps from './migrations/0063-imported-apps.ts'
import { UserError } from '../engine/user-error.ts'
import type { Db, Trx } from './schema.ts'
import { findShared } from './shared-values.ts'

/** By name, in their order. */
export const MIGRATIONS = {
  '0001-init': init,
  '0002-drafts': drafts,
  '0003-page': page,
  '0004-submissions': submissions,
  '0005-stops': stops,
  '0006-progress': progress,
  '0007-runs': runs,
  '0008-pace': pace,
  '0009-heading-row': headingRow,
  '0010-upload-files': uploadFiles,
  '0011-uploading': uploading,
  '0012-output-files': outputFiles,
  '0013-deliveries': deliveries,
  '0014-chat-arrivals': chatArrivals,
  '0015-waiting-rows': waitingRows,
  '0016-result-links': resultLinks,
  '0018-flags': flags,
  '0019-question-cards': questionCards,
  '0020-hashes': hashes,
  '0021-trial': trial,
  '0022-money': money,
  '0023-task-limit': taskLimit,
  '0024-constants': constants,
  '0025-review': review,
  '0026-notifications': notifications,
  '0027-comparison': comparison,
  '0028-usage': usage,
  '0029-sentences': sentences,
  '0030-key-chosen': keyChosen,
  '0031-notice-sentences': noticeSentences,
  '0036-access': access,
  '0041-heading-set': headingSet,
  '0042-usage-month': usageMonth,
  '0043-per-task': perTask,
  '0044-runs-to-stop': runsToStop,
  '0045-run-again': runAgain,
  '0046-found-faults': foundFaults,
  '0048-no-input-index': noInputIndex,
  '0049-app-checks': appChecks,
  '0050-console-url': consoleUrl,
  '0051-run-steps': runSteps,
  '0052-workflow-shares': workflowShares,
  '0054-leases': leases,
  '0055-read-until': readUntil,
  '0056-stored-files': storedFiles,
  '0058-take-overs': takeOvers,
  '0059-result-place': resultPlace,
  '0060-deletions': deletions,
  '0061-encrypted-texts': encryptedTexts,
  '0062-encrypted-uploads': encryptedUploads,
  '0063-imported-apps': importedApps,
}

type MigrationName = keyof typeof MIGRATIONS

/**
 * The newest migration that changed or removed what an older version uses. Those after it only add (docs/upgrade.md, and a
 * test that says so): a Rowbot that has this one may use the database beside a newer one.
 */
export const LAST_BREAKING: MigrationName = '0058-take-overs'

/** @param migrations for tests: those of another version */
export async function migrate(db: Db, migrations: Record<string, Migration> = MIGRATIONS): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    // Numbers are given out to branches: a lower one may be merged after a database has had a higher one.
    allowUnorderedMigrations: true,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined)
    throw error instanceof Error ? error : new Error('The database could not be migrated.')
}

/**
 * In a newer schema the same columns may mean something else, so what we write could do damage.
 * @throws UserError when a newer Rowbot wrote the database
 */
export async function refuseNewer(db: Db): Promise<void> {
  const newer = await listNewerMigrations(db)
  if (newer.length > 0) throw isNewer(newer)
}

/**
 * The same for a database that several processes use, while they are updated one after the other: beside newer ones, this
 * Rowbot may go on as long as what they have migrated was only added.
 * @returns true: newer ones have migrated it, so there is nothing to migrate
 * @throws UserError when it must not
 */
export async function mayLiveBesideNewer(db: Db): Promise<boolean> {
  const newer = await listNewerMigrations(db)
  if (newer.length === 0) return false
  const had = new Set(await listMigrations(db))
  if (!Object.keys(MIGRATIONS).every((name) => had.has(name))) throw isNewer(newer)
  const needed = await findShared(db, 'oldest version')
  if (needed === undefined || !Object.hasOwn(MIGRATIONS, needed)) throw isNewer(newer)
  return true
}

/** What a Rowbot must know to use a database in which something is encrypted. */
export const READS_ENCRYPTED: MigrationName = '0062-encrypted-uploads'

/**
 * So that versions that are too old for what is in the database know. What was noted before is never taken back.
 * @param needed the migration that a Rowbot must know
 */
export async function noteOldestVersion(db: Db | Trx, needed: MigrationName = LAST_BREAKING): Promise<void> {
  const noted = await findShared(db, 'oldest version')
  const names = Object.keys(MIGRATIONS)
  if (noted !== undefined && names.indexOf(noted) >= names.indexOf(needed)) return
  await db
    .insertInto('shared_values')
    .values({ name: 'oldest version', value: needed })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: needed }))
    .execute()
}

/** Which of the database's migrations this Rowbot does not know. */
export async function listNewerMigrations(db: Db): Promise<string[]> {
  return unknownMigrations(await listMigrations(db))
}

/** Which of these this Rowbot does not know: a newer one wrote the database. */
export function unknownMigrations(names: string[]): string[] {
  return names.filter((name) => !Object.hasOwn(MIGRATIONS, name))
}

async function listMigrations(db: Db): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name)
}

function isNewer(newer: string[]): UserError {
  return new UserError(
    `This database was written by a newer Rowbot: this one does not know ${newer.join(', ')}. Nothing was changed.`,
    'Update Rowbot, or use a backup from before the update: docs/upgrade.md says how.',
  )
}
