import { expect, test } from 'bun:test'
import { anAdmin } from './support/admin.ts'
import { pageOf } from './support/page-of.ts'
import { shownOf } from './support/shown.ts'
import { TaskVisit } from './support/task-visit.ts'

/** A task whose rows wait for a person. */
async function aTaskThatAsks(rows = 3, script = '[sandbox: paused]') {
  const around = await anAdmin()
  around.bot.startRunner()
  const { id } = await around.submit(rows, { concurrency: 1 }, () => script)
  await around.until(id, ({ waiting }) => waiting === rows)
  const visit = (as: 'admin' | 'viewer' = 'admin') => new TaskVisit(around.browse, {}, as)
  const see = async (path = `/batch/${id}`) => (await shownOf(await around.browse(path))).text
  return { ...around, id, visit, see }
}

test('a task’s page shows what its rows ask, the oldest first, and answers go from there', async () => {
  const { id, visit, see, ended, sandbox } = await aTaskThatAsks()
  const page = await visit().open(`/batch/${id}`)
  expect(page.text).toContain('3 rows wait for an answer')
  expect(page.text).toContain('The sandbox was told to wait for a person.')
  expect(page.text).toContain('The same answer for all 3 that ask the same')
  await page.press('Approve', { 'field-0': 'well\r\ndone', all: '' })
  expect(page.response.status).toBe(303)
  expect(await see()).toContain('2 rows wait for an answer')
  expect(sandbox.answers().map(({ action, inputs }) => [action, inputs])).toEqual([
    ['yes', { note: 'well\ndone' }],
  ])
  await (await visit().open(`/batch/${id}`)).press('Reject', { all: 'yes' })
  await ended(id)
  expect(sandbox.answers().map(({ action }) => action)).toEqual(['yes', 'no', 'no'])
  expect(await see()).not.toMatch(/rows? waits? for an answer/)
  expect(await see(`/batch/${id}/rows/2`)).toMatch(/Approval: Approve, by .+ note well done/)
})

test('lines that a field has at first stay lines, whatever its type is', async () => {
  const { id, browse, bot } = await aTaskThatAsks(1)
  const fields = (['text', 'paragraph'] as const).map((type) => ({
    name: type,
    type,
    initial: '\nDear all,\ngoodbye',
    options: [],
  }))
  await bot.db
    .updateTable('forms')
    .set({ fields: JSON.stringify(fields) })
    .execute()
  const page = await (await browse(`/batch/${id}`)).text()
  // The first line break of a textarea is not part of its text.
  expect(page.match(/<textarea[^>]*>\n\nDear all,\ngoodbye<\/textarea>/g)).toHaveLength(2)
})

test('of a list nothing looks chosen that was not', async () => {
  const { id, browse, bot } = await aTaskThatAsks(1)
  const options = ['formal', 'casual']
  const fields = ['', 'casual'].map((initial, n) => ({ name: `tone ${n}`, type: 'select', initial, options }))
  await bot.db
    .updateTable('forms')
    .set({ fields: JSON.stringify(fields) })
    .execute()
  const { html } = pageOf(await (await browse(`/batch/${id}`)).text())
  const [first, second] = html.match(/<select[^>]*required[^>]*>.*?<\/select>/gs) ?? []
  expect(first).toMatch(/<option value="" selected(="")?><\/option>/)
  expect(second).not.toContain('value=""')
  expect(second).toMatch(/value="casual" selected/)
})

test('a row’s page asks, too, and the list of rows has a chip for those that wait', async () => {
  const { id, see } = await aTaskThatAsks(2)
  expect(await see(`/batch/${id}/rows/3`)).toContain('The sandbox was told to wait for a person.')
  expect(await see(`/batch/${id}?rows=waiting`)).toContain('Needs an answer 2')
})

test('whoever is late is told so, and nothing is changed', async () => {
  const { id, visit, sandbox } = await aTaskThatAsks(1)
  const [first, second] = [await visit().open(`/batch/${id}`), await visit().open(`/batch/${id}`)]
  await first.press('Approve')
  await second.press('Reject')
  expect(second.response.status).toBe(409)
  expect(second.text).toContain('has answered row 2 already: Approve.')
  expect(sandbox.answers()).toHaveLength(1)
})

test('a viewer sees what is asked and cannot answer', async () => {
  const { id, browse, bot } = await aTaskThatAsks(1)
  const { html } = pageOf(await (await browse(`/batch/${id}`, { as: 'viewer' })).text())
  expect(html).toContain('The sandbox was told to wait for a person.')
  expect(html).not.toContain(`/batch/${id}/forms/`)
  const form = await bot.db.selectFrom('forms').select('id').executeTakeFirstOrThrow()
  const body = new URLSearchParams({ action: 'yes' })
  const refused = await browse(`/batch/${id}/forms/${form.id}`, { method: 'POST', body, as: 'viewer' })
  expect(refused.status).toBe(403)
})
