import { describe, expect, test } from 'bun:test'
import { say } from '../../src/engine/sentence.ts'
import { type Actor, NotAllowed } from '../../src/app/actor.ts'
import { judgeTask } from '../../src/app/flags.ts'
import {
  ChangedMeanwhile,
  editOutputs,
  keepRow,
  NoAnswer,
  NoSuchRow,
  NotEditable,
  resetRow,
  type ReviewApp,
  runRowAgain,
  type SeenRow,
} from '../../src/app/reviews.ts'
import { runAgain } from '../../src/app/tasks.ts'
import { findReviewedRow } from '../../src/db/rows/reviews.ts'
import { listRowPage } from '../../src/db/rows/row-list.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listLogs } from '../../src/db/tasks/logs.ts'
import { UnknownTask } from '../../src/engine/engine.ts'
import { versionOf, WrongKind } from '../../src/engine/review.ts'
import { orderOf } from '../support/bot.ts'
import { aJudgedTask, OWNER, settleAll } from '../support/judged-task.ts'

const ADMIN: Actor = { face: 'cli', name: 'root', role: 'admin' }
const OTHER: Actor = { face: 'discord', name: 'Jo', role: 'member', key: 'discord::7' }
const VIEWER: Actor = { face: 'page', name: 'Vi', role: 'viewer' }

const FILE = { dify_model_identity: '__dify__file__', filename: 'a.png', url: 'http://x.example/a.png' }
const FIRST = { text: '', stock: 3, tags: ['a'], picture: FILE }

async function aTask() {
  const around = await aJudgedTask([], FIRST)
  const { bot, id } = around
  const rowOf = async (number: number) => {
    const row = await findReviewedRow(bot.db, id, number)
    if (!row) throw new Error('It is gone.')
    return row
  }
  const seen = async (row: number): Promise<SeenRow> => ({
    taskId: id,
    row,
    version: versionOf(await rowOf(row)),
  })
  const audit = async () =>
    (await listAudit(bot.db)).entries.filter(({ action }) => action.startsWith('row.'))
  const log = (row: number) => listLogs(bot.db, { taskId: id, executionId: `${id}.${row}` })
  return { ...around, rowOf, seen, audit, log }
}

const ACTS = {
  keep: (app: ReviewApp, actor: Actor, row: SeenRow) => keepRow(app, actor, row),
  edit: (app: ReviewApp, actor: Actor, row: SeenRow) => editOutputs(app, actor, row, { text: 'A lamp.' }),
  reset: (app: ReviewApp, actor: Actor, row: SeenRow) => resetRow(app, actor, row),
}

describe.each(Object.entries(ACTS))('%s', (_, act) => {
  test('is done for the owner and for admins, and for nobody else', async () => {
    const { bot, seen, audit } = await aTask()
    for (const actor of [OTHER, VIEWER]) {
      await expect(act(bot, actor, await seen(2))).rejects.toThrow(NotAllowed)
    }
    expect(await audit()).toEqual([])
    for (const actor of [OWNER, ADMIN]) await act(bot, actor, await seen(2))
  })

  test('is refused where there is no such task, no such row, or no answer', async () => {
    const { bot, id, seen } = await aTask()
    await expect(act(bot, OWNER, { taskId: 'gone', row: 2 })).rejects.toThrow(UnknownTask)
    await expect(act(bot, OWNER, { taskId: id, row: 99 })).rejects.toThrow(NoSuchRow)
    const before = await seen(2)
    await runAgain(bot, OWNER, id, [2])
    await expect(act(bot, OWNER, before)).rejects.toThrow(NoAnswer)
  })

  test('is refused for an answer that somebody else has changed since', async () => {
    const { bot, seen, rowOf } = await aTask()
    const before = await seen(2)
    await editOutputs(bot, ADMIN, before, { text: 'Another lamp.' })
    await expect(act(bot, OWNER, before)).rejects.toThrow(ChangedMeanwhile)
    expect((await rowOf(2)).edits['text']?.value).toBe('Another lamp.')
  })
})

