import { expect, test } from 'bun:test'
import { orderOf } from '../support/bot.ts'
import { anAdmin, form } from './support/admin.ts'
import { shownOf } from './support/shown.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

/** After a task of two rows in the sandbox. */
async function anAdminWithUsage() {
  const around = await anAdmin()
  const { bot, workflow, ended } = around
  const { id } = await bot.engine.submit({ ...orderOf(workflow, 2), owner: '<b>Mei', ownerKey: 'web::Mei' })
  bot.startRunner()
  await ended(id)
  return { ...around, id }
}

test('the page shows what was spent, lets an admin set a limit, and a viewer only look', async () => {
  const { browse, workflow } = await anAdminWithUsage()
  const text = async (path: string, as: 'admin' | 'viewer' = 'admin') =>
    (await shownOf(await browse(path, { as }))).text.replaceAll(/\s+/g, ' ')
  expect(await text('/usage')).toMatch(/Product copywriter 122\d+\$0\.0\d+ no limit Change…/)
  expect(await text('/usage')).toContain('<b>Mei 122')
  expect(await text('/usage', 'viewer')).not.toContain('Change…')
  expect(await text('/usage?month=1999-01')).toContain('Nothing was called in this month.')

  const path = `/usage/limit?of=workflow&subject=${workflow.id}`
  expect((await browse(path, form({ perMonth: 'lots' }))).status).toBe(422)
  expect((await browse(path, { ...form({ perMonth: '5 USD' }), as: 'viewer' })).status).toBe(403)
  expect((await browse(path, form({ perMonth: '0.000001 USD' }))).status).toBe(303)
  expect(await text('/usage')).toMatch(/\$0\.0\d+ of \$0\.000001 this month/)

  const csv = await browse('/usage.csv')
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(await csv.text()).toContain('Product copywriter')
})

test('step 4 says what is left, and a start at a used-up limit is refused with who can raise it', async () => {
  const { browse, workflow } = await anAdminWithUsage()
  const path = `/usage/limit?of=workflow&subject=${workflow.id}`
  await browse(path, form({ perMonth: '0.000001 USD' }))
  const visit = new TaskVisit(browse)
  await visit.send(csvFile('Name,Key features\nKettle,hot\n'))
  for (const label of ['Next', 'Next', 'Next']) await visit.press(label)
  expect(visit.text).toContain('Product copywriter has $0.00 of $0.000001 left this month')
  await visit.press('Start')
  expect(visit.text).toContain('Product copywriter has used up its $0.000001 for this month.')
})

test('a program reads usage and sets limits', async () => {
  const { call, workflow } = await anAdminWithUsage()
  const put = (body: object, as: 'admin' | 'viewer' = 'admin') =>
    call('/api/usage/limits', {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      as,
    })
  const limit = { of: 'workflow', id: workflow.id, per_month: '50 usd' }
  expect((await put(limit, 'viewer')).status).toBe(403)
  expect((await put({ ...limit, per_month: 'lots' })).status).toBe(422)
  expect(await (await put(limit)).json()).toEqual({
    of: 'workflow',
    id: workflow.id,
    name: 'Product copywriter',
    per_month: '50 USD',
  })
  expect(await (await call('/api/usage', { as: 'viewer' })).json()).toMatchObject({
    items: [
      {
        workflow: 'Product copywriter',
        person: '<b>Mei',
        tasks: 1,
        rows: 2,
        calls: 2,
        prices: [{ currency: 'USD', amount: expect.stringMatching(/^0\.0\d+$/), estimated: false }],
      },
    ],
    limits: [{ of: 'workflow', per_month: '50 USD' }],
  })
  expect((await call('/api/usage?month=yesterday')).status).toBe(422)
  expect((await put({ of: 'person', id: 'nobody', per_month: null })).status).toBe(409)
  expect(await (await call('/api/usage.csv')).text()).toContain('month,workflow')
})
