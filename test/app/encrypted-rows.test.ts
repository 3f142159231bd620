import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openSealing } from '../../src/db/sealed/data-key.ts'
import { listClearColumns } from '../../src/db/sealed/in-the-clear.ts'
import { listErrorGroups } from '../../src/db/rows/error-groups.ts'
import { findResultRow } from '../../src/db/rows/result-rows.ts'
import { rowNumbersBySearch } from '../../src/db/rows/row-search.ts'
import { listFailures } from '../../src/db/stats/task-facts.ts'
import { listLogs } from '../../src/db/tasks/logs.ts'
import { aBot, openBot, orderOf, QUICK } from '../support/bot.ts'

const ON = { ROWBOT_ENCRYPT_DATA: 'true' }
const OFF = { ROWBOT_ENCRYPT_DATA: 'false' }
const CANARY = 'Xylophon-Geheimnis'
/** More than the input takes: Dify refuses the row, and quotes what was sent. */
const REFUSED_ROW = 4

/** A task with a text that stands in every cell, output, error and value for all rows. */
async function aSecretTask(env: Record<string, string>) {
  const cast = await aBot({ env })
  const order = orderOf(cast.workflow, 5, { retries: 0 }, (row) => `${CANARY} ${row}`)
  const rows = order.rows.map((row) =>
    row.row === REFUSED_ROW ? { ...row, inputs: { ...row.inputs, name: CANARY.repeat(200) } } : row,
  )
  const { id } = await cast.bot.engine.submit({
    ...order,
    headings: ['Name', `${CANARY} heading`],
    rows,
    leftOut: [{ row: 90, cells: [`${CANARY} left out`], fault: `${CANARY} fault` }],
    constants: [{ name: 'tone', label: 'Tone', text: `${CANARY} tone` }],
  })
  cast.bot.startRunner()
  await cast.ended(id)
  return { ...cast, id }
}

/** Everything that is on the disk of a data folder, as it could be found by who looks for a text. */
function bytesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n')
}

function looksOf(text: string): string[] {
  const bytes = Buffer.from(text)
  return [
    text,
    text.toLowerCase(),
    Buffer.from(text, 'utf16le').toString('latin1'),
    // Whatever stands before it, two of three bytes begin a group of base64 somewhere.
    ...[0, 1, 2].map((skipped) =>
      bytes.subarray(skipped, bytes.length - ((bytes.length - skipped) % 3)).toString('base64'),
    ),
  ]
}

test('who has the data folder without the secret key finds nothing of a task’s texts in it', async () => {
  const { bot, folder, id } = await aSecretTask(ON)
  const failed = await findResultRow(bot.db, id, REFUSED_ROW)
  expect(failed?.status).toBe('failed')
  expect((await findResultRow(bot.db, id, 3))?.cells).toEqual(['Kettle 3', `${CANARY} 3`])
  expect(JSON.stringify((await findResultRow(bot.db, id, 3))?.outputs)).toContain(CANARY)
  expect((await listLogs(bot.db, { taskId: id })).length).toBeGreaterThan(5)
  expect(await listClearColumns(bot.db)).toEqual([])
  const stored = bytesIn(folder)
  for (const look of looksOf(CANARY)) expect(stored).not.toContain(look)
})

test('the same text is found where it is not encrypted: the search is no blind one', async () => {
  const { bot, folder } = await aSecretTask(OFF)
  if (bot.isShared) return // its rows are in no folder
  expect(bytesIn(folder)).toContain(CANARY)
  expect((await listClearColumns(bot.db)).length).toBeGreaterThan(10)
})

test('rows that are encrypted and rows that are not work side by side, whatever a process has set', async () => {
  const { bot, folder, workflow, id, ended } = await aSecretTask(OFF)
  const on = await openBot(folder, QUICK, ON)
  const { id: second } = await on.engine.submit(orderOf(workflow, 3, {}, (row) => `${CANARY} ${row}`))
  await ended(second)
  // The runner has the setting off, and reads what the other has written.
  expect((await findResultRow(bot.db, second, 2))?.status).toBe('succeeded')
  expect(await rowNumbersBySearch(bot.db, second, 'xylophon-GEHEIMNIS 3')).toEqual([3])
  expect(await rowNumbersBySearch(on.db, id, `${CANARY} 3`)).toEqual([3])
})

test('an error counts once while it is encrypted in some rows only', async () => {
  const { bot, workflow } = await aBot({ env: OFF })
  const { id } = await bot.engine.submit(orderOf(workflow, 6))
  const fail = (rows: number[]) =>
    bot.db
      .updateTable('task_executions')
      .set({ status: 'failed', error: 'HTTP 500: out of order' })
      .where('task_id', '=', id)
      .where('row_number', 'in', rows)
      .execute()
  await fail([2, 4])
  await openSealing(bot.db, bot.box, true)
  await fail([3, 5, 6])
  expect(await listFailures(bot.db, id)).toEqual([
    { error: 'HTTP 500: out of order', count: 5, rows: [2, 3, 4, 5, 6] },
  ])
  expect((await listErrorGroups(bot.db, id, 9)).map(({ count }) => count)).toEqual([5])
})

test('a text that was changed in the database is named with its row, and other rows are read', async () => {
  const { bot, id } = await aSecretTask(ON)
  await sql`update task_executions set outputs = ${sql.lit(`sealed:1:${'A'.repeat(80)}`)} where task_id = ${id} and row_number = 3`.execute(
    bot.db,
  )
  await expect(findResultRow(bot.db, id, 3)).rejects.toThrow('outputs (row_number 3')
  expect((await findResultRow(bot.db, id, 2))?.status).toBe('succeeded')
})

test('a text that only looks encrypted is stored and read as it is, and found', async () => {
  const { bot, workflow } = await aBot({ env: OFF })
  const forged = `sealed:1:${'A'.repeat(80)}`
  const { id } = await bot.engine.submit({ ...orderOf(workflow, 1), sheet: forged, owner: forged })
  const task = await bot.db
    .selectFrom('batch_tasks')
    .selectAll()
    .where('owner', '=', forged)
    .executeTakeFirst()
  expect(task).toMatchObject({ id, sheet: forged, owner: forged })
  await openSealing(bot.db, bot.box, true)
  expect(await bot.db.selectFrom('batch_tasks').select('sheet').executeTakeFirst()).toEqual({ sheet: forged })
})
