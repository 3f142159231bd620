import type { Selectable } from 'kysely'
import { inEnglish, readSentence, type Sentence, storedSentence } from '../../engine/sentence.ts'
import type { App } from '../../engine/workflow.ts'
import { toText } from '../json.ts'
import type { Db, Trx, WorkflowTable } from '../schema.ts'

/** What Dify last said of an app, besides what is stored of it. */
export interface AppCheck {
  /** when it was last asked; ms since 1970; null: not known */
  checkedAt: number | null
  /** as it described the app then, if that was only a check; undefined: as it is stored */
  found: App | undefined
  /** why it did not answer then; undefined: it did */
  error: Sentence | undefined
  /** the published version that rows last ran with, by Dify’s id, and when one of them was first sent; null: none has run */
  version: string | null
  versionAt: number | null
  /** the version that was the last one when the app was last synced */
  versionSynced: string | null
}

export async function findAppCheck(db: Db | Trx, id: string): Promise<AppCheck | undefined> {
  const row = await checks(db).where('id', '=', id).executeTakeFirst()
  return row && toAppCheck(row)
}

/** By workflow id. */
export async function listAppChecks(db: Db): Promise<Map<string, AppCheck>> {
  const rows = await checks(db).execute()
  return new Map(rows.map((row) => [row.id, toAppCheck(row)]))
}

/** Dify has described the app. @param isSame it is as it is stored here */
export async function noteDescribed(
  trx: Trx,
  id: string,
  { app, isSame, now }: { app: App; isSame: boolean; now: number },
): Promise<void> {
  await trx
    .updateTable('workflows')
    .set((eb) => ({
      checked_at: now,
      checked_app: isSame ? null : toText(app),
      check_error: null,
      check_error_sentence: null,
      ...(isSame && { version_synced: eb.ref('version') }),
    }))
    .where('id', '=', id)
    .execute()
}

/** Dify did not describe it. What it said before is still the last that is known. */
export async function noteNotDescribed(
  db: Db,
  id: string,
  { error, now }: { error: Sentence; now: number },
): Promise<void> {
  await db
    .updateTable('workflows')
    .set({ checked_at: now, check_error: inEnglish(error), check_error_sentence: storedSentence(error) })
    .where('id', '=', id)
    .execute()
}

function checks(db: Db | Trx) {
  return db
    .selectFrom('workflows')
    .select([
      'id',
      'checked_at',
      'checked_app',
      'check_error',
      'check_error_sentence',
      'version',
      'version_at',
      'version_synced',
    ])
}

type CheckColumns =
  | 'checked_at'
  | 'checked_app'
  | 'check_error'
  | 'check_error_sentence'
  | 'version'
  | 'version_at'
  | 'version_synced'

function toAppCheck(row: Pick<Selectable<WorkflowTable>, CheckColumns>): AppCheck {
  return {
    checkedAt: row.checked_at,
    // Written by noteDescribed, from an App.
    found: row.checked_app === null ? undefined : (JSON.parse(row.checked_app) as App),
    error: row.check_error === null ? undefined : readSentence(row.check_error_sentence, row.check_error),
    version: row.version,
    versionAt: row.version_at,
    versionSynced: row.version_synced,
  }
}
