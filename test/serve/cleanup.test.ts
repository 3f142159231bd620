import { expect, test } from 'bun:test'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { deleteTask, stopTask } from '../../src/app/tasks.ts'
import type { FileStore } from '../../src/files/file-store.ts'
import { startCleanup, cleanUp, sweepFiles } from '../../src/serve/cleanup.ts'
import { reserveKey } from '../../src/db/tasks/idempotency.ts'
import { FolderHome } from '../../src/files/folder-home.ts'
import { aFolderStore, usualName } from '../support/file-store.ts'
import { ON_POSTGRES } from '../support/test-database.ts'
import { aBot, orderOf, SETUP, until } from '../support/bot.ts'
import { aWizard, asker, SAMPLE, Visit } from '../wizard/support/cast.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const ON_PAGE = asker('Mei', {
  person: { platform: 'web', team: '', id: 'Mei', name: 'Mei', roles: [] },
  place: { platform: 'web', team: '', channel: '' },
})
const LOG = { info() {}, warn() {}, error() {} }

test('uploads of the page are freed after a day and keys after a week; a chat’s drafts are its own to end', async () => {
  const { wizard, db, clock, options } = await aWizard()
  const { files } = options
  await wizard.direct.upload(ON_PAGE, SAMPLE, {})
  const inChat = await new Visit(wizard).send()
  await reserveKey(db, { key: 'old', fingerprint: 'x', draftId: 'y', now: clock.now() })
  const closing = new AbortController()
  const uploads = async () => (await db.selectFrom('uploads').select('id').execute()).length
  const keys = async () => (await db.selectFrom('idempotency_keys').select('key').execute()).length

  await clock.pass(DAY_MS - 60_000)
  startCleanup({ db, wizard, clock, files, log: LOG }, closing.signal)
  // Both halves of it are done, and wait for their next time.
  const isDone = () =>
    until(
      () => clock.alarms,
      (alarms) => alarms === 2,
    )
  await isDone()
  expect(await uploads()).toBe(2)
  for (let i = 0; i < 3; i++) {
    await clock.pass(60_000)
    await isDone()
  }
  expect(await uploads()).toBe(1)
  const [expired] = await wizard.expire('slack')
  expect(expired?.draft.id).toBe(inChat.draftId)

  expect(await keys()).toBe(1)
  closing.abort()
  expect(clock.alarms).toBe(0)
  await clock.pass(7 * DAY_MS)
  await cleanUp({ db, wizard, clock, log: LOG })
  expect(await keys()).toBe(0)
})

test('a clock that is set forth while Rowbot runs makes nothing old; a machine that slept does', async () => {
  const { wizard, db, clock, options } = await aWizard()
  const keys = () => db.selectFrom('idempotency_keys').select('key').execute()
  await reserveKey(db, { key: 'a', fingerprint: 'x', draftId: 'y', now: clock.now() })
  const closing = new AbortController()
  startCleanup({ db, wizard, clock, files: options.files, log: LOG }, closing.signal)
  const cleaned = async () => {
    await clock.pass(60_000)
    await until(
      () => clock.alarms,
      (alarms) => alarms === 2,
    )
  }
  clock.jump(400 * DAY_MS)
  await cleaned()
  expect(await keys()).toHaveLength(1)
  clock.jump(-400 * DAY_MS)
  clock.sleep(8 * DAY_MS)
  await cleaned()
  expect(await keys()).toEqual([])
  closing.abort()
})

test('rows of a task that was never written to its end are removed after a while', async () => {
  const { wizard, db, clock } = await aWizard()
  await db.insertInto('submissions').values({ task_id: 'dead', written_at: clock.now() }).execute()
  await cleanUp({ db, wizard, clock, log: LOG })
  expect(await db.selectFrom('submissions').selectAll().execute()).toHaveLength(1)
  await clock.pass(60_001)
  await cleanUp({ db, wizard, clock, log: LOG })
  expect(await db.selectFrom('submissions').selectAll().execute()).toEqual([])
})

/** A stored file that is as old as that. */
async function aStoredFile({ files, age }: { files: FileStore; age: Ageing }, text: string, at: number) {
  const bytes = async function* () {
    yield Buffer.from(text)
  }
  const { sha256, size } = await files.put(bytes())
  await age(sha256, at)
  return { sha256, given: { name: `${text}.txt`, sha256, size, content: null } }
}

/** Makes a stored file as old as that. */
type Ageing = (sha256: string, at: number) => Promise<unknown>

function ageIn(folder: string): Ageing {
  const home = new FolderHome(folder)
  return (sha256, at) => utimes(home.path(usualName(sha256)), new Date(at), new Date(at))
}

test('files that no upload has are deleted at the start and each hour, once they are older than an hour', async () => {
  const { wizard, db, clock } = await aWizard()
  const { store: files, folder } = aFolderStore()
  const stored = { files, age: ageIn(folder) }
  const isKept = async ({ sha256 }: { sha256: string }) => (await files.open(sha256)) !== undefined
  const old = () => clock.now() - HOUR_MS - 1_000
  const [first, fresh] = await Promise.all([
    aStoredFile(stored, 'first', old()),
    aStoredFile(stored, 'fresh', clock.now()),
  ])
  const closing = new AbortController()
  startCleanup({ db, wizard, clock, files, log: LOG }, closing.signal)
  const isWaiting = () =>
    until(
      () => clock.alarms,
      (alarms) => alarms === 2,
    )
  await isWaiting()
  expect([await isKept(first), await isKept(fresh)]).toEqual([false, true])

  const second = await aStoredFile(stored, 'second', old())
  await clock.pass(HOUR_MS - 1)
  await isWaiting()
  expect(await isKept(second)).toBe(true)
  await clock.pass(1)
  await until(
    () => isKept(second),
    (isThere) => !isThere,
  )
  closing.abort()
})

test('the files of a deleted task go with it, but not those that another task has, too', async () => {
  const { bot, workflow } = await aBot()
  const at = Date.now() - 2 * HOUR_MS
  const inDatabase: Ageing = (sha256, stored_at) =>
    bot.db.updateTable('stored_files').set({ stored_at }).where('sha256', '=', usualName(sha256)).execute()
  const stored = {
    files: bot.files,
    age: ON_POSTGRES ? inDatabase : ageIn(join(bot.config.dataDir, 'files')),
  }
  const [own, shared] = await Promise.all([aStoredFile(stored, 'own', at), aStoredFile(stored, 'shared', at)])
  const submitted = async (...files: (typeof own)[]) => {
    const order = orderOf(workflow, 1)
    const bytes = new Uint8Array([1])
    const upload = { fileName: 'a.csv', bytes, files: files.map(({ given }) => given) }
    return bot.engine.submit({ ...order, upload })
  }
  const first = await submitted(own, shared)
  const second = await submitted(shared)
  const there = async () => {
    await sweepFiles(bot)
    return Promise.all([own, shared].map(async ({ sha256 }) => (await bot.files.open(sha256)) !== undefined))
  }
  expect(await there()).toEqual([true, true])
  for (const { id } of [first, second]) await stopTask(bot, SETUP, id)
  await deleteTask(bot, SETUP, first.id)
  expect(await there()).toEqual([false, true])
  await deleteTask(bot, SETUP, second.id)
  expect(await there()).toEqual([false, false])
})
