import { z } from 'zod'
import { parseLimit } from '../../../src/engine/limits.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { expect, test } from 'bun:test'
import { listAudit } from '../../../src/db/tasks/audit.ts'
import { updateWorkflow } from '../../../src/db/workflows/workflows.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { readValues } from '../../../src/workbook/workbook.ts'
import { aProgram } from './support/program.ts'

const KEY = 'app-sandbox-slogan-writer'

test('a workflow is added by its key, which is never told again', async () => {
  const { ask, sandbox, bot } = await aProgram({ runs: false })
  const order = { api_key: KEY, base_url: sandbox.url, limit: 4 }
  const added = await ask('POST', '/api/workflows', order)
  expect(added).toMatchObject({ status: 201, json: { enabled: true, limit: 4, limit_now: 4, tasks: 0 } })
  expect((await ask('POST', '/api/workflows', order)).status).toBe(200)
  const all = await ask('GET', '/api/workflows')
  expect(all.json).toMatchObject({ items: [{}, {}] })
  const { entries } = await listAudit(bot.db, { who: 'API' })
  expect(entries.map(({ action }) => action)).toEqual(['workflow.add', 'workflow.add'])
  for (const told of [added.text, all.text, JSON.stringify(entries)]) expect(told).not.toContain(KEY)
})

test.each([
  [{}, 'api_key'],
  [{ api_key: 'x', base_url: 'file:///etc/passwd' }, 'base_url'],
  [{ api_key: 'x', limit: 0 }, 'limit'],
])('%p is refused by the field’s name', async (body, field) => {
  const { ask } = await aProgram({ runs: false })
  const { status, json } = await ask('POST', '/api/workflows', body)
  expect([status, json]).toEqual([
    422,
    expect.objectContaining({ code: 'invalid', message: expect.stringContaining(field) }),
  ])
})

test('a key that Dify does not take is refused in Dify’s sense, without the key', async () => {
  const { ask, sandbox } = await aProgram({ runs: false })
  const { status, text } = await ask('POST', '/api/workflows', {
    api_key: 'app-wrong-key',
    base_url: sandbox.url,
  })
  expect(status).toBe(409)
  expect(text).not.toContain('app-wrong-key')
})

test('it is brought up to date, checked, switched off and limited; then no task is made with it', async () => {
  const { ask, workflow, uploaded, execute, bot } = await aProgram({ runs: false })
  const path = `/api/workflows/${workflow.id}`
  const { upload_id } = await uploaded()
  expect(await ask('POST', `${path}/sync`)).toMatchObject({ status: 200, json: { workflow_id: workflow.id } })
  expect(await ask('POST', `${path}/check`)).toMatchObject({
    status: 200,
    json: { ok: true, changed: false },
  })
  const off = await ask('PATCH', path, { enabled: false, limit: 2 })
  expect(off).toMatchObject({ status: 200, json: { enabled: false, limit: 2 } })
  expect(await execute({ upload_id, workflow_id: workflow.id })).toMatchObject({
    status: 409,
    json: { message: `The workflow “${workflow.name}” is switched off.` },
  })
  const rates = await ask('PATCH', path, { per_minute: 60, tokens_per_minute: 20_000 })
  expect(rates).toMatchObject({ json: { limit: 2, per_minute: 60, tokens_per_minute: 20_000 } })
  const free = await ask('PATCH', path, { per_minute: null })
  expect(free).toMatchObject({ json: { limit: 2, per_minute: null, tokens_per_minute: 20_000 } })
  const { entries } = await listAudit(bot.db, { target: workflow.id })
  expect(entries.map(({ action }) => action)).toEqual([
    ...Array.from({ length: 3 }, () => 'workflow.limit'),
    'workflow.disable',
    'workflow.sync',
  ])
})

test('a check and a sync say what has changed in Dify', async () => {
  const { ask, bot, workflow } = await aProgram({ runs: false })
  const path = `/api/workflows/${workflow.id}`
  const [first, ...others] = workflow.variables
  const before = { ...workflow, name: 'An older name', variables: others }
  await updateWorkflow(bot.db, workflow.id, before, Date.now())
  const changes = [
    { code: 'input-added', message: `New input “${first?.label}” (short text, required).` },
    {
      code: 'app-name-differs',
      message: 'It is called “Product copywriter” now; it was “An older name”.',
    },
  ]
  expect(await ask('POST', `${path}/check`)).toMatchObject({ json: { ok: true, changed: true, changes } })
  expect(await ask('POST', `${path}/sync`)).toMatchObject({ json: { name: 'Product copywriter', changes } })
  expect(await ask('POST', `${path}/check`)).toMatchObject({ json: { changed: false, changes: [] } })
})

