import { parseLimit } from '../../src/engine/limits.ts'
import { describe, expect, test } from 'bun:test'
import { findAccess } from '../../src/db/workflows/access.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { findWorkflow, listWorkflows } from '../../src/db/workflows/workflows.ts'
import type { SandboxApp } from '../../src/dify/sandbox/app.ts'
import { productCopywriter } from '../../src/dify/sandbox/apps/product-copywriter.ts'
import { aSandbox, later, withWorkflow } from '../support/bot.ts'
import { anAdmin, form } from './support/admin.ts'
import { listWorkflowRecords } from '../../src/db/stats/workflow-record.ts'
import { nano } from '../support/nano.ts'
import { shownOf } from './support/shown.ts'

const COPYWRITER_KEY = 'app-sandbox-product-copywriter'
const SLOGANS_KEY = 'app-sandbox-slogan-writer'
const HTMX = { 'hx-request': 'true' }

describe('the list', () => {
  test('says of a workflow what it takes, how it is, and who may use it', async () => {
    const { browse, submit, sandbox } = await anAdmin({ limit: 4 })
    await submit(1)
    const { text } = await shownOf(await browse('/workflows'))
    expect(text).toContain('Product copywriter')
    expect(text).toContain('Needs Name, Key features; can use Tone, Max words.')
    expect(text).toContain('formal, casual, playful')
    expect(text).toContain('4 calls at once · 1 task')
    expect(text).toContain(new URL(sandbox.url).host)
    expect(text).toContain('in the chats: everyone')
  })

  test('says how its rows have ended lately, and what one takes and costs', async () => {
    const { browse, submit, bot, ended } = await anAdmin({})
    const { id } = await submit(8, { retries: 0 }, (row) => (row === 3 ? '[sandbox: failed]' : 'good'))
    bot.startRunner()
    await ended(id)
    const seconds = { seconds: 3.2, price_nano: nano(0.0021), currency: 'USD' }
    await bot.db.updateTable('task_executions').set(seconds).where('status', '=', 'succeeded').execute()
    const said =
      '87 % of 8 rows succeeded in 30 days · a row takes 3.2 s and costs $0.0021 · last started just now'
    expect((await shownOf(await browse('/workflows'))).text).toContain(said)
    // A row that follows another was not called.
    await bot.db.updateTable('batch_tasks').set({ equal_rows: 2, carried: 1 }).execute()
    expect([...(await listWorkflowRecords(bot.db, 0)).values()]).toMatchObject([{ succeeded: 4, failed: 1 }])
    await bot.db.updateTable('batch_tasks').set({ carried: 9 }).execute()
    expect([...(await listWorkflowRecords(bot.db, 0)).values()]).toMatchObject([{ succeeded: 0, failed: 1 }])
    // What is older says nothing of today.
    await bot.db.updateTable('batch_tasks').set({ created_at: 1 }).execute()
    expect([...(await listWorkflowRecords(bot.db, 2)).values()]).toMatchObject([
      { succeeded: 0, failed: 0, lastAt: 1 },
    ])
  })

  test('where there is none, says where a key is found, and offers samples', async () => {
    const { browse, bot, workflow } = await anAdmin()
    await browse(`/workflows/${workflow.id}/remove`, form({}))
    const empty = await shownOf(await browse('/workflows'))
    expect(empty.text).toContain('Open “API Access” in its menu')
    const added = await browse('/workflows/samples', form({}))
    expect(added.headers.get('location')).toBe('/workflows?notice=samples')
    const samples = await listWorkflows(bot.db)
    expect(samples.map(({ name }) => name)).toContain('Product copywriter')
    expect(new Set(samples.map(({ baseUrl }) => baseUrl))).toEqual(new Set(['sandbox:']))
    expect((await shownOf(await browse('/workflows?notice=samples'))).text).toContain('They call no model')
  })

  test('has no sentence from the address', async () => {
    const { browse } = await anAdmin()
    for (const query of ['notice=Pay+me', 'notice=key&of=nobody', 'notice=__proto__', 'of=x'])
      expect((await shownOf(await browse(`/workflows?${query}`))).text).not.toMatch(/Pay me|nobody|new key,/)
  })

  test('somebody who may only look sees it, and is offered and allowed nothing', async () => {
    const { browse, workflow } = await anAdmin()
    const { text, elements } = await shownOf(await browse('/workflows', { as: 'viewer' }))
    expect(text).toContain('Product copywriter')
    const actions = elements.flatMap(({ attributes }) => attributes['action'] ?? [])
    expect(actions.filter((action) => action.startsWith('/workflows'))).toEqual([])
    for (const path of ['/workflows/add', `/workflows/${workflow.id}/key`])
      expect((await browse(path, { as: 'viewer' })).status).toBe(403)
    for (const act of [
      'sync',
      'check',
      'key',
      'limit',
      'enable',
      'disable',
      'remove',
      'access',
      'outputs',
      'console',
    ])
      expect((await browse(`/workflows/${workflow.id}/${act}`, { as: 'viewer', ...form({}) })).status).toBe(
        403,
      )
    expect((await browse('/workflows/add', { as: 'viewer', ...form({ apiKey: SLOGANS_KEY }) })).status).toBe(
      403,
    )
    expect((await browse(`/workflows/${workflow.id}/template`, { as: 'viewer' })).status).toBe(200)
  })
})

