import { expect, test } from 'bun:test'
import { decryptData, encryptData } from '../../src/app/encrypt-data.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { listClearColumns, listEncryptedColumns } from '../../src/db/sealed/in-the-clear.ts'
import { findSealedState } from '../../src/db/sealed/state.ts'
import { rewriteTexts } from '../../src/db/sealed/rewrite.ts'
import { listMappings, saveMapping } from '../../src/db/workflows/mappings.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { aBot, openBot, orderOf, QUICK, SETUP } from '../support/bot.ts'

const ON = { ROWBOT_ENCRYPT_DATA: 'true' }
const OFF = { ROWBOT_ENCRYPT_DATA: 'false' }
const quiet = () => {}

/** A task of some hundred rows from before the setting was on. */
async function anOldTask(rows = 230) {
  const cast = await aBot({ env: OFF, limit: 10 })
  const { id } = await cast.bot.engine.submit(orderOf(cast.workflow, rows, { concurrency: 10 }))
  cast.bot.startRunner()
  await cast.ended(id)
  await cast.bot.stopRunner(1_000)
  const open = (env: Record<string, string>) => openBot(cast.folder, QUICK, env)
  return { ...cast, id, open }
}

async function resultOf(bot: Rowbot, id: string) {
  const all = []
  for await (const rows of resultRows(bot.db, id)) all.push(...rows)
  return all
}

test('what is from before the setting was on is encrypted, and reads as before; and the way back', async () => {
  const { bot, id, open } = await anOldTask()
  const before = await resultOf(bot, id)
  await expect(encryptData(bot, SETUP, quiet)).rejects.toThrow('is off')
  const on = await open(ON)
  expect(await findSealedState(on.db)).toBe('partly')
  const told: number[] = []
  const encrypted = await encryptData(on, SETUP, ({ done }) => told.push(done))
  expect(encrypted.left).toEqual([])
  expect(encrypted.rows).toBeGreaterThan(230 * 3) // rows, runs, log
  expect(told).toContain(encrypted.rows)
  expect(encrypted.files).toBe(1) // its workbook
  expect(await listClearColumns(on.db)).toEqual([])
  expect(await findSealedState(on.db)).toBe('all')
  expect(await resultOf(on, id)).toEqual(before)
  // A second time there is nothing but the line in the audit, which was encrypted as it was written.
  expect(await encryptData(on, SETUP, quiet)).toEqual({ rows: 0, files: 0, left: [], damaged: [] })
  await expect(decryptData(on, SETUP, quiet)).rejects.toThrow('is on')

  const off = await open(OFF)
  expect(await findSealedState(off.db)).toBe('partly')
  const decrypted = await decryptData(off, SETUP, quiet)
  expect(decrypted.left).toEqual([])
  expect(await listEncryptedColumns(off.db)).toEqual([])
  expect(await findSealedState(off.db)).toBe('none')
  expect(await resultOf(off, id)).toEqual(before)
  expect((await listAudit(off.db)).entries.map(({ action }) => action)).toContain('data.encrypt')
})

test('it goes on where it was cut off', async () => {
  const { bot, id, open } = await anOldTask()
  const before = await resultOf(bot, id)
  const on = await open(ON)
  const cut = (rows: number) => {
    if (rows > 150) throw new Error('the process dies')
  }
  await expect(rewriteTexts(on.db, ({ rows }) => cut(rows))).rejects.toThrow('dies')
  expect(await listClearColumns(on.db)).toContain('task_executions.cells')
  expect(await listEncryptedColumns(on.db)).toContain('task_executions.cells')
  expect(await resultOf(on, id)).toEqual(before)
  expect((await encryptData(on, SETUP, quiet)).left).toEqual([])
  expect(await resultOf(on, id)).toEqual(before)
})

test('rows that run meanwhile are neither lost nor called twice', async () => {
  const { sandbox, bot, workflow, folder, ended } = await aBot({ env: OFF, limit: 10 })
  const { id } = await bot.engine.submit(orderOf(workflow, 300, { concurrency: 10 }))
  const on = await openBot(folder, QUICK, ON)
  on.startRunner()
  let rows = 0
  for (let isOver = false; !isOver;) {
    rows += (await encryptData(on, SETUP, quiet)).rows
    isOver = (await findTask(on.db, id))?.status === 'completed'
  }
  const task = await ended(id)
  expect(rows).toBeGreaterThan(0)
  expect(task.counts).toMatchObject({ total: 300, succeeded: 300, failed: 0 })
  expect(sandbox.hits().length).toBe(300)
  for (const row of await resultOf(on, id)) expect(JSON.stringify(row.outputs)).toContain(`Kettle ${row.row}`)
  expect((await encryptData(on, SETUP, quiet)).left).toEqual([])
})

test('of remembered columns that are there encrypted and in the clear, the newer ones count', async () => {
  const { bot, workflow, folder } = await aBot({ env: OFF })
  const key = { workflowId: workflow.id, headings: '["Name"]' }
  await saveMapping(bot.db, key, { name: 'Old' }, 1)
  await saveMapping(bot.db, { ...key, headings: '["Other"]' }, { name: 'Other' }, 1)
  const on = await openBot(folder, QUICK, ON)
  await on.db
    .insertInto('remembered_mappings')
    .values({ workflow_id: key.workflowId, headings: key.headings, mapping: '{"name":"New"}', used_at: 2 })
    .execute()
  expect((await encryptData(on, SETUP, quiet)).left).toEqual([])
  const all = await listMappings(on.db, workflow.id, ['["Name"]', '["Other"]'])
  expect(all.map(({ mapping }) => mapping)).toEqual([{ name: 'New' }, { name: 'Other' }])
})