test('a kept row is no longer to look at, and the audit and its log say who kept it', async () => {
  const { bot, seen, flagged, audit, log, rowOf, id } = await aTask()
  await keepRow(bot, OWNER, await seen(2))
  expect(await flagged()).toMatchObject({ rows: [3], edited: 0, kept: 1 })
  expect((await rowOf(2)).kept).toMatchObject({ by: 'Mei' })
  const person = 'slack:T1:U1'
  const details = { task: 'a task', row: 2, person }
  expect(await audit()).toMatchObject([{ action: 'row.keep', who: 'Mei', target: id, details }])
  expect((await log(2))[0]).toMatchObject({ event: 'row.kept', message: say('log-by', { person: 'Mei' }) })
  const only = async (kind: 'flagged' | 'reviewed') =>
    (await listRowPage(bot.db, id, { only: kind }, { limit: 9, offset: 0 })).rows.map(({ row }) => row)
  expect([await only('flagged'), await only('reviewed')]).toEqual([[3], [2]])
})

test('a person’s value stands beside the machine’s, and the audit names what was edited, but no text', async () => {
  const { bot, seen, flagged, audit, log, rowOf } = await aTask()
  await editOutputs(bot, OWNER, await seen(2), { text: 'A lamp.', stock: '12.5', tags: '["b"]' })
  const row = await rowOf(2)
  expect(row.outputs).toEqual(FIRST)
  expect(Object.entries(row.edits).map(([name, { value, by }]) => [name, value, by])).toEqual([
    ['text', 'A lamp.', 'Mei'],
    ['stock', 12.5, 'Mei'],
    ['tags', ['b'], 'Mei'],
  ])
  expect(await flagged()).toMatchObject({ rows: [3], edited: 1, kept: 0 })
  const [entry] = await audit()
  expect(entry).toMatchObject({ action: 'row.edit', details: { row: 2, outputs: ['text', 'stock', 'tags'] } })
  expect(JSON.stringify(entry)).not.toContain('A lamp.')
  expect((await log(2)).map(({ event, details }) => [event, details]).slice(0, 3)).toEqual([
    ['row.edited', { output: 'tags', text: '["b"]' }],
    ['row.edited', { output: 'stock', text: '12.5' }],
    ['row.edited', { output: 'text', text: 'A lamp.' }],
  ])
})

test('what is the same already changes nothing, and twice the same is done once', async () => {
  const { bot, id, audit, rowOf } = await aTask()
  const row = { taskId: id, row: 2 }
  await editOutputs(bot, OWNER, row, { text: '', stock: '3' })
  await resetRow(bot, OWNER, row)
  expect(await audit()).toEqual([])
  for (let twice = 0; twice < 2; twice++) {
    await editOutputs(bot, OWNER, row, { text: 'A\r\nlamp.' })
    await keepRow(bot, OWNER, row)
  }
  expect((await rowOf(2)).edits['text']?.value).toBe('A\nlamp.')
  expect((await audit()).map(({ action }) => action)).toEqual(['row.keep', 'row.edit'])
})