describe('adding one', () => {
  test('takes its name and inputs from Dify', async () => {
    const { browse, bot, sandbox } = await anAdmin()
    const added = await browse(
      '/workflows/add',
      form({ apiKey: ` ${SLOGANS_KEY} `, url: sandbox.url, limit: '3' }),
    )
    const workflow = (await listWorkflows(bot.db)).find(({ name }) => name === 'Slogan writer')
    expect(workflow).toMatchObject({ limit: 3, mode: 'completion' })
    expect(added.status).toBe(303)
    expect(added.headers.get('location')).toBe(`/workflows?notice=added&of=${workflow?.id}#w-${workflow?.id}`)
    const { text } = await shownOf(await browse(`/workflows?notice=added&of=${workflow?.id}`))
    expect(text).toContain('“Slogan writer” is added, and its key works.')
  })

  test('says that it was there already, and leaves its limit where none is given', async () => {
    const { browse, bot, sandbox, workflow } = await anAdmin({ limit: 4 })
    const added = await browse(
      '/workflows/add',
      form({ apiKey: COPYWRITER_KEY, url: sandbox.url, limit: '' }),
    )
    expect(added.headers.get('location')).toStartWith(`/workflows?notice=existing&of=${workflow.id}`)
    expect(await findWorkflow(bot.db, workflow.id)).toMatchObject({ limit: 4 })
  })

  test('with a key that Dify does not know keeps what was typed, but for the key', async () => {
    const { browse, bot, sandbox } = await anAdmin()
    const key = 'app-wrongwrongwrong123'
    const refused = await browse('/workflows/add', form({ apiKey: key, url: sandbox.url, limit: '7' }))
    expect(refused.status).toBe(422)
    const html = await refused.text()
    expect(html).not.toContain(key)
    const { text, elements } = await shownOf(new Response(html))
    expect(text).toContain('Dify does not know this API key')
    expect(valueOf(elements, 'url')).toBe(sandbox.url)
    expect(valueOf(elements, 'limit')).toBe('7')
    expect(valueOf(elements, 'apiKey')).toBeUndefined()
    expect(await listWorkflows(bot.db)).toHaveLength(1)
  })

  test.each([
    ['0', 'Calls at once is a whole number from 1 to 1,000.'],
    ['2.5', 'Calls at once is a whole number from 1 to 1,000.'],
    ['many', 'Calls at once is a whole number from 1 to 1,000.'],
  ])('with a limit of %p asks nobody', async (limit, sentence) => {
    const { browse, bot } = await anAdmin()
    // Nothing listens there: the answer is about the limit, so nothing was asked.
    const refused = await browse(
      '/workflows/add',
      form({ apiKey: SLOGANS_KEY, url: 'http://127.0.0.1:1/v1', limit }),
    )
    expect((await shownOf(refused)).text).toContain(sentence)
    expect(await listWorkflows(bot.db)).toHaveLength(1)
  })

  test('in the dialog shows what is wrong in the dialog', async () => {
    const { browse } = await anAdmin()
    const refused = await browse('/workflows/add', { ...form({ apiKey: '' }), headers: HTMX })
    expect(refused.status).toBe(422)
    expect(refused.headers.get('hx-retarget')).toBe('#dialog')
    expect(refused.headers.get('hx-reselect')).toBe('#question')
    expect((await shownOf(refused)).text).toContain('Paste the key first.')
  })

  test('a server that says the key back, and a key in the field of the address, are not repeated', async () => {
    const { browse } = await anAdmin()
    const key = 'odd.key.of.no.known.shape'
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: ({ headers }) =>
        Response.json(
          { code: 'x', message: `no ${headers.get('authorization')?.slice('Bearer '.length)}` },
          { status: 400 },
        ),
    })
    later(() => server.stop(true))
    const echoed = await browse(
      '/workflows/add',
      form({ apiKey: key, url: `http://127.0.0.1:${server.port}/v1` }),
    )
    expect(echoed.status).toBe(422)
    expect(await echoed.text()).not.toContain(key)
    for (const url of ['app-pastedintothewrongone1', 'https://mei:pastedintothewrongone1@127.0.0.1:1/v1']) {
      const refused = await browse('/workflows/add', form({ apiKey: 'app-x', url }))
      expect(refused.status).toBe(422)
      expect(await refused.text()).not.toContain('pastedintothewrongone1')
    }
  })
})

