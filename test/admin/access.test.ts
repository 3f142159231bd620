import { describe, expect, test } from 'bun:test'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { until } from '../support/bot.ts'
import { aProgram, formOf, SAMPLE } from './api/support/program.ts'
import { anAdmin, form } from './support/admin.ts'
import { csvFile, TaskVisit } from './support/task-visit.ts'

type Person = Awaited<ReturnType<Awaited<ReturnType<typeof anAdmin>>['withToken']>>

describe('a runner', () => {
  async function twoRunners() {
    const program = await aProgram({ runs: false })
    const [ada, bo] = [await program.withToken('Ada', 'runner'), await program.withToken('Bo', 'runner')]
    const upload = async ({ call }: Person) => {
      const body = formOf(SAMPLE, 'ada.xlsx')
      const sent = await call('/api/batch/upload', { method: 'POST', body })
      return ((await sent.json()) as { upload_id: string }).upload_id
    }
    const execute = async ({ call }: Person, upload_id: string, key?: string) => {
      const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) }
      const body = JSON.stringify({ upload_id })
      const made = await call('/api/batch/execute', { method: 'POST', headers, body })
      return { status: made.status, json: (await made.json()) as { task_id?: string; owner?: string } }
    }
    return { ...program, ada, bo, sent: upload, started: execute }
  }

  test('starts tasks, sees and acts on their own, under the name of their token', async () => {
    const { ada, sent, started, ask, bot } = await twoRunners()
    const { status, json } = await started(ada, await sent(ada))
    expect([status, json.owner]).toEqual([201, 'Ada'])
    const page = await (await ada.browse(`/batch/${json.task_id}`)).text()
    expect(page).toContain('Ada')
    expect(page).not.toContain('href="/workflows"')
    expect((await ada.call(`/api/batch/${json.task_id}/pause`, { method: 'POST' })).status).toBe(200)
    expect((await ask('GET', `/api/batch/${json.task_id}/status`)).json).toMatchObject({ status: 'paused' })
    const acts = (await listAudit(bot.db)).entries.filter(({ who }) => who === 'Ada')
    expect(acts.map(({ action, face, role }) => [action, face, role])).toEqual([
      ['task.pause', 'api', 'member'],
      ['task.create', 'api', 'member'],
      ['upload.add', 'api', 'member'],
      ['sign-in', 'page', 'member'],
    ])
  })

  test('finds nothing of others in lists, counts, files sent before, and keys of requests', async () => {
    const { ada, bo, sent, started, execute, uploaded } = await twoRunners()
    const hers = await sent(ada)
    expect((await started(bo, hers)).status).toBe(404)
    const { json } = await started(ada, hers, 'monday')
    await execute({ upload_id: (await uploaded()).upload_id })
    const listed = async ({ call }: Person) => {
      const { total, items, counts } = (await (await call('/api/batch/')).json()) as {
        total: number
        items: { task_id: string }[]
        counts: { pending: number }
      }
      return { total, ids: items.map(({ task_id }) => task_id), pending: counts.pending }
    }
    expect(await listed(ada)).toEqual({ total: 1, ids: [json.task_id ?? ''], pending: 1 })
    expect(await listed(bo)).toEqual({ total: 0, ids: [], pending: 0 })
    const page = await (await bo.browse('/batch')).text()
    expect(page).not.toContain('ada.xlsx')
    for (const path of ['/workflows', '/usage', '/audit', '/access'])
      expect(page).not.toContain(`href="${path}"`)
    // The same key, and even the same file, is another request when another runner sends it.
    expect((await started(bo, hers, 'monday')).status).toBe(404)
    const his = await started(bo, await sent(bo), 'monday')
    expect(his).toMatchObject({ status: 201, json: { owner: 'Bo' } })
    expect(his.json.task_id).not.toBe(json.task_id)
    const { items } = (await (await bo.call('/api/workflows')).json()) as { items: { tasks: number }[] }
    expect(items.map(({ tasks }) => tasks)).toEqual([1])
  })

  test('goes through the steps on the page, where nobody else finds their draft', async () => {
    const { ada, bo, browse, bot, workflow } = await twoRunners()
    const { path } = await new TaskVisit(ada.browse).send(csvFile('Name,Key features\nKettle,hot\n'))
    const draft = path.split('?')[0] ?? ''
    expect((await ada.browse(path)).status).toBe(200)
    expect((await browse(path)).status).toBe(200)
    expect((await bo.browse(path)).status).toBe(404)
    expect((await bo.browse(draft, { method: 'POST', body: new URLSearchParams() })).status).toBe(404)
    await bot.db
      .updateTable('workflows')
      .set({ access: JSON.stringify({ users: ['U1'], channels: [], roles: [] }) })
      .where('id', '=', workflow.id)
      .execute()
    expect(await (await ada.call('/api/workflows')).json()).toMatchObject({ items: [] })
    expect((await ada.call(`/api/workflows/${workflow.id}/template`)).status).toBe(404)
    expect((await ada.browse(`/batch/template/${workflow.id}`)).status).toBe(404)
    for (const shown of ['/batch/new', path]) {
      const page = await (await ada.browse(shown)).text()
      expect(page).toContain('There is no workflow here that you may use.')
      expect(page).not.toContain('href="/workflows')
    }
  })
})

