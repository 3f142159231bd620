import { expect, test } from 'bun:test'
import type { OpenApi } from '../../../src/admin/api/openapi.ts'
import { ADMIN_TOKEN, VIEWER_TOKEN } from '../support/admin.ts'
import { aProgram, formOf, SAMPLE } from './support/program.ts'

test('who may only look may look at everything but tokens, and change nothing; who has no token may do neither', async () => {
  const { ask, submit, workflow } = await aProgram({ runs: false })
  const { id } = await submit(2)
  const { paths } = (await ask('GET', '/docs/openapi.json')).json as OpenApi // the document’s own tests say so
  const values: Record<string, string> = { task_id: id, row: '2', workflow_id: workflow.id }
  let writes = 0
  for (const [path, verbs] of Object.entries(paths)) {
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    for (const verb of Object.keys(verbs)) {
      const method = verb.toUpperCase()
      if (path.endsWith('/events')) continue // does not end while the task waits
      // This task has neither files nor another that it is compared with.
      const found = path === '/api/tokens' ? 403 : /files|comparison.download/.test(path) ? 404 : 200
      const seen = await ask(method, url, method === 'GET' ? undefined : {}, { as: 'viewer' })
      expect([method, url, seen.status]).toEqual([method, url, method === 'GET' ? found : 403])
      if (method !== 'GET') writes++
      expect((await ask(method, url, method === 'GET' ? undefined : {}, { as: 'nobody' })).status).toBe(401)
    }
  }
  expect(writes).toBe(25)
  expect(await ask('GET', `/api/batch/${id}/status`)).toMatchObject({ json: { status: 'pending' } })
})

test.each(['..%2f..%2fetc%2fpasswd', '%00', 'a%00b', '%0d%0aset-cookie:x', "'%20or%201=1", 'x'.repeat(300)])(
  'the id %p is of nothing',
  async (id) => {
    const { ask, folder } = await aProgram({ runs: false })
    for (const [method, path] of [
      ['GET', `/api/batch/${id}/status`],
      ['GET', `/api/batch/${id}/download`],
      ['GET', `/api/batch/${id}/events`],
      ['POST', `/api/batch/${id}/stop`],
      ['DELETE', `/api/batch/${id}`],
      ['DELETE', `/api/workflows/${id}`],
      ['GET', `/api/workflows/${id}/template`],
    ] as const) {
      const { status, json, text } = await ask(method, path)
      expect([path, status, json]).toEqual([path, 404, expect.objectContaining({ code: 'not_found' })])
      expect(text).not.toContain(folder)
    }
  },
)

test.each([
  'products\r\nset-cookie: a=b.xlsx',
  '../../etc/passwd.xlsx',
  'a"; filename="evil.html',
  '\u202excod.xlsx',
  '报价单.xlsx',
  'a\u0000b.xlsx',
])('a file called %p comes back under a name that harms nobody', async (fileName) => {
  const { bot, ask, submit } = await aProgram({ runs: false })
  const { id } = await submit(1)
  await bot.db.updateTable('batch_tasks').set({ file_name: fileName }).where('id', '=', id).execute()
  const { headers, status } = await ask('GET', `/api/batch/${id}/download`)
  expect(status).toBe(200)
  expect(headers.get('set-cookie')).toBeNull()
  const given = headers.get('content-disposition') ?? ''
  expect(given).toMatch(
    /^attachment; filename="[\x20-\x21\x23-\x7e]+\.results\.xlsx"; filename\*=UTF-8''[\w%.~!$&+^`|#-]+$/,
  )
  expect(decodeURIComponent(given.split("''")[1] ?? '')).not.toMatch(/[/\\\r\n\0\u202e"]/)
})

test.each([
  ['../../etc/cron.d/evil.xlsx', 'evil.xlsx'],
  [String.raw`C:\Users\mei\products.xlsx`, 'products.xlsx'],
  ['two\u0000\u0007lines.xlsx', 'two lines.xlsx'],
  [`${'x'.repeat(100_000)}.xlsx`, `${'x'.repeat(195)}.xlsx`],
])(
  'of a file name that was sent, only the name is kept, and no more than a name has: %#',
  async (sent, kept) => {
    const { ask } = await aProgram({ runs: false })
    const { status, json } = await ask('POST', '/api/batch/upload', formOf(SAMPLE, sent))
    expect([status, json]).toMatchObject([201, { good: 5, file_name: kept }])
  },
)

test('a row and a file of a number that no sheet has are refused, and are no fault of ours', async () => {
  const { ask, submit } = await aProgram({ runs: false })
  const { id } = await submit(1)
  const rows = { rows: [3_000_000_000] }
  for (const [method, path, body] of [
    ['GET', 'executions/3000000000', undefined],
    ['GET', 'executions/2/files/3000000000', undefined],
    ['POST', 'retry-failed', rows],
    ['POST', 'run-again', rows],
  ] as const)
    expect([path, (await ask(method, `/api/batch/${id}/${path}`, body)).status]).toEqual([path, 422])
})

test('no answer has a path of this machine, a key or a token', async () => {
  const { ask, uploaded, execute, folder, finished } = await aProgram()
  const { task_id } = await finished()
  const { upload_id } = await uploaded()
  const answers = [
    await ask('GET', '/api/batch/'),
    await ask('GET', `/api/batch/${task_id}/executions`),
    await ask('GET', `/api/batch/${task_id}/executions/2`),
    await ask('GET', `/api/batch/${task_id}/logs`),
    await ask('GET', '/api/workflows'),
    await ask('GET', '/docs/openapi.json'),
    await execute({ upload_id, sheet: 'none' }),
    await ask('POST', '/api/batch/upload', formOf('\u0000\u0001', 'x.xlsx')),
    await ask('POST', '/api/batch/execute', '{'),
  ]
  for (const { text } of answers) {
    for (const secret of [
      folder,
      'app-sandbox',
      ADMIN_TOKEN,
      VIEWER_TOKEN,
      import.meta.dir.split('/test')[0] ?? '',
    ])
      expect(text).not.toContain(secret)
    expect(text).not.toMatch(/ at .*\.ts:\d+/)
  }
})

test('an answer that is not what it is said to be is a fault of ours, and says nothing of what it was', async () => {
  const { bot, ask, submit } = await aProgram({ runs: false })
  const { id } = await submit(1)
  const constants = '[{"name":"tone","label":7,"text":"casual"}]'
  await bot.db.updateTable('batch_tasks').set({ constants }).where('id', '=', id).execute()
  const { status, json } = await ask('GET', `/api/batch/${id}/status`)
  expect([status, json]).toEqual([500, expect.objectContaining({ code: 'internal' })])
})

test.each([['{'], ['[]'], ['null'], ['"x"'], ['{"upload_id":{"$ne":1}}']])(
  'the body %p makes nothing',
  async (body) => {
    const { call } = await aProgram({ runs: false })
    const headers = { 'content-type': 'application/json' }
    const { status } = await call('/api/batch/execute', { method: 'POST', body, headers })
    expect([400, 422]).toContain(status)
  },
)