describe('a workflow', () => {
  test('is checked: it answers, its inputs are others now, or what is wrong', async () => {
    const app = structuredCopy(productCopywriter)
    const { browse, bot } = await anAdmin()
    const sandbox = aSandbox({ apps: [app] })
    const { id } = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: app.key })
    const check = () => browse(`/workflows/${id}/check`, form({}))
    expect((await check()).headers.get('location')).toStartWith(`/workflows?notice=checked&of=${id}`)
    app.form.pop()
    const before = await findWorkflow(bot.db, id)
    expect((await check()).headers.get('location')).toStartWith(`/workflows?notice=changed&of=${id}`)
    expect(await findWorkflow(bot.db, id)).toEqual(before)
    const said = 'It has changed in Dify: The input “Max words” is gone.'
    expect((await shownOf(await browse('/workflows'))).text).toContain(said)
    // Checked again, there is no news for the audit.
    await check()
    await browse(`/workflows/${id}/sync`, form({}))
    expect((await findWorkflow(bot.db, id))?.variables).toHaveLength(app.form.length)
    expect((await shownOf(await browse('/workflows'))).text).not.toContain('It has changed in Dify')
    const changes = [{ code: 'input-removed', params: { input: 'Max words' } }]
    const { entries } = await listAudit(bot.db, { target: id })
    expect(entries.map(({ action, details }) => [action, details])).toEqual([
      ['workflow.sync', { workflow: 'Product copywriter', changes }],
      ['workflow.check', { workflow: 'Product copywriter', changes }],
    ])
    const { text: audit } = await shownOf(await browse('/audit', { headers: { 'accept-language': 'zh-CN' } }))
    expect(audit).toContain('发现工作流在 Dify 中已有变化')
    expect(audit).toContain('变化： 输入项“Max words”已不存在。')
    await sandbox.stop()
    const unreachable = await check()
    expect(unreachable.status).toBe(422)
    expect((await shownOf(unreachable)).text).toContain('cannot be reached')
  })

  test('takes a new key of the same app, and no other', async () => {
    const app = structuredCopy(productCopywriter)
    const other = { ...structuredCopy(productCopywriter), name: 'Another', key: 'app-another-apps-key-1' }
    const { browse, bot } = await anAdmin()
    const sandbox = aSandbox({ apps: [app, other] })
    const { id } = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: app.key })
    const give = (apiKey: string) => browse(`/workflows/${id}/key`, form({ apiKey }))

    const foreign = await give(other.key)
    expect(foreign.status).toBe(422)
    expect((await shownOf(foreign)).text).toContain(
      'That is the key of “Another”, not of “Product copywriter”.',
    )
    Object.assign(app, { key: 'app-second-key-of-it-2' })
    expect((await give('app-neither-one-nor-two-3')).status).toBe(422)
    expect((await browse(`/workflows/${id}/check`, form({}))).status).toBe(422)

    const taken = await give('app-second-key-of-it-2')
    expect(taken.headers.get('location')).toStartWith('/workflows?notice=key')
    expect((await browse(`/workflows/${id}/check`, form({}))).headers.get('location')).toContain(
      'notice=checked',
    )
  })

  test('has another limit, is switched off and on', async () => {
    const { browse, bot, workflow } = await anAdmin()
    const now = () => findWorkflow(bot.db, workflow.id)
    const path = `/workflows/${workflow.id}`
    const wrong = await browse(`${path}/limit`, form({ limit: '1001' }))
    expect(wrong.status).toBe(422)
    expect(valueOf((await shownOf(wrong)).elements, 'limit')).toBe('1001')
    await browse(`${path}/limit`, form({ limit: '6' }))
    expect(await now()).toMatchObject({ limit: 6, perMinute: null, tokensPerMinute: null })
    const noRate = await browse(`${path}/limit`, form({ limit: '6', perMinute: '0', tokensPerMinute: '9' }))
    expect(noRate.status).toBe(422)
    expect(valueOf((await shownOf(noRate)).elements, 'tokensPerMinute')).toBe('9')
    await browse(`${path}/limit`, form({ limit: '6', perMinute: '60', tokensPerMinute: '20000' }))
    expect(await now()).toMatchObject({ limit: 6, perMinute: 60, tokensPerMinute: 20_000 })
    expect((await shownOf(await browse('/workflows'))).text).toContain('60 calls a minute')
    expect(valueOf((await shownOf(await browse(`${path}/limit`))).elements, 'perMinute')).toBe('60')
    const noLimit = await browse(`${path}/limit`, form({ limit: '6', perTask: 'lots' }))
    expect(await noLimit.text()).toContain('such as 5 USD, or a number of tokens')
    expect(await now()).not.toHaveProperty('perTask')
    await browse(`${path}/limit`, form({ limit: '6', perTask: '5 usd' }))
    expect(await now()).toMatchObject({ perTask: parseLimit('5 USD') })
    expect(await (await browse('/workflows')).text()).toContain('at most $5.00 a task')
    expect(valueOf((await shownOf(await browse(`${path}/limit`))).elements, 'perTask')).toBe('5 USD')
    await browse(`${path}/limit`, form({ limit: '6', perTask: ' ' }))
    expect(await now()).not.toHaveProperty('perTask')
    await browse(`${path}/disable`, form({}))
    expect(await now()).toMatchObject({ enabled: false })
    expect((await shownOf(await browse('/workflows'))).text).toContain('Switched off')
    await browse(`${path}/enable`, form({}))
    expect(await now()).toMatchObject({ enabled: true })
  })

  test('says which outputs must be there: those that it has given are offered, others can be typed', async () => {
    const { browse, bot, workflow, submit, ended } = await anAdmin()
    bot.startRunner()
    await ended((await submit(1)).id)
    const path = `/workflows/${workflow.id}/outputs`
    const shown = await shownOf(await browse(path))
    const boxes = shown.elements.filter(({ attributes }) => attributes['name'] === 'required')
    expect(boxes.map(({ attributes }) => attributes['value'])).toContain('title')
    const sent = new URLSearchParams([
      ['required', 'title'],
      ['required', 'a<b>'],
      ['others', 'score，title, '],
    ])
    const saved = await browse(path, { method: 'POST', body: sent })
    expect(saved.headers.get('location')).toStartWith('/workflows?notice=outputs')
    expect((await findWorkflow(bot.db, workflow.id))?.requiredOutputs).toEqual(['title', 'a<b>', 'score'])
    expect((await shownOf(await browse('/workflows'))).text).toContain(
      'A row has failed without the outputs title, a<b>, score',
    )
    const again = (await shownOf(await browse(path))).elements
    const checkedBoxes = again.filter(({ attributes }) => attributes['checked'] !== undefined)
    expect(checkedBoxes.map(({ attributes }) => attributes['value'])).toEqual([
      'title',
      'a&lt;b&gt;',
      'score',
    ])
    const wrong = await browse(path, form({ others: 'x'.repeat(201) }))
    expect(wrong.status).toBe(422)
    expect((await shownOf(wrong)).text).toContain('names of at most 200 characters')
    await browse(path, form({}))
    expect((await findWorkflow(bot.db, workflow.id))?.requiredOutputs).toBeUndefined()
    const { entries } = await listAudit(bot.db, { action: 'workflow.outputs' })
    expect(entries.map(({ details }) => details?.['required'])).toEqual(['none', ['title', 'a<b>', 'score']])
  })

  test('says where it is in Dify, and its rows link to its log there', async () => {
    const { browse, bot, workflow, submit, ended } = await anAdmin()
    bot.startRunner()
    const { id } = await ended((await submit(1)).id)
    const path = `/workflows/${workflow.id}/console`
    const row = async () => (await shownOf(await browse(`/batch/${id}/rows/2`))).text
    expect(await row()).not.toContain('log in Dify')
    const wrong = await browse(path, form({ consoleUrl: 'https://dify.example.com/apps' }))
    expect(wrong.status).toBe(422)
    expect((await shownOf(wrong)).text).toContain('That is not the address of an app in Dify.')
    const app = 'https://dify.example.com/app/5a9d0b0c-1111-4000-8000-00005a9db0c5'
    const saved = await browse(path, form({ consoleUrl: `${app}/workflow?x=1` }))
    expect(saved.headers.get('location')).toStartWith('/workflows?notice=console')
    expect((await findWorkflow(bot.db, workflow.id))?.consoleUrl).toBe(app)
    const { elements, text } = await shownOf(await browse(`/batch/${id}/rows/2`))
    expect(text).toContain('The app’s log in Dify')
    const link = elements.find(({ attributes }) => attributes['href'] === `${app}/logs`)
    expect(link?.attributes).toMatchObject({ rel: 'noopener noreferrer' })
    await browse(path, form({}))
    expect((await findWorkflow(bot.db, workflow.id))?.consoleUrl).toBeUndefined()
    const { entries } = await listAudit(bot.db, { action: 'workflow.console' })
    expect(entries.map(({ details }) => details?.['address'])).toEqual(['none', app])
  })

  test('is for those who are named, as ids or as a chat pastes them', async () => {
    const { browse, bot, workflow } = await anAdmin()
    const path = `/workflows/${workflow.id}/access`
    const give = (fields: Record<string, string>) =>
      browse(path, form({ users: '', channels: '', roles: '', ...fields }))
    await give({
      who: 'only',
      users: 'U012ABCDEF, <@U2>\n<@!19032>',
      channels: '<#C7|merch>',
      roles: '<@&55>',
    })
    const named = { users: ['U012ABCDEF', 'U2', '19032'], channels: ['C7'], roles: ['55'] }
    expect(await findAccess(bot.db, workflow.id)).toEqual(named)
    expect((await shownOf(await browse('/workflows'))).text).toContain(
      'in the chats only: people U012ABCDEF, U2, 19032; channels C7; roles 55',
    )
    expect(valueOf((await shownOf(await browse(path))).elements, 'channels')).toBe('C7')

    const nobody = await give({ who: 'only' })
    expect((await shownOf(nobody)).text).toContain('Name at least one person')
    const both = await give({ who: 'everyone', users: 'U9' })
    expect((await shownOf(both)).text).toContain('Either everyone')
    const names = await give({ who: 'only', users: '@mei' })
    expect((await shownOf(names)).text).toContain('“@mei” is not an id.')
    expect(await findAccess(bot.db, workflow.id)).toEqual(named)

    await give({ who: 'everyone', users: 'U2', channels: 'C7' })
    expect(await findAccess(bot.db, workflow.id)).toBeUndefined()
  })

  test('with tasks stays, and says so; without any it goes', async () => {
    const { browse, bot, workflow, submit } = await anAdmin()
    const path = `/workflows/${workflow.id}/remove`
    const { id } = await submit(1)
    await bot.engine.stop(id, 'mei')
    const asked = await shownOf(await browse(path))
    expect(asked.text).toContain('It has 1 task and cannot be removed')
    const refused = await browse(path, form({}))
    expect(refused.status).toBe(422)
    expect((await shownOf(refused)).text).toContain('It has 1 task and cannot be removed')
    expect(await findWorkflow(bot.db, workflow.id)).toBeDefined()

    await bot.engine.delete(id)
    expect((await shownOf(await browse(path))).text).toContain('Its key and its access list are deleted')
    expect((await browse(path, form({}))).headers.get('location')).toBe('/workflows?notice=removed')
    expect(await findWorkflow(bot.db, workflow.id)).toBeUndefined()
    expect((await browse(path)).status).toBe(404)
  })

  test('has a template, as a file to keep', async () => {
    const { browse, workflow } = await anAdmin()
    const template = await browse(`/workflows/${workflow.id}/template`)
    expect(template.headers.get('content-disposition')).toBe(
      `attachment; filename="Product copywriter.template.xlsx"; filename*=UTF-8''Product%20copywriter.template.xlsx`,
    )
    expect((await template.bytes()).slice(0, 2)).toEqual(new Uint8Array([0x50, 0x4b]))
  })
})

