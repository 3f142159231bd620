import { describe, expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { makeBackup, restoreBackup } from '../../src/app/backup.ts'
import { readConfig } from '../../src/app/config.ts'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { aBot, openBot, orderOf, tempFolder, until } from '../support/bot.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { textIn, usualName } from '../support/file-store.ts'
import { anS3Server } from '../support/s3-server.ts'
import { ON_POSTGRES } from '../support/test-database.ts'
import { aZip } from '../support/zip.ts'

const NOW = new Date('2026-11-28T12:00:00Z')

function configOf(folder: string, env: Record<string, string> = {}) {
  return readConfig({ ROWBOT_DATA_DIR: folder, ...env })
}

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

/** A folder with a task whose upload has a file. */
async function withFile(env: Record<string, string> = {}) {
  const around = await aBot({ env })
  const { bot, workflow } = around
  const { sha256, size } = await bot.files.put(pieces('an invoice'))
  const files = [{ name: 'a.txt', sha256, size, content: null }]
  const order = orderOf(workflow, 3)
  const { id } = await bot.engine.submit({ ...order, upload: { ...order.upload, files } })
  const path = join(tempFolder(), 'backup.zip')
  return { ...around, id, sha256, path }
}

describe.skipIf(ON_POSTGRES)('A backup', () => {
  test('has the tasks and their files, and goes into an empty folder; without the key, which is kept elsewhere', async () => {
    const { folder, id, sha256, path, bot } = await withFile()
    const made = await makeBackup(configOf(folder), path, { withKeys: false, now: NOW })
    expect(made).toMatchObject({ files: 1, missing: 0, about: { tasks: { pending: 1 } } })
    expect(readdirSync(join(path, '..'))).toEqual(['backup.zip'])

    const target = join(tempFolder(), 'new')
    await restoreBackup(configOf(target), path)
    expect(readdirSync(target).toSorted()).toEqual(['files', 'rowbot.db'])
    const key = readFileSync(join(folder, 'secret.key'), 'utf8').trim()
    const restored = await openBot(target, undefined, { ROWBOT_SECRET_KEY: key })
    expect(await findTask(restored.db, id)).toEqual(await findTask(bot.db, id))
    expect(await textIn(restored.files, sha256)).toBe('an invoice')
  })

  test('with keys has those of the folder', async () => {
    const { folder, path, bot } = await withFile()
    const { token } = await bot.adminToken()
    await makeBackup(configOf(folder), path, { withKeys: true, now: NOW })
    const target = tempFolder()
    await restoreBackup(configOf(target), path)
    expect(await (await openBot(target)).adminToken()).toEqual({ token, from: 'stored' })
    expect(readFileSync(join(target, 'secret.key'))).toEqual(readFileSync(join(folder, 'secret.key')))
  })

  test('says whether the secret key that is there opens it; one that is in the way of its own is refused', async () => {
    const { folder, path } = await withFile({ ROWBOT_ENCRYPT_DATA: 'true' })
    const key = readFileSync(join(folder, 'secret.key'), 'utf8').trim()
    const another = 'another key of more than sixteen letters'
    const restored = async (env: Record<string, string> = {}, target = tempFolder()) =>
      restoreBackup(configOf(target, env), path)
    await makeBackup(configOf(folder), path, { withKeys: false, now: NOW })
    expect(await restored()).toMatchObject({ key: 'missing' })
    expect(await restored({ ROWBOT_SECRET_KEY: key })).toMatchObject({ key: 'opens' })
    expect(await restored({ ROWBOT_SECRET_KEY: another })).toMatchObject({ key: 'other' })
    expect(await restored({ ROWBOT_SECRET_KEY: another, ROWBOT_SECRET_KEY_OLD: key })).toMatchObject({
      key: 'opens',
    })

    unlinkSync(path)
    await makeBackup(configOf(folder), path, { withKeys: true, now: NOW })
    expect(await restored()).toMatchObject({ key: 'opens' })
    const target = tempFolder()
    writeFileSync(join(target, 'secret.key'), another)
    await expect(restored({}, target)).rejects.toThrow('does not open what is in the backup')
    expect(readdirSync(target)).toEqual(['secret.key'])
    await expect(restored({ ROWBOT_SECRET_KEY: another })).rejects.toThrow(
      'The key in ROWBOT_SECRET_KEY does',
    )
  })

  test('has files that are in a bucket, too', async () => {
    const s3 = await anS3Server()
    const env = {
      ROWBOT_BUCKET: 's3://rowbot',
      ROWBOT_BUCKET_ENDPOINT: s3.url,
      ROWBOT_BUCKET_KEY_ID: s3.keyId,
      ROWBOT_BUCKET_SECRET: s3.secret,
    }
    const { folder, path, sha256 } = await withFile(env)
    expect(await makeBackup(configOf(folder, env), path, { withKeys: true, now: NOW })).toMatchObject({
      files: 1,
    })
    const target = tempFolder()
    await restoreBackup(configOf(target), path)
    expect(await textIn((await openBot(target)).files, sha256)).toBe('an invoice')
  })

  test('of an encrypted folder has nothing in the clear, and is read with the key that is kept elsewhere', async () => {
    const on = { ROWBOT_ENCRYPT_DATA: 'true' }
    const { folder, path, sha256 } = await withFile(on)
    expect(await makeBackup(configOf(folder, on), path, { withKeys: false, now: NOW })).toMatchObject({
      files: 1,
      missing: 0,
    })
    // They are not compressed.
    expect(readFileSync(path).includes('an invoice')).toBe(false)
    const target = tempFolder()
    expect(await restoreBackup(configOf(target, on), path)).toMatchObject({ files: 1, missing: 0 })
    const key = readFileSync(join(folder, 'secret.key'), 'utf8').trim()
    const restored = await openBot(target, undefined, { ROWBOT_SECRET_KEY: key })
    expect(await textIn(restored.files, sha256)).toBe('an invoice')
  })

  test('in the middle of a task: rows that ran since are looked up in Dify, and none is paid for twice', async () => {
    const { bot, sandbox, folder, submit, ended } = await aBot({ delayMs: 5 })
    const { id } = await submit(60, { concurrency: 5 })
    bot.startRunner()
    await until(
      () => sandbox.hits().length,
      (count) => count > 15,
    )
    const path = join(tempFolder(), 'backup.zip')
    await makeBackup(configOf(folder), path, { withKeys: true, now: NOW })
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 60 } })
    await bot.close()

    const target = tempFolder()
    await restoreBackup(configOf(target), path)
    const restored = await openBot(target)
    const before = await findTask(restored.db, id)
    expect(before?.counts.succeeded).toBeGreaterThan(0)
    expect(before?.counts.succeeded).toBeLessThan(60)
    restored.startRunner()
    const after = await until(
      () => findTask(restored.db, id),
      (task) => task?.status === 'completed',
    )
    expect(after?.counts).toMatchObject({ succeeded: 60, failed: 0 })
    expect(sandbox.hits()).toHaveLength(60)
    for await (const rows of resultRows(restored.db, id))
      for (const { row, outputs } of rows) expect(outputs?.['title']).toContain(`Kettle ${row} –`)
  })

  test('of a database without one says so, and never replaces a file', async () => {
    const { folder, path } = await withFile()
    const make = (from: string) => makeBackup(configOf(from), path, { withKeys: false, now: NOW })
    await expect(make(tempFolder())).rejects.toThrow('There is no database in')
    writeFileSync(path, 'somebody’s own')
    await expect(make(folder)).rejects.toThrow('There is a file')
    expect(readFileSync(path, 'utf8')).toBe('somebody’s own')
    const postgres = { ...configOf(folder), databaseUrl: 'postgres://x/y' }
    await expect(makeBackup(postgres, path, { withKeys: false, now: NOW })).rejects.toThrow('is Postgres')
  })

  test('says how many files are no longer kept', async () => {
    const { folder, path, sha256 } = await withFile()
    await Bun.file(join(folder, 'files', sha256.slice(0, 2), usualName(sha256))).delete()
    expect(await makeBackup(configOf(folder), path, { withKeys: false, now: NOW })).toMatchObject({
      files: 0,
      missing: 1,
    })
    expect(await restoreBackup(configOf(tempFolder()), path)).toMatchObject({ files: 0, missing: 1 })
  })
})