test('it is deleted only when no task needs it', async () => {
  const { ask, submit, workflow } = await aProgram({ runs: false })
  const { id } = await submit(1)
  const refused = await ask('DELETE', `/api/workflows/${workflow.id}`)
  expect(refused).toMatchObject({ status: 409, json: { code: 'conflict' } })
  await ask('POST', `/api/batch/${id}/stop`)
  await ask('DELETE', `/api/batch/${id}`)
  expect((await ask('DELETE', `/api/workflows/${workflow.id}`)).status).toBe(200)
  expect((await ask('POST', `/api/workflows/${workflow.id}/check`)).status).toBe(404)
})

test('a check of a key that was revoked says so', async () => {
  const { ask, workflow, sandbox } = await aProgram({ runs: false })
  await sandbox.stop()
  const { json } = await ask('POST', `/api/workflows/${workflow.id}/check`)
  expect(json).toMatchObject({ ok: false, changed: false, message: expect.any(String) })
})

test('its template is a workbook with its headings', async () => {
  const { call, workflow } = await aProgram({ runs: false })
  const response = await call(`/api/workflows/${workflow.id}/template`)
  expect(response.headers.get('content-disposition')).toStartWith('attachment; filename="Product copywriter')
  const file = { name: 'template.xlsx', bytes: await response.bytes() }
  const { headings, rows } = await readValues(file, {}, DEFAULT_LIMITS)
  await rows.return(undefined)
  expect(headings.join()).toContain('Key features')
})

test('which outputs must be there is set by their names, and said with the workflow', async () => {
  const { ask, workflow, bot } = await aProgram({ runs: false })
  const path = `/api/workflows/${workflow.id}`
  const set = await ask('PATCH', path, { required_outputs: ['text', ' score ', 'text'] })
  expect(set).toMatchObject({ status: 200, json: { required_outputs: ['text', 'score'] } })
  const none = await ask('PATCH', path, { required_outputs: [] })
  expect(none).toMatchObject({ status: 200, json: { required_outputs: [] } })
  for (const wrong of [[''], 'text', Array.from({ length: 51 }, (_, i) => `o${i}`)])
    expect((await ask('PATCH', path, { required_outputs: wrong })).status).toBe(422)
  const { entries } = await listAudit(bot.db, { action: 'workflow.outputs' })
  expect(entries).toMatchObject([
    { details: { required: 'none' } },
    { details: { required: ['text', 'score'] } },
  ])
})

test('where it is in Dify is set and taken back', async () => {
  const { ask, workflow } = await aProgram({ runs: false })
  const path = `/api/workflows/${workflow.id}`
  const app = 'https://dify.example.com/app/5a9d0b0c-1111-4000-8000-00005a9db0c5'
  const set = await ask('PATCH', path, { console_url: `${app}/logs` })
  expect(set).toMatchObject({ status: 200, json: { console_url: app } })
  expect(await ask('PATCH', path, { console_url: 'https://dify.example.com' })).toMatchObject({
    json: { message: 'That is not the address of an app in Dify.' },
  })
  expect(await ask('PATCH', path, { console_url: null })).toMatchObject({ json: { console_url: null } })
})

const MADE = z.object({ task_id: z.string() })

test('what a task of it may cost holds for every task that a program starts, unless it says otherwise', async () => {
  const { ask, workflow, uploaded, execute, bot } = await aProgram({ runs: false })
  const path = `/api/workflows/${workflow.id}`
  expect(await ask('PATCH', path, { per_task: 'much' })).toMatchObject({ status: 422 })
  expect(await ask('PATCH', path, { per_task: '5 usd' })).toMatchObject({ json: { per_task: '5 USD' } })
  const limitOf = async (more: object) => {
    const { upload_id } = await uploaded()
    const made = await execute({ upload_id, workflow_id: workflow.id, ...more })
    expect(made.status).toBe(201)
    return (await findTask(bot.db, MADE.parse(made.json).task_id))?.limit
  }
  expect(await limitOf({})).toEqual(parseLimit('5 USD'))
  expect(await limitOf({ limit: '200k tokens' })).toEqual(parseLimit('200k tokens'))
  expect(await limitOf({ limit: 'none' })).toBeUndefined()
  const { upload_id } = await uploaded()
  expect(await execute({ upload_id, workflow_id: workflow.id, limit: 'lots' })).toMatchObject({ status: 422 })
  expect(await ask('PATCH', path, { per_task: null })).toMatchObject({ json: { per_task: null } })
  expect(await limitOf({})).toBeUndefined()
})

test('the limit of a task is changed, and a wrong one is refused', async () => {
  const { ask, submit } = await aProgram({ runs: false })
  const { id } = await submit(1)
  const path = `/api/batch/${id}`
  expect(await ask('PATCH', path, { limit: '0.5 eur' })).toMatchObject({
    status: 200,
    json: { limit: '0.5 EUR' },
  })
  expect(await ask('PATCH', path, { limit: '-1 USD' })).toMatchObject({ status: 422 })
  expect(await ask('PATCH', path, { limit: null })).toMatchObject({ json: { limit: null, at_limit: false } })
})