test('what an app says of itself is inert, wherever it is shown', async () => {
  const evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202Egnp'
  const app: SandboxApp = {
    ...structuredCopy(productCopywriter),
    name: evil,
    key: 'app-hostile-in-every-word-1',
    description: evil,
    form: [
      {
        select: {
          type: 'select',
          variable: evil,
          label: evil,
          required: true,
          options: [evil],
          default: evil,
        },
      },
    ],
  }
  const { browse, bot } = await anAdmin()
  const sandbox = aSandbox({ apps: [app] })
  const { id } = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: app.key })
  await browse(`/workflows/${id}/sync`, form({}))
  const pages = [
    '',
    `?notice=synced&of=${id}`,
    `/${id}/key`,
    `/${id}/limit`,
    `/${id}/access`,
    `/${id}/remove`,
  ]
  for (const path of [...pages.map((page) => `/workflows${page}`), '/audit']) {
    const { text, elements } = await shownOf(await browse(path))
    expect(text).toContain('<script>alert(1)</script>"><img src=x onerror=alert(1)>')
    expect(text).not.toContain('\u202E')
    const names = elements.map(({ name }) => name)
    expect(names).not.toContain('img')
    expect(elements.filter(({ name, attributes }) => name === 'script' && !attributes['src'])).toEqual([])
    expect(elements.filter(({ attributes }) => 'onerror' in attributes)).toEqual([])
  }
  const header = (await browse(`/workflows/${id}/template`)).headers.get('content-disposition') ?? ''
  expect(header).toMatch(/^attachment; filename="[^"\\]+"; filename\*=UTF-8''[\w.%~!-]+$/)
  expect(header).not.toMatch(/%E2%80%AE/i)
})

