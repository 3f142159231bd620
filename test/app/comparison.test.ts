import { describe, expect, test } from 'bun:test'
import ExcelJS from 'exceljs'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Actor, NotAllowed } from '../../src/app/actor.ts'
import {
  canGoOn,
  comparisonJson,
  mayGoOn,
  requireCompared,
  submitComparison,
} from '../../src/app/comparison.ts'
import { makeResultFile } from '../../src/app/chat-results.ts'
import { deleteOld, KEEP_ALL } from '../../src/app/retention.ts'
import { saveComparison } from '../../src/cli/compare.ts'
import { writeComparison } from '../../src/app/comparison-result.ts'
import { comparisonLines } from '../../src/app/comparison-text.ts'
import { deleteTask, pauseTask, resumeTask, retryTask, stopTask } from '../../src/app/tasks.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { SIDES } from '../../src/engine/comparison.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { textOfLines } from '../../src/messages/rich-text.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { openBot, QUICK, tempFolder, until } from '../support/bot.ts'
import { aPair, MEI, over } from '../support/compared.ts'

const JO: Actor = { face: 'discord', name: 'Jo', role: 'member', key: 'discord::7' }

async function callsOf(bot: Rowbot, taskId: string): Promise<number[]> {
  const runs = await bot.db.selectFrom('runs').select('row_number').where('task_id', '=', taskId).execute()
  return runs.map(({ row_number }) => row_number).toSorted((x, y) => x - y)
}

/** As if the task had ended long ago. */
async function outputsExpire(bot: Rowbot, id: string): Promise<void> {
  await bot.db.updateTable('batch_tasks').set({ finished_at: 0 }).where('id', '=', id).execute()
  await deleteOld(bot, { ...KEEP_ALL, outputs: 10 }, () => Promise.resolve(true))
}

