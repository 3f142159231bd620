import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { encryptData } from '../../src/app/encrypt-data.ts'
import { writeResultZip } from '../../src/app/result-files.ts'
import { writeTaskResult } from '../../src/app/results.ts'
import { findUpload } from '../../src/db/drafts/uploads.ts'
import { listOutputFiles } from '../../src/db/rows/output-files.ts'
import { findResultRow } from '../../src/db/rows/result-rows.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { input } from '../../src/dify/sandbox/app.ts'
import { SAMPLE_APPS } from '../../src/dify/sandbox/apps/all.ts'
import type { Inputs } from '../../src/engine/task.ts'
import { gather } from '../../src/files/gather.ts'
import { aBot, openBot, QUICK, SETUP, tempFolder, until, withWorkflow } from '../support/bot.ts'
import { textIn } from '../support/file-store.ts'
import { filesInZip } from '../support/files-in-zip.ts'
import { anS3Server } from '../support/s3-server.ts'
import { borrowDatabase, ON_POSTGRES } from '../support/test-database.ts'
import { aZip } from '../support/zip.ts'

const ON = { ROWBOT_ENCRYPT_DATA: 'true' }
const OFF = { ROWBOT_ENCRYPT_DATA: 'false' }
const CANARY = 'Xylophon-Geheimnis'
const KEY = 'app-reads-and-writes'

/** Reads the letter of its row, and writes an answer to it. */
const APP = {
  name: 'Letters',
  key: KEY,
  mode: 'workflow' as const,
  description: '',
  form: [
    input('text-input', 'name', 'Name'),
    input('file', 'letter', 'Letter', {
      allowed_file_types: ['document'],
      allowed_file_upload_methods: ['local_file'],
    }),
  ],
  delayMs: 0,
  work: (
    inputs: Record<string, unknown>,
    _query: string,
    _files: unknown,
    appFiles: {
      read(id: string): { bytes?: Uint8Array } | undefined
      make(name: string, type: string, bytes: Uint8Array): Record<string, unknown>
    },
  ) => {
    const { upload_file_id: id } = inputs['letter'] as { upload_file_id: string } // as Rowbot sends it
    const letter = Buffer.from(appFiles.read(id)?.bytes ?? []).toString()
    const answer = appFiles.make('answer.txt', 'text/plain', Buffer.from(`Answer to: ${letter}`))
    return { outputs: { answer }, text: '' }
  },
}

interface Place {
  env: Record<string, string>
  /** everything that is kept outside of the data folder */
  outside?: (bot: Rowbot) => Promise<string> | string
}

const PLACES: Record<string, () => Promise<Place>> = {
  'the data folder': () => Promise.resolve({ env: {} }),
  'a bucket': async () => {
    const s3 = await anS3Server()
    const env = {
      ROWBOT_BUCKET: 's3://rowbot',
      ROWBOT_BUCKET_ENDPOINT: s3.url,
      ROWBOT_BUCKET_KEY_ID: s3.keyId,
      ROWBOT_BUCKET_SECRET: s3.secret,
    }
    const outside = () =>
      [...(s3.buckets.get('rowbot')?.entries() ?? [])]
        .map(([key, { bytes }]) => key + Buffer.from(bytes).toString('latin1'))
        .join('\n')
    return { env, outside }
  },
  'a Postgres': async () => {
    const { url } = await borrowDatabase()
    return { env: { DATABASE_URL: url }, outside: ({ db }) => everythingIn(db) }
  },
}

/** All columns of all tables, and the bytes in them. */
async function everythingIn(db: Rowbot['db']): Promise<string> {
  const tables = await db.introspection.getTables()
  const found: string[] = []
  for (const { name, schema = 'public' } of tables) {
    // Not by a query of ours: what comes that way is decrypted.
    const { rows } = await sql<{ bytes: Uint8Array }>`
      select convert_to(t::text, 'UTF8') as bytes from ${sql.id(schema, name)} as t`.execute(db)
    const texts = rows.map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
    // Bytes are in hex there.
    found.push(...texts, ...texts.flatMap((text) => [...text.matchAll(/\\x([0-9a-f]{32,})/g)].map(latinOf)))
  }
  return found.join('\n')
}

function latinOf(match: RegExpMatchArray): string {
  return Buffer.from(match[1] ?? '', 'hex').toString('latin1')
}

function bytesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n')
}

