import { expect, test } from 'bun:test'
import { form } from './support/admin.ts'
import { aProgram } from './api/support/program.ts'
import { shownOf } from './support/shown.ts'

test('an admin erases a task through the API and on the page, and gets a receipt; a viewer may not', async () => {
  const { ask, browse, finished, status, call } = await aProgram()
  const { task_id } = await finished()
  const asked = { what: 'task', id: task_id }
  const page = await shownOf(await browse('/data'))
  expect(page.text).toContain('Data of people')
  expect((await call('/data', { as: 'viewer' })).status).toBe(403)
  const mei = { person: 'Mei' }
  expect((await ask('POST', '/api/people/export', mei, { as: 'viewer' })).status).toBe(403)
  const exported = await browse('/data/person', form(mei))
  expect(exported.headers.get('content-disposition')).toContain('rowbot-person.json')
  expect(await exported.json()).toMatchObject({ names: ['Mei'], sessions: [{ name: 'Mei' }] })
  expect((await ask('POST', '/api/erase', asked, { as: 'viewer' })).status).toBe(403)
  expect((await status(task_id)).status).toBe('completed')

  const erased = await ask('POST', '/api/erase', asked)
  expect([erased.status, erased.json]).toEqual([
    200,
    expect.objectContaining({ id: task_id, by: 'API', erased: expect.objectContaining({ tasks: 1 }) }),
  ])
  expect((await ask('GET', `/api/batch/${task_id}/status`)).status).toBe(404)
  expect((await ask('POST', '/api/erase', asked)).status).toBe(404)

  const other = (await finished()).task_id
  const sure = await shownOf(await browse('/data/erase', form({ what: 'task', subject: other })))
  expect(sure.text).toContain(`Erase a task “${other}”?`)
  expect((await status(other)).status).toBe('completed')
  const done = await shownOf(await browse('/data/erase', form({ what: 'task', subject: other, sure: 'yes' })))
  for (const said of ['Receipt', 'tasks: 1', `${other} was erased on`]) expect(done.text).toContain(said)
  const gone = await browse('/data/erase', form({ what: 'person', subject: '<b>nobody', sure: 'yes' }))
  expect(gone.status).toBe(422)
  expect((await shownOf(gone)).text).toContain('nobody')
})

test('the audit is a file for a range of days, on the page and through the API; a viewer may have it', async () => {
  const { browse, call } = await aProgram({ runs: false })
  const csv = await browse('/audit/export?format=csv&since=2020-01-01&until=')
  expect(csv.headers.get('content-disposition')).toContain('rowbot-audit.csv')
  expect(await csv.text()).toContain('sign-in')
  expect(await (await browse('/audit/export?format=jsonl&until=2020-01-01')).text()).toBe('')
  const lines = await call('/api/audit.jsonl?since=2020-01-01T00:00:00Z', { as: 'viewer' })
  expect(
    (await lines.text())
      .trimEnd()
      .split('\n')
      .map((line) => typeof JSON.parse(line)),
  ).toContain('object')
  expect((await call('/api/audit.csv?since=yesterday')).status).toBe(422)
})