test('of two who edit at once, the second is told, and the first one’s text stays', async () => {
  const { bot, seen, rowOf, audit } = await aTask()
  const row = await seen(2)
  const edits = await Promise.allSettled([
    editOutputs(bot, OWNER, row, { text: 'first' }),
    editOutputs(bot, ADMIN, row, { text: 'second' }),
  ])
  expect(edits.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect((await rowOf(2)).edits['text']?.value).toBe('first')
  expect(await audit()).toHaveLength(1)
})

test('a value of another kind, a file, and an output that is not there are refused, and nothing of it is written', async () => {
  const { bot, id, rowOf } = await aTask()
  const row = { taskId: id, row: 2 }
  const edit = (texts: Record<string, string>) => editOutputs(bot, OWNER, row, { text: 'A lamp.', ...texts })
  await expect(edit({ stock: 'many' })).rejects.toThrow(WrongKind)
  await expect(edit({ picture: 'a cat' })).rejects.toThrow(NotEditable)
  await expect(edit({ colour: 'red' })).rejects.toThrow(NotEditable)
  expect((await rowOf(2)).edits).toEqual({})
})

test('reset takes back one output or all of it, and the row is to look at again', async () => {
  const { bot, id, rowOf, flagged } = await aTask()
  const row = { taskId: id, row: 2 }
  await editOutputs(bot, OWNER, row, { text: 'A lamp.', stock: '4' })
  await keepRow(bot, OWNER, row)
  await resetRow(bot, OWNER, row, ['stock'])
  expect(Object.keys((await rowOf(2)).edits)).toEqual(['text'])
  expect((await flagged()).rows).toEqual([3])
  await resetRow(bot, OWNER, row)
  expect(await rowOf(2)).toMatchObject({ edits: {}, kept: null, outputs: FIRST })
  expect((await flagged()).rows).toEqual([2, 3])
})

test('to write what the machine gave takes the edit back', async () => {
  const { bot, id, rowOf } = await aTask()
  const row = { taskId: id, row: 2 }
  await editOutputs(bot, OWNER, row, { stock: '4' })
  await editOutputs(bot, OWNER, row, { stock: '3' })
  expect((await rowOf(2)).edits).toEqual({})
})

test('an edit stays while its row runs again, and a new answer is looked at anew; the log has the old edit', async () => {
  const { bot, id, rowOf, flagged, log, seen } = await aTask()
  await editOutputs(bot, OWNER, await seen(2), { text: 'A lamp.' })
  await keepRow(bot, OWNER, await seen(3))
  await runAgain(bot, OWNER, id, [2, 3])
  expect((await rowOf(2)).edits['text']?.value).toBe('A lamp.')
  await settleAll(bot.db, id, [{ outputs: { text: '' } }, { error: 'no' }])
  expect(await rowOf(2)).toMatchObject({ edits: {}, kept: null, outputs: { text: '' } })
  expect(await flagged()).toMatchObject({ rows: [2], edited: 0 })
  const edited = (await log(2)).find(({ event }) => event === 'row.edited')
  expect(edited).toMatchObject({ message: say('log-by', { person: 'Mei' }), details: { text: 'A lamp.' } })
})

test('of two who let a row run again, it runs once; and it does not for an answer that is a new one', async () => {
  const { bot, id, seen, task } = await aTask()
  const row = await seen(2)
  const runs = await Promise.allSettled([runRowAgain(bot, OWNER, row), runRowAgain(bot, ADMIN, row)])
  expect(runs.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect((await task()).counts.left).toBe(1)
  await settleAll(bot.db, id, [{ outputs: FIRST }])
  await expect(runRowAgain(bot, OWNER, row)).rejects.toThrow(ChangedMeanwhile)
  await expect(runRowAgain(bot, OTHER, row)).rejects.toThrow(NotAllowed)
})

test('judging a task again does not bring back what somebody has kept', async () => {
  const { bot, id, flagged, seen } = await aTask()
  await keepRow(bot, OWNER, await seen(2))
  await judgeTask(bot.db, id)
  expect(await flagged()).toMatchObject({ rows: [3], kept: 1 })
})

test('a row that is carried over to a later task comes with the edit of its answer', async () => {
  const { bot, id, workflow, seen, task } = await aTask()
  await editOutputs(bot, OWNER, await seen(2), { text: 'A lamp.' })
  const carryFrom = { taskId: id, rows: 12 }
  const later = await bot.engine.submit({ ...orderOf(workflow, 12), owner: 'Mei', carryFrom })
  expect((await task()).counts.succeeded).toBe(12)
  expect((await findReviewedRow(bot.db, later.id, 2))?.edits['text']).toMatchObject({
    value: 'A lamp.',
    by: 'Mei',
  })
})
