import type { ExpressionBuilder } from 'kysely'
import type { Clock } from '../engine/clock.ts'
import {
  FilesAway,
  type FileHome,
  type FileToKeep,
  handedOn,
  type KeptName,
  requireName,
} from '../engine/files.ts'
import { say } from '../engine/sentence.ts'
import { DatabaseAway } from './away.ts'
import type { Db, Schema } from './schema.ts'

/** Of every file, so that two that store the same file at once write the same chunks. */
const CHUNK_BYTES = 2 ** 20
const SWEPT_AT_ONCE = 1_000

/** Files in the database, in chunks of 1 MB, so that none is ever in memory as a whole. */
export function createDatabaseHome(db: Db, clock: Clock): FileHome {
  return {
    keep: (file) => away(() => insertFile(db, file, () => clock.now())),

    async open(name, most = Number.POSITIVE_INFINITY) {
      const chunks = await away(() => countChunks(db, name))
      if (chunks === undefined) return undefined
      return chunksOf(db, name, Math.min(chunks, Math.ceil(most / CHUNK_BYTES)))
    },

    async *list() {
      for (let after = ''; ;) {
        const names = await away(() => listFiles(db, after))
        yield* names
        if (names.length < SWEPT_AT_ONCE) return
        after = names.at(-1) ?? ''
      }
    },

    delete: (name) => away(() => deleteWithChunks(db, name)),

    async sweep(used, before) {
      for (let after = ''; ;) {
        const old = await listOldFiles(db, after, before)
        const stay = old.length === 0 ? new Set() : await used(old)
        for (const name of old) if (!stay.has(name)) await deleteFile(db, name, before)
        if (old.length < SWEPT_AT_ONCE) break
        after = old.at(-1) ?? ''
      }
      await deleteUnfinished(db, before)
    },
  }
}

/** That the database is away is told as what it means here. */
async function away<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (fault) {
    if (!(fault instanceof DatabaseAway)) throw fault
    throw new FilesAway(say('database-unreachable'), fault)
  }
}

async function insertFile(
  db: Db,
  { path, name: sha256, size }: FileToKeep,
  now: () => number,
): Promise<void> {
  requireName(sha256)
  if (await renewed(db, sha256, now())) return
  const chunks = Math.ceil(size / CHUNK_BYTES)
  const file = Bun.file(path)
  for (let position = 0; position < chunks; position++) {
    const from = position * CHUNK_BYTES
    const bytes = await file.slice(from, from + CHUNK_BYTES).bytes()
    await insertChunk(db, { sha256, position, bytes, stored_at: now() })
  }
  const stored_at = now()
  await db
    .insertInto('stored_files')
    .values({ sha256, size, chunks, stored_at })
    .onConflict((conflict) => conflict.column('sha256').doUpdateSet({ stored_at }))
    .execute()
}

async function countChunks(db: Db, sha256: KeptName): Promise<number | undefined> {
  requireName(sha256)
  const found = await db
    .selectFrom('stored_files')
    .select('chunks')
    .where('sha256', '=', sha256)
    .executeTakeFirst()
  return found?.chunks
}

/** True if the file is there. It is new again then, so that nobody sweeps it before it is referred to. */
async function renewed(db: Db, sha256: KeptName, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('stored_files')
    .set({ stored_at: now })
    .where('sha256', '=', sha256)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** A chunk that is there stays as it is, but is new again. */
async function insertChunk(
  db: Db,
  chunk: { sha256: string; position: number; bytes: Uint8Array; stored_at: number },
): Promise<void> {
  await db
    .insertInto('stored_file_chunks')
    .values(chunk)
    .onConflict((conflict) =>
      conflict.columns(['sha256', 'position']).doUpdateSet({ stored_at: chunk.stored_at }),
    )
    .execute()
}

async function* chunksOf(db: Db, sha256: KeptName, chunks: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < chunks; position++) {
    const { bytes } = await away(() =>
      db
        .selectFrom('stored_file_chunks')
        .select('bytes')
        .where('sha256', '=', sha256)
        .where('position', '=', position)
        .executeTakeFirstOrThrow(),
    )
    yield bytes
    handedOn(bytes.byteLength)
  }
}

async function listOldFiles(db: Db, after: string, before: number): Promise<string[]> {
  const rows = await db
    .selectFrom('stored_files')
    .select('sha256')
    .where('sha256', '>', after)
    .where('stored_at', '<', before)
    .orderBy('sha256')
    .limit(SWEPT_AT_ONCE)
    .execute()
  return rows.map(({ sha256 }) => sha256)
}

async function listFiles(db: Db, after: KeptName): Promise<KeptName[]> {
  const rows = await db
    .selectFrom('stored_files')
    .select('sha256')
    .where('sha256', '>', after)
    .orderBy('sha256')
    .limit(SWEPT_AT_ONCE)
    .execute()
  return rows.map(({ sha256 }) => sha256)
}

/** A few chunks at a time: see DELETED_AT_ONCE. */
async function deleteWithChunks(db: Db, sha256: KeptName): Promise<void> {
  const file = await db
    .deleteFrom('stored_files')
    .where('sha256', '=', sha256)
    .returning(['chunks', 'stored_at'])
    .executeTakeFirst()
  if (!file) return
  for (let to = 0; to < file.chunks;) {
    to += DELETED_AT_ONCE
    await db
      .deleteFrom('stored_file_chunks')
      .where('sha256', '=', sha256)
      .where('position', '<', to)
      // Somebody may be storing it anew.
      .where('stored_at', '<=', file.stored_at)
      .where(hasNoFile)
      .execute()
  }
}

/** Unless it has been stored anew meanwhile. */
async function deleteFile(db: Db, sha256: KeptName, before: number): Promise<void> {
  await db.deleteFrom('stored_files').where('sha256', '=', sha256).where('stored_at', '<', before).execute()
}

/** Chunks without a file: of those that were deleted, and what a killed process has left half-written. */
async function deleteUnfinished(db: Db, before: number): Promise<void> {
  for (;;) {
    const chunks = await db
      .selectFrom('stored_file_chunks')
      .select(['sha256', 'position'])
      .where('stored_at', '<', before)
      .where(hasNoFile)
      .limit(DELETED_AT_ONCE)
      .execute()
    if (chunks.length === 0) return
    for (const [sha256, some] of Map.groupBy(chunks, (chunk) => chunk.sha256))
      await db
        .deleteFrom('stored_file_chunks')
        .where('sha256', '=', sha256)
        .where(
          'position',
          'in',
          some.map(({ position }) => position),
        )
        // Asked once more: somebody may be storing the file anew.
        .where('stored_at', '<', before)
        .where(hasNoFile)
        .execute()
  }
}

/** A statement that deletes gigabytes would take longer than a connection waits. */
const DELETED_AT_ONCE = 64

function hasNoFile(eb: ExpressionBuilder<Schema, 'stored_file_chunks'>) {
  const file = eb
    .selectFrom('stored_files')
    .select('stored_files.sha256')
    .whereRef('stored_files.sha256', '=', 'stored_file_chunks.sha256')
  return eb.not(eb.exists(file))
}
