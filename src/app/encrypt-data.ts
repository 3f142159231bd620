import { listClearColumns, listEncryptedColumns } from '../db/sealed/in-the-clear.ts'
import type { Sealing } from '../db/sealed/data-key.ts'
import { rewriteTexts } from '../db/sealed/rewrite.ts'
import { noteSealedState } from '../db/sealed/state.ts'
import { convertUploads, countUploadsIn } from '../db/drafts/encrypted-uploads.ts'
import type { Db } from '../db/schema.ts'
import type { Clock } from '../engine/clock.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { convertFiles, countOtherForm } from '../files/convert-files.ts'
import type { FileStore } from '../files/file-store.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audit, type AuditApp } from './audit.ts'
import { SharedTurns } from './shared-turns.ts'

export interface RewritingApp extends AuditApp {
  db: Db
  clock: Pick<Clock, 'now' | 'after'>
  sealing: Sealing
  files: FileStore
}

/** How much was written anew so far. */
export interface RewritingProgress {
  /** a table, or another kind of thing */
  of: string
  done: number
}

export interface Rewritten {
  /** rows of the database */
  rows: number
  /** files wherever they are kept, and workbooks in the database */
  files: number
  /** what is still not as it should be: columns of tables, and files. Another process has another setting */
  left: string[]
  /** hashes of files and ids of uploads that stay as they are: their bytes are not what was kept */
  damaged: string[]
}

/**
 * Encrypts what is in the clear from before the setting was on, while others read and write. If it is interrupted, the
 * next call goes on.
 * @throws NotAllowed, UserError if the setting is off
 */
export async function encryptData(
  app: RewritingApp,
  actor: Actor,
  onProgress: (progress: RewritingProgress) => void,
): Promise<Rewritten> {
  if (!app.sealing.isOn) throw new UserError(say('encryption-off'), say('do-set-encryption-on'))
  return inTurn(app, actor, onProgress)
}

/** The way back. @throws NotAllowed, UserError if the setting is on */
export async function decryptData(
  app: RewritingApp,
  actor: Actor,
  onProgress: (progress: RewritingProgress) => void,
): Promise<Rewritten> {
  if (app.sealing.isOn) throw new UserError(say('encryption-on'), say('do-set-encryption-off'))
  return inTurn(app, actor, onProgress)
}

/**
 * One after another on all machines: each writes its form of a file before it deletes the other, so that `encrypt` here and
 * `decrypt` there at the same time would delete both.
 */
async function inTurn(
  app: RewritingApp,
  actor: Actor,
  onProgress: (progress: RewritingProgress) => void,
): Promise<Rewritten> {
  requireAdmin(actor)
  return new SharedTurns(app.db, app.clock).run('encrypt', (isOurs) =>
    rewrite(app, actor, { onProgress, isOurs }),
  )
}

/** First the rows, then everything else that is as the setting was. */
async function rewrite(
  app: RewritingApp,
  actor: Actor,
  {
    onProgress,
    isOurs,
  }: { onProgress: (progress: RewritingProgress) => void; isOurs: () => Promise<boolean> },
): Promise<Rewritten> {
  const { db, sealing } = app
  const rows = await rewriteTexts(db, ({ table, rows: done }) => onProgress({ of: table, done }))
  let files = 0
  const onFile = (of: string) => () => onProgress({ of, done: ++files })
  const uploads = await convertUploads(db, sealing.isOn ? 'encrypted' : 'plain', onFile('uploads'))
  const { damaged } = await convertFiles(app.files, onFile('files'), isOurs)
  const action = sealing.isOn ? 'data.encrypt' : 'data.decrypt'
  if (rows + files > 0) await audit(app, actor, { action, details: { rows, files } })
  const left = await listLeft(app)
  if (left.length === 0 && (await sealing.keys()) !== undefined)
    await noteSealedState(db, sealing.isOn ? 'all' : 'none')
  return { rows, files, left, damaged: [...uploads, ...damaged] }
}

async function listLeft({ db, sealing, files }: RewritingApp): Promise<string[]> {
  const left = sealing.isOn ? await listClearColumns(db) : await listEncryptedColumns(db)
  if ((await countUploadsIn(db, sealing.isOn ? 'plain' : 'encrypted')) > 0) left.push('uploads.bytes')
  if ((await countOtherForm(files, 1)) > 0) left.push('files')
  return left
}
