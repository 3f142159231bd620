import { expect, test } from 'bun:test'
import { judgeTask } from '../../src/app/flags.ts'
import { findReviewedRow } from '../../src/db/rows/reviews.ts'
import { versionOf } from '../../src/engine/review.ts'
import { anAdmin, form } from './support/admin.ts'
import { shownOf } from './support/shown.ts'

/** A task of ten rows, done; rows 3 and 4 gave nothing. */
async function withEmptyAnswers() {
  const around = await anAdmin()
  around.bot.startRunner()
  const { id } = await around.submit(10)
  await around.ended(id)
  await around.bot.db
    .updateTable('task_executions')
    .set({ outputs: '{"title":"","stock":3,"notes":"\\nfirst"}' })
    .where('row_number', 'in', [3, 4])
    .execute()
  await judgeTask(around.bot.db, id)
  const rowOf = async (number: number) => {
    const row = await findReviewedRow(around.bot.db, id, number)
    if (!row) throw new Error('It is gone.')
    return row
  }
  const version = async (row: number) => versionOf(await rowOf(row))
  const shown = async (path: string) => shownOf(await around.browse(path))
  const send = async (what: string, fields: Record<string, string> = {}) =>
    around.browse(`/batch/${id}/rows/3/${what}`, form({ version: await version(3), ...fields }))
  return { ...around, id, rowOf, version, shown, send }
}

const json = (body: unknown) => ({
  method: 'PATCH',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

test('a row’s page has the ways to keep and to edit it, and the next row to look at; a viewer only reads', async () => {
  const { browse, id, shown } = await withEmptyAnswers()
  const { text, elements } = await shown(`/batch/${id}/rows/3`)
  expect(text).toContain('Keep as it is')
  expect(text).toContain('to look at: Row 4')
  const fields = elements.flatMap(({ name, attributes }) => (name === 'textarea' ? [attributes['name']] : []))
  expect(fields).toEqual(['output:title', 'output:stock', 'output:notes', 'input:name', 'input:features'])
  // A browser leaves out one line break after the tag: the text begins with one of its own.
  expect(await (await browse(`/batch/${id}/rows/3`)).text()).toContain('>\n\nfirst</textarea')
  const viewed = await shownOf(await browse(`/batch/${id}/rows/3`, { as: 'viewer' }))
  expect(viewed.elements.some(({ name }) => name === 'textarea')).toBeFalse()
  expect(viewed.text).not.toContain('Keep as it is')
})

test('a kept row is no longer among those to look at, but among those looked at', async () => {
  const { browse, id, send, shown } = await withEmptyAnswers()
  const answer = await send('keep')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/batch/${id}/rows/3`])
  expect((await shown(`/batch/${id}/rows/3`)).text).toContain('kept by Mei')
  const rowsIn = async (rows: string) =>
    [...(await (await browse(`/batch/${id}?rows=${rows}`)).text()).matchAll(/<tr id="row-(\d+)"/g)].map(
      ([, row]) => row,
    )
  expect([await rowsIn('flagged'), await rowsIn('reviewed')]).toEqual([['4'], ['3']])
  expect((await shown(`/batch/${id}`)).text).toContain('1 to look at')
})

test('an edited row shows the person’s value beside the machine’s, and what is typed is escaped', async () => {
  const { id, send, shown, browse } = await withEmptyAnswers()
  await send('edit', {
    'output:title': '<b>A lamp</b>\r\nx',
    'output:stock': '4',
    'output:notes': '\r\nfirst',
  })
  const page = await (await browse(`/batch/${id}/rows/3`)).text()
  expect(page).not.toContain('<b>A lamp')
  const { text } = await shown(`/batch/${id}/rows/3`)
  expect(text).toContain('title edited by Mei <b>A lamp</b> x the machine’s (nothing)')
  expect(text).toContain('stock edited by Mei 4 the machine’s 3')
  expect(text).not.toContain('notes edited by')
  expect((await shown(`/batch/${id}?rows=reviewed`)).text).toContain('edited by Mei')
  await send('reset')
  expect((await shown(`/batch/${id}/rows/3`)).text).not.toContain('edited by Mei <b>')
})

test('a value of another kind is not saved; it stays in its field, with what is wrong', async () => {
  const { send, rowOf } = await withEmptyAnswers()
  const answer = await send('edit', { 'output:title': 'A lamp', 'output:stock': 'many' })
  expect(answer.status).toBe(422)
  const page = await answer.text()
  expect(page).toContain('stock: It must stay a number')
  expect(page).toContain('>\nmany</textarea')
  expect((await rowOf(3)).edits).toEqual({})
})

test('an edit of an answer that has changed since is refused', async () => {
  const { browse, id, version, send, rowOf } = await withEmptyAnswers()
  const before = await version(3)
  await send('edit', { 'output:title': 'first' })
  const late = await browse(`/batch/${id}/rows/3/edit`, form({ version: before, 'output:title': 'second' }))
  expect(late.status).toBe(409)
  expect((await shownOf(late)).text).toContain('Row 3 has changed since you looked at it.')
  expect((await rowOf(3)).edits['title']?.value).toBe('first')
})

test('a program keeps, edits and resets a row, and is told when it has changed', async () => {
  const { call, id } = await withEmptyAnswers()
  const path = `/api/batch/${id}/executions/3`
  const before = (await (await call(path)).json()) as { version: string }
  const edited = await call(path, json({ version: before.version, outputs: { title: 'A lamp', stock: 4.5 } }))
  expect([edited.status, await edited.json()]).toEqual([
    200,
    expect.objectContaining({
      outputs: expect.objectContaining({ title: '', stock: 3 }),
      edited: {
        title: { value: 'A lamp', by: expect.any(String), at: expect.any(String) },
        stock: { value: 4.5, by: expect.any(String), at: expect.any(String) },
      },
      kept: null,
    }),
  ])
  const late = await call(path, json({ version: before.version, keep: true }))
  expect([late.status, await late.json()]).toMatchObject([409, { code: 'conflict' }])
  const status = (await (await call(`/api/batch/${id}/status`)).json()) as Record<string, unknown>
  expect(status).toMatchObject({ edited: 1, kept: 0, to_look_at: { count: 1, rows: [4] } })
  expect((await (await call(path, json({ reset: ['title'] }))).json()) as object).toMatchObject({
    edited: { stock: { value: 4.5 } },
  })
  expect((await (await call(path, json({ reset: true }))).json()) as object).toMatchObject({ edited: {} })
  expect((await (await call(path, json({ keep: true }))).json()) as object).toMatchObject({
    kept: { at: expect.any(String) },
  })
})

test.each([
  ['nothing at all', {}, 422],
  ['two things at once', { keep: true, reset: true }, 422],
  ['a value of another kind', { outputs: { stock: 'many' } }, 422],
  ['an output that is not there', { outputs: { colour: 'red' } }, 422],
  ['an unknown field', { keep: true, loud: true }, 422],
])('%s is refused', async (_, body, status) => {
  const { call, id } = await withEmptyAnswers()
  const answer = await call(`/api/batch/${id}/executions/3`, json(body))
  expect(answer.status).toBe(status)
})

test('a row that is not there is not found, and a viewer’s token changes nothing', async () => {
  const { call, id } = await withEmptyAnswers()
  expect((await call(`/api/batch/${id}/executions/99`, json({ keep: true }))).status).toBe(404)
  const asViewer = { ...json({ keep: true }), as: 'viewer' as const }
  expect((await call(`/api/batch/${id}/executions/3`, asViewer)).status).toBe(403)
})