describe.skipIf(ON_POSTGRES)('Restoring', () => {
  async function made() {
    const around = await withFile()
    await makeBackup(configOf(around.folder), around.path, { withKeys: true, now: NOW })
    return around
  }

  test('never replaces a database, nor what one has left beside it', async () => {
    const { folder, path } = await made()
    await expect(restoreBackup(configOf(folder), path)).rejects.toThrow('There is a database')
    const target = tempFolder()
    writeFileSync(join(target, 'rowbot.db-wal'), 'of another')
    await expect(restoreBackup(configOf(target), path)).rejects.toThrow('There is a database')
    expect(readdirSync(target)).toEqual(['rowbot.db-wal'])
  })

  test.each<[string, (bytes: Buffer) => Uint8Array | Promise<Uint8Array>]>([
    ['is cut short', (bytes) => bytes.subarray(0, bytes.length / 2)],
    [
      'has another byte',
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, 5_000),
          Buffer.from([(bytes[5_000] ?? 0) ^ 1]),
          bytes.subarray(5_001),
        ]),
    ],
    ['is no ZIP', () => Buffer.from('nothing')],
    ['has a file that no backup has', () => aZip([{ name: 'etc/cron.d/x', bytes: Buffer.from('x') }])],
    ['has no database', () => aZip([{ name: 'backup.json', bytes: Buffer.from('{}') }])],
  ])('leaves the folder as it was if the backup %s', async (_, spoil) => {
    const { path } = await made()
    writeFileSync(path, await spoil(readFileSync(path)))
    const target = tempFolder()
    writeFileSync(join(target, 'secret.key'), 'a key of sixteen chars')
    await expect(restoreBackup(configOf(target), path)).rejects.toThrow(
      'is damaged, or is no backup of Rowbot',
    )
    expect(readdirSync(target)).toEqual(['secret.key'])
  })

  test('refuses a backup of a newer Rowbot', async () => {
    const { bot, folder } = await withFile()
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '')`.execute(bot.db)
    const path = join(tempFolder(), 'newer.zip')
    await makeBackup(configOf(folder), path, { withKeys: false, now: NOW })
    const target = tempFolder()
    await expect(restoreBackup(configOf(target), path)).rejects.toThrow('does not know 9999-later')
    expect(existsSync(join(target, 'rowbot.db'))).toBe(false)
  })
})