test('signing out ends the session on the server: a copy of the cookie opens nothing', async () => {
  const { withToken, browse } = await anAdmin()
  const ada = await withToken('Ada', 'runner')
  const copy = { as: 'nobody', headers: { cookie: ada.cookie } } as const
  expect((await browse('/batch', copy)).status).toBe(200)
  await ada.browse('/sign-out', { method: 'POST' })
  expect((await browse('/batch', copy)).headers.get('location')).toBe('/sign-in?next=%2Fbatch')
  expect(await (await browse('/alive', copy)).json()).toEqual({ signedIn: false })
})

test('on the page a token is made, shown once, used, listed, and revoked, which ends its streams, too', async () => {
  const { browse, call, signIn, submit, bot } = await anAdmin()
  const made = await browse('/access', form({ name: 'Zoë <b>', role: 'viewer' }))
  expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store'])
  const shown = await made.text()
  expect(shown).toContain('Zoë &lt;b&gt;')
  const token = /rowbot_[\w-]{43}/.exec(shown)?.[0] ?? ''
  const taken = await browse('/access', form({ name: 'Zoë <b>', role: 'viewer' }))
  expect([taken.status, await taken.text()]).toEqual([422, expect.stringContaining('There is a token')])

  const cookie = (await signIn(token, 'somebody else')) ?? ''
  const { id } = await submit(2)
  const streams = await Promise.all([
    call(`/api/batch/${id}/events`, { headers: { authorization: `Bearer ${token}` } }),
    call(`/api/batch/${id}/events`, { as: 'nobody', headers: { cookie } }),
    call(`/api/batch/${id}/events`),
  ])
  const readers = streams.map((stream) => stream.body?.getReader())
  const list = await (await browse('/access')).text()
  expect(list).not.toContain(token)
  expect(list).toContain('just now')

  const revoke = /\/access\/[\da-f]+\/revoke/.exec(list)?.[0] ?? ''
  expect(await (await browse(revoke)).text()).toContain('Revoke the token of Zoë &lt;b&gt;?')
  expect((await browse(revoke, form({}))).headers.get('location')).toBe('/access')
  expect((await call('/api/batch/', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
  expect((await browse('/batch', { as: 'nobody', headers: { cookie } })).status).toBe(303)
  expect(await (await browse('/access')).text()).toContain('revoked by Mei')
  const over = [false, false, false]
  readers.forEach((reader, at) => void drain(reader).then(() => (over[at] = true)))
  await until(() => over[0] && over[1], Boolean)
  expect(over).toEqual([true, true, false])
  await readers[2]?.cancel()
  const acts = await bot.db.selectFrom('audit_log').select(['who', 'action']).orderBy('id').execute()
  expect(acts.slice(-3)).toEqual([
    { who: 'Mei', action: 'token.add' },
    { who: 'Zoë <b>', action: 'sign-in' },
    { who: 'Mei', action: 'token.revoke' },
  ])
})

/** Reads a stream to its end. */
async function drain(reader: { read: () => Promise<{ done: boolean }> } | undefined): Promise<void> {
  while (!(await reader?.read())?.done);
}