test('no key is in any page, any address or any entry of the audit', async () => {
  const { browse, bot, sandbox, workflow } = await anAdmin()
  const all: string[] = []
  const keep = async (response: Response) => {
    all.push(await response.text(), JSON.stringify([...response.headers]))
  }
  await keep(await browse('/workflows/add', form({ apiKey: SLOGANS_KEY, url: sandbox.url, limit: '' })))
  await keep(await browse('/workflows/add', form({ apiKey: SLOGANS_KEY, url: sandbox.url, limit: 'x' })))
  await keep(await browse(`/workflows/${workflow.id}/key`, form({ apiKey: SLOGANS_KEY })))
  await keep(await browse(`/workflows/${workflow.id}/key`, form({ apiKey: COPYWRITER_KEY })))
  for (const page of ['', '/add', `/${workflow.id}/key`, `/${workflow.id}/limit`])
    await keep(await browse(`/workflows${page}`))
  await keep(await browse('/audit'))
  const { entries } = await listAudit(bot.db)
  expect(entries.map(({ action }) => action)).toContain('workflow.key')
  all.push(JSON.stringify(entries))
  expect(all.filter((text) => /app-sandbox/.test(text))).toEqual([])
})

function valueOf(
  elements: Awaited<ReturnType<typeof shownOf>>['elements'],
  field: string,
): string | undefined {
  return elements.find(({ name, attributes }) => name === 'input' && attributes['name'] === field)
    ?.attributes['value']
}

function structuredCopy(app: SandboxApp): SandboxApp {
  return { ...app, form: structuredClone(app.form) }
}