describe('two workflows side by side', () => {
  test('run the same rows, and rest', async () => {
    const { bot, ids } = await aPair()
    bot.startRunner()
    const comparison = await over(bot, ids.b)
    expect(comparisonJson(comparison)).toMatchObject({
      rows: 3,
      compared: 3,
      over: true,
      chosen: null,
      a: { task_id: ids.a, succeeded: 3, failed: 0, workflow_name: 'Product copywriter' },
      b: { task_id: ids.b, succeeded: 3, failed: 0, workflow_name: 'Slogan writer' },
    })
    expect(mayGoOn(comparison)).toBe(true)
    expect(await callsOf(bot, ids.a)).toEqual(await callsOf(bot, ids.b))
  })

  test('one goes on with all rows: what it has run is not called again, and the other is stopped', async () => {
    const { bot, ids } = await aPair()
    bot.startRunner()
    await over(bot, ids.a)
    await resumeTask(bot, MEI, ids.b)
    await until(
      () => findTask(bot.db, ids.b),
      (task) => task?.status === 'completed',
    )
    expect(await callsOf(bot, ids.b)).toEqual([2, 3, 4, 5, 6, 7])
    expect(await findTask(bot.db, ids.a)).toMatchObject({ status: 'cancelled', counts: { succeeded: 3 } })
    expect((await requireCompared(bot.db, ids.a)).chosen).toBe(ids.b)
    const { entries } = await listAudit(bot.db)
    expect(entries.map(({ action, target }) => `${action} ${target}`).toSorted()).toEqual(
      [
        `task.create ${ids.a}`,
        `task.create ${ids.b}`,
        `task.resume ${ids.b}`,
        `task.stop ${ids.a}`,
      ].toSorted(),
    )
  })

  test('stopped after that, none goes on but the one that is resumed', async () => {
    const { bot, ids } = await aPair()
    bot.startRunner()
    await over(bot, ids.a)
    await stopTask(bot, MEI, ids.a)
    expect(mayGoOn(await requireCompared(bot.db, ids.a))).toBe(true)
    await resumeTask(bot, MEI, ids.a)
    await until(
      () => findTask(bot.db, ids.a),
      (task) => task?.status === 'completed',
    )
    expect(await findTask(bot.db, ids.b)).toMatchObject({ status: 'cancelled' })
    expect(await callsOf(bot, ids.b)).toHaveLength(3)
  })

  test('all rows run in both, if that is wanted, and nothing is left to go on with', async () => {
    const { bot, ids } = await aPair({ count: 0 })
    bot.startRunner()
    const comparison = await over(bot, ids.a)
    expect(comparison).toMatchObject({
      isSample: false,
      a: { task: { status: 'completed' } },
      b: { task: { status: 'completed' } },
    })
    expect(mayGoOn(comparison)).toBe(false)
    expect(comparison.tally.rows).toBe(6)
  })

  test('rows that fail in one are no pair; retried, they are', async () => {
    const { bot, ids } = await aPair({ count: 0, rows: 3, failing: [3] })
    bot.startRunner()
    const first = await over(bot, ids.a)
    expect(first.tally).toMatchObject({ rows: 3, compared: 2, b: { failed: 1, succeeded: 2 } })
    await bot.db
      .updateTable('task_executions')
      .set({ inputs: JSON.stringify({ topic: 'Kettle 3' }) })
      .where('task_id', '=', ids.b)
      .where('row_number', '=', 3)
      .execute()
    await retryTask(bot, MEI, ids.a) // what is retried in one is retried in both
    await until(
      () => requireCompared(bot.db, ids.a),
      ({ tally }) => tally.compared === 3,
    )
    expect(await callsOf(bot, ids.a)).toEqual([2, 3, 4])
  })

  test('where one fails every row, nothing is the same', async () => {
    const { bot, ids } = await aPair({ count: 0, rows: 3, failing: [2, 3, 4] })
    bot.startRunner()
    const comparison = await over(bot, ids.a)
    const text = textOfLines(comparisonLines(comparison, textsFor('en')))
    expect(text).toMatch(/A · Product copywriter: .*0 failed B · Slogan writer: .*3 failed No row/)
  })

  test('a fault that stops one is said, and the other keeps what it has', async () => {
    const { bot, ids, slogans } = await aPair()
    await bot.db
      .updateTable('workflows')
      .set({ base_url: 'http://127.0.0.1:1/v1' })
      .where('id', '=', slogans.id)
      .execute()
    await bot.db
      .updateTable('batch_tasks')
      .set({ status: 'failed', error: 'The key is not accepted.', finished_at: 1 })
      .where('id', '=', ids.b)
      .execute()
    bot.startRunner()
    const comparison = await over(bot, ids.a)
    const text = textOfLines(comparisonLines(comparison, textsFor('en')))
    expect(text).toContain('B was stopped by a fault: The key is not accepted.')
    expect(text).toContain('No row has succeeded in both.')
  })

  test('are continued by the next process after a crash, each row once', async () => {
    const { bot, ids, folder } = await aPair()
    await bot.close()
    const next = await openBot(folder, QUICK)
    next.startRunner()
    await over(next, ids.a)
    for (const id of [ids.a, ids.b]) {
      const calls = await callsOf(next, id)
      expect(new Set(calls).size).toBe(calls.length)
    }
  })

  test('pause, resume and stop act on both', async () => {
    const { bot, ids } = await aPair()
    const states = async () =>
      Promise.all([ids.a, ids.b].map(async (id) => (await findTask(bot.db, id))?.status))
    await pauseTask(bot, MEI, ids.b)
    expect(await states()).toEqual(['paused', 'paused'])
    await resumeTask(bot, MEI, ids.a)
    expect(await states()).toEqual(['pending', 'pending'])
    await stopTask(bot, MEI, ids.a)
    expect(await states()).toEqual(['cancelled', 'cancelled'])
  })

  test('are deleted together, and only by who may', async () => {
    const { bot, ids } = await aPair()
    await stopTask(bot, MEI, ids.a)
    await expect(deleteTask(bot, JO, ids.b)).rejects.toBeInstanceOf(NotAllowed)
    await deleteTask(bot, MEI, ids.b)
    expect(await findTask(bot.db, ids.a)).toBeUndefined()
    expect(await findTask(bot.db, ids.b)).toBeUndefined()
    expect(await bot.db.selectFrom('comparisons').selectAll().execute()).toEqual([])
    expect(await bot.db.selectFrom('uploads').select('id').execute()).toEqual([])
  })

  test('cannot be started for somebody else, nor with one workflow twice', async () => {
    const { bot, a, b } = await aPair()
    await expect(submitComparison(bot, JO, { a, b, count: 3 })).rejects.toBeInstanceOf(NotAllowed)
    await expect(submitComparison(bot, MEI, { a, b: a, count: 3 })).rejects.toThrow('with itself')
  })

  test('stand beside each other in the file, each row on its own line', async () => {
    const { bot, ids } = await aPair({ count: 0, rows: 3, failing: [3] })
    bot.startRunner()
    const comparison = await over(bot, ids.a)
    const path = join(tempFolder(), 'compared.xlsx')
    await writeComparison(bot.db, comparison, { path, limits: bot.config.limits })
    const book = new ExcelJS.Workbook()
    await book.xlsx.readFile(path)
    const [sheet] = book.worksheets
    if (!sheet) throw new Error('the file has no sheet')
    const headings = (sheet.getRow(1).values as string[]).slice(1) // `as`: they are all texts
    const cell = (row: number, heading: string) =>
      sheet.getRow(row).getCell(headings.indexOf(heading) + 1).value
    expect(headings.slice(0, 3)).toEqual(['row', 'Name', 'Key features'])
    expect([2, 3, 4].map((row) => cell(row, 'row'))).toEqual([2, 3, 4])
    expect([2, 3, 4].map((row) => cell(row, 'B · status'))).toEqual(['succeeded', 'failed', 'succeeded'])
    expect(cell(4, 'A · title')).toContain('Kettle 4')
    expect(cell(4, 'B · answer')).toContain('Kettle 4')
    expect(cell(3, 'B · error')).toBeTruthy()
    expect(cell(2, 'A · seconds')).toBeNumber()
  })

  test('has no file once the outputs of one were deleted, and says when that was', async () => {
    const { bot, ids } = await aPair({ count: 0, rows: 3 })
    bot.startRunner()
    await over(bot, ids.a)
    await outputsExpire(bot, ids.b)
    const comparison = await requireCompared(bot.db, ids.a)
    const path = join(tempFolder(), 'compared.csv')
    const { limits } = bot.config
    for (const write of [
      () => writeComparison(bot.db, comparison, { path, format: 'csv', limits }),
      () => saveComparison(bot, comparison, path),
      () => makeResultFile(bot.db, comparison.a.task, limits),
    ])
      await expect(write()).rejects.toThrow(/^The outputs of “.*” were deleted on \d{4}-\d\d-\d\d/)
    expect(existsSync(path)).toBe(false)
  })

  test('one of which something was deleted does not go on; the other may', async () => {
    const { bot, ids } = await aPair()
    bot.startRunner()
    await over(bot, ids.a)
    await stopTask(bot, MEI, ids.a)
    await outputsExpire(bot, ids.a)
    const comparison = await requireCompared(bot.db, ids.a)
    expect(SIDES.map((side) => canGoOn(comparison[side]))).toEqual([false, true])
  })
})
