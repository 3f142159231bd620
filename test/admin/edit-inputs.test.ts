import { expect, test } from 'bun:test'
import { findListedRow } from '../../src/db/rows/row-list.ts'
import { versionOf } from '../../src/engine/review.ts'
import { pauseTask } from '../../src/app/tasks.ts'
import { SETUP } from '../support/bot.ts'
import { anAdmin, form } from './support/admin.ts'
import { shownOf } from './support/shown.ts'

/** A task of three rows, done. */
async function aTask() {
  const around = await anAdmin()
  around.bot.startRunner()
  const { id } = await around.submit(3)
  await around.ended(id)
  const rowOf = async (number: number) => {
    const row = await findListedRow(around.bot.db, id, number)
    if (!row) throw new Error('It is gone.')
    return row
  }
  const path = `/batch/${id}/rows/2`
  const send = async (fields: Record<string, string>, to = path) =>
    around.browse(`${to}/inputs`, form({ version: versionOf(await rowOf(2)), ...fields }))
  const page = async () => (await around.browse(path)).text()
  const shown = async () => (await shownOf(await around.browse(path))).text
  return { ...around, id, path, rowOf, send, page, shown }
}

test('a row runs again with other inputs; its page says what the file has and what it gave before', async () => {
  const { send, path, shown, page, ended, id, sandbox, rowOf } = await aTask()
  const before = await rowOf(2)
  const answer = await send({ 'input:name': '<b>A lamp</b>', 'input:features': 'feature 2' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, path])
  await ended(id)
  expect(sandbox.hits().at(-1)?.inputs).toMatchObject({ name: '<b>A lamp</b>' })
  expect(await page()).not.toContain('<b>A lamp')
  const text = await shown()
  expect(text).toContain('name changed by Mei · in the file: Kettle 2')
  expect(text).toContain('Its answer before')
  expect(text).toContain('name sent then: Kettle 2')
  expect(text).toContain(String(before.outputs?.['title']))
  expect(text).toContain('Inputs changed: by Mei · name: <b>A lamp</b>')
  await send({ 'as-in-file': 'yes' })
  await ended(id)
  expect(await shown()).not.toContain('in the file:')
  expect(await shown()).toContain('Its 2 answers before')
})

test('an input whose lines end as on Windows is not changed by what the browser makes of them', async () => {
  const { send, ended, id, rowOf, bot } = await aTask()
  const before = { ...(await rowOf(2)).inputs, features: 'soft\r\nwarm' }
  await bot.db
    .updateTable('task_executions')
    .set({ inputs: JSON.stringify(before) })
    .where('task_id', '=', id)
    .where('row_number', '=', 2)
    .execute()
  await send({ 'input:name': 'A lamp', 'input:features': 'soft\r\nwarm' })
  await ended(id)
  expect((await rowOf(2)).inputs).toEqual({ ...before, name: 'A lamp' })
  expect(Object.keys((await rowOf(2)).editedInputs ?? {})).toEqual(['name'])
})

test('a value that no cell might have is not taken; it stays in its field, with what is wrong', async () => {
  const { send, sandbox, rowOf } = await aTask()
  const answer = await send({ 'input:name': 'x'.repeat(500), 'input:features': '\nmany' })
  expect(answer.status).toBe(422)
  const page = await answer.text()
  expect(page).toContain('x'.repeat(500))
  expect(page).toContain('>\n\nmany</textarea')
  expect(page).toContain('Name: 500 characters; Name takes 100.')
  expect(sandbox.hits()).toHaveLength(3)
  expect((await rowOf(2)).editedInputs).toBeUndefined()
})

test('what was typed stays where it cannot run: its task stands still, or somebody was quicker', async () => {
  const { bot, send, browse, id, sandbox, page } = await aTask()
  await bot.stopRunner(0)
  await browse(`/batch/${id}/rows/3/again`, form({}))
  await pauseTask(bot, SETUP, id)
  const still = await (await send({ 'input:name': 'A lamp' })).text()
  expect(still).toContain(
    'stands still, and the row that is left would run, too. Resume or stop it first; then run these rows again.',
  )
  expect(still).toContain('>\nA lamp</textarea')
  const late = await (await send({ version: 'of before', 'input:name': 'A chair' })).text()
  expect(late).toContain('A row has changed since you looked.')
  expect(late).toContain('>\nA chair</textarea')
  expect(await page()).toContain('>\nKettle 2</textarea')
  expect(sandbox.hits()).toHaveLength(3)
})

test('a row that runs shows itself until it is done, and a viewer changes nothing', async () => {
  const { bot, browse, id, path, page, send, sandbox } = await aTask()
  const reloads = (text: string) => text.includes(`hx-get="${path}"`)
  expect(reloads(await page())).toBeFalse()
  const viewed = await (await browse(path, { as: 'viewer' })).text()
  expect(viewed).not.toContain('input:name')
  const refused = await browse(`${path}/inputs`, {
    ...form({ version: 'x', 'input:name': 'x' }),
    as: 'viewer',
  })
  expect(refused.status).toBe(403)
  await bot.stopRunner(0)
  await send({ 'input:name': 'A lamp' })
  const waits = await page()
  expect(reloads(waits)).toBeTrue()
  expect(waits).not.toContain('input:name')
  expect(waits).toContain('There are no new ones yet.')
  expect(sandbox.hits()).toHaveLength(3)
  expect((await browse(`/batch/${id}/rows/99/inputs`, form({ version: 'x' }))).status).not.toBe(303)
})

test('a question about all that is to look at runs nothing a second time', async () => {
  const { bot, browse, id, sandbox, ended } = await aTask()
  await bot.db
    .updateTable('task_executions')
    .set({ flags: JSON.stringify([{ output: 'title', code: 'empty' }]) })
    .where('row_number', '=', 2)
    .execute()
  const question = await (await browse(`/batch/${id}/again`)).text()
  const [, version = ''] = /name="version" value="([^"]+)"/.exec(question) ?? []
  expect(version).not.toBe('')
  expect((await browse(`/batch/${id}/again`, form({ version }))).status).toBe(303)
  await ended(id)
  await bot.db
    .updateTable('task_executions')
    .set({ flags: JSON.stringify([{ output: 'title', code: 'empty' }]) })
    .where('row_number', '=', 2)
    .execute()
  expect((await browse(`/batch/${id}/again`, form({ version }))).status).toBe(409)
  expect(sandbox.hits()).toHaveLength(4)
})