/** Letters with the canary, in a ZIP, and a workbook that names them: a task that waits. */
async function submitted(env: Record<string, string>) {
  const cast = await aBot({ env, apps: [...SAMPLE_APPS, APP] })
  const { bot, sandbox } = cast
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: KEY })
  const names = ['a.txt', 'b.txt', 'large.txt']
  const textOf = (name: string) => `${CANARY} in ${name}. `.repeat(name === 'large.txt' ? 60_000 : 1)
  const zip = await aZip(names.map((name) => ({ name, bytes: Buffer.from(textOf(name)) })))
  const sheet = Buffer.from(`Name,Letter\n${names.map((name) => `${CANARY},${name}`).join('\n')}\n`)
  const sent = { 'letters.csv': sheet, 'letters.zip': zip }
  const upload = await gather(
    Object.entries(sent).map(([name, bytes]) => ({ name, open: async () => inOne(bytes) })),
    { store: bot.files, limits: bot.config.limits, words: { file: 'File', type: 'Type', size: 'Size' } },
  )
  const rows = names.map((name, i) => {
    const file = upload.files?.find((one) => one.name === name)
    if (!file) throw new Error(`${name} has not arrived`)
    const { sha256, size } = file
    const inputs: Inputs = {
      name: CANARY,
      letter: { type: 'document', transfer_method: 'local_file', name, sha256, size },
    }
    return { row: i + 2, cells: [CANARY, name], inputs }
  })
  const { id } = await bot.engine.submit({
    parameters: { name: 'letters', concurrency: 3 },
    workflow,
    upload: { fileName: upload.name, bytes: upload.bytes, files: upload.files ?? [] },
    sheet: '',
    headings: ['Name', 'Letter'],
    rows,
    leftOut: [],
    owner: 'Mei',
  })
  return { ...cast, id, names, textOf, sheet, sent: upload.files ?? [] }
}

/** The same, run to the end, with an answer to each. */
async function letters(env: Record<string, string>) {
  const cast = await submitted(env)
  const { bot, id } = cast
  bot.startRunner()
  const task = await cast.ended(id)
  await until(
    () => listOutputFiles(bot.db, id),
    (files) => files.length === 3 && files.every(({ status }) => status === 'fetched'),
  )
  return { ...cast, task }
}

async function* inOne(bytes: Uint8Array) {
  yield bytes
}

describe.each(Object.entries(PLACES))('With files in %s', (place, make) => {
  test.skipIf(ON_POSTGRES && place === 'the data folder')(
    'a whole task with files in and out leaves nothing of them in the clear',
    async () => {
      const { env, outside } = await make()
      const { bot, folder, id, task, names, textOf, sheet, sent } = await letters({ ...env, ...ON })
      expect(task.counts.succeeded).toBe(3)
      const kept = bytesIn(folder) + ((await outside?.(bot)) ?? '')
      expect(kept).not.toContain(CANARY)
      expect(kept).toContain('RBSEALED1')

      // All of it is there for whoever may see it.
      for (const { name, sha256 } of sent) expect(await textIn(bot.files, sha256)).toBe(textOf(name))
      expect(Buffer.from((await findUpload(bot.db, task.uploadId))?.bytes ?? []).equals(sheet)).toBe(true)
      const results = tempFolder()
      await writeTaskResult(bot.db, task, 'Letters', {
        path: join(results, 'result.csv'),
        format: 'csv',
        limits: bot.config.limits,
      })
      expect(readFileSync(join(results, 'result.csv'), 'utf8').split(CANARY)).toHaveLength(4)
      await writeResultZip(bot.db, bot.files, id, join(results, 'files.zip'))
      const zipped = await filesInZip(join(results, 'files.zip'))
      const answers = [...zipped.values()].map((bytes) => bytes.toString())
      expect(answers.toSorted()).toEqual(names.map((name) => `Answer to: ${textOf(name)}`).toSorted())
    },
    30_000,
  )

  test.skipIf(ON_POSTGRES && place !== 'a Postgres')(
    'those from before the setting was on are found by the same search, until `encrypt` has encrypted them',
    async () => {
      const { env, outside } = await make()
      const { bot, folder, id, sent, textOf } = await letters({ ...env, ...OFF })
      expect((await outside?.(bot)) ?? bytesIn(folder)).toContain(CANARY)
      const on = await openBot(folder, QUICK, { ...env, ...ON })
      const done = await encryptData(on, SETUP, () => {})
      expect(done).toMatchObject({ files: 7, left: [], damaged: [] })
      if (place === 'a Postgres') await sql`vacuum full`.execute(bot.db)
      if (outside) expect(await outside(bot)).not.toContain(CANARY)
      else expect(bytesIn(join(folder, 'files'))).not.toContain(CANARY)
      // The process with the setting off reads them, too.
      for (const store of [bot.files, on.files])
        for (const { name, sha256 } of sent) expect(await textIn(store, sha256)).toBe(textOf(name))
      const task = await findTask(bot.db, id)
      expect((await findUpload(bot.db, task?.uploadId ?? ''))?.bytes.byteLength).toBeGreaterThan(10)
      expect((await encryptData(on, SETUP, () => {})).files).toBe(0)
    },
    30_000,
  )
})

test('a file that was changed where it is kept fails its row, by name, and no other row', async () => {
  const { bot, folder, id, ended, sent } = await submitted({ ...ON, DATABASE_URL: '' })
  const victim = sent.find(({ name }) => name === 'b.txt')
  const path = join(folder, 'files', victim?.sha256.slice(0, 2) ?? '', `${victim?.sha256}.encrypted`)
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60)
  await Bun.write(path, bytes)
  bot.startRunner()
  expect((await ended(id)).counts).toMatchObject({ succeeded: 2, failed: 1 })
  const row = await findResultRow(bot.db, id, 3)
  expect(JSON.stringify(row)).toContain('file-damaged')
})
