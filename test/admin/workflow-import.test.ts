import { expect, test } from 'bun:test'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listWorkflows } from '../../src/db/workflows/workflows.ts'
import { productCopywriter } from '../../src/dify/sandbox/apps/product-copywriter.ts'
import { SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE } from '../../src/dify/sandbox/console.ts'
import { sealWorkspace } from '../../src/admin/workflows/sealed-workspace.ts'
import { anAdmin, form } from './support/admin.ts'
import { type Shown, shownOf } from './support/shown.ts'

const ADD = '/workflows/import/add'
const HTMX = { 'hx-request': 'true' }

async function besideDify(options: Parameters<typeof anAdmin>[0] = {}) {
  const admin = await anAdmin(options)
  const { browse, sandbox } = admin
  const typed = { url: sandbox.url, adminKey: SANDBOX_ADMIN_KEY, workspace: SANDBOX_WORKSPACE }
  const list = (more: Partial<typeof typed> = {}, headers: Record<string, string> = {}) =>
    browse('/workflows/import', { ...form({ ...typed, ...more }), headers })
  /** The list to choose from, as a person has it on the screen. */
  const choice = async (headers: Record<string, string> = {}) => {
    const shown = await shownOf(await list({}, headers))
    const sealed = inputs(shown, 'sealed')[0]?.['value'] ?? ''
    const boxes = inputs(shown, 'app')
    const send = async (fields: [string, string][]) => {
      const body = new URLSearchParams([['sealed', sealed], ...fields])
      const response = await browse(ADD, { method: 'POST', body, headers })
      return { status: response.status, ...(await shownOf(response)) }
    }
    return { ...shown, sealed, ids: boxes.map(({ value = '' }) => value), send }
  }
  const names = async () => (await listWorkflows(admin.bot.db)).map(({ name }) => name)
  return { ...admin, list, choice, names }
}

function inputs({ elements }: Shown, name: string) {
  return elements.flatMap(({ name: tag, attributes }) =>
    tag === 'input' && attributes['name'] === name ? [attributes] : [],
  )
}

test('the list of workflows leads to the form, which asks for a server, its key and a workspace', async () => {
  const { browse } = await besideDify()
  const { text, elements } = await shownOf(await browse('/workflows'))
  expect(text).toContain('Add apps from Dify…')
  expect(elements.filter(({ attributes }) => attributes['href'] === '/workflows/import')).toHaveLength(1)
  const asked = await shownOf(await browse('/workflows/import'))
  expect(asked.text).toContain('ADMIN_API_KEY_ENABLE=true')
  expect(inputs(asked, 'adminKey')).toMatchObject([{ type: 'password' }])
  // Dify’s own cloud has no admin API key.
  expect(inputs(asked, 'url')).toMatchObject([{ value: '' }])
})

test('the chosen apps are added; all that are new by one button; sent again, nothing is added twice', async () => {
  const { choice, names, sandbox, bot, workflow } = await besideDify()
  const first = await choice()
  expect(first.text).toContain('Slogan writer text generator')
  expect(first.text).toContain('Product copywriter workflow · already here')
  expect(first.elements).toContainEqual({ name: 'a', attributes: { href: `/workflows/${workflow.id}` } })
  expect(first.ids).toHaveLength(sandbox.apps.length - 1)
  const [id = ''] = first.ids
  const added = await first.send([['app', id]])
  expect(added.status).toBe(200)
  expect(added.text).toContain('1 app is added.')
  const afterOne = await names()
  expect(afterOne).toHaveLength(2)

  const again = await first.send([['app', id]])
  expect(again.text).toContain('All of them are here already. ● already here')
  expect(await names()).toEqual(afterOne)

  const rest = await choice()
  expect(rest.text).toContain(`Add all ${sandbox.apps.length - 2} new ones`)
  const all = await rest.send([['all', 'yes']])
  expect(all.text).toContain(`${sandbox.apps.length - 2} apps are added.`)
  expect(await names()).toHaveLength(sandbox.apps.length)
  // A second click sends it again before the first answer is there.
  expect((await rest.send([['all', 'yes']])).text).toContain('All of them are here already.')
  expect((await choice()).text).toContain('All of them are here already.')
  const { entries } = await listAudit(bot.db)
  const adding = entries.filter(({ action }) => action === 'workflow.add')
  expect(new Set(adding.map(({ who, face }) => `${who} ${face}`))).toEqual(new Set(['Mei page']))
  expect(adding).toHaveLength(sandbox.apps.length - 1)
})

test('an app that fails is said by name with its reason, and can be tried again at once; others are added', async () => {
  const { choice, names, sandbox, browse } = await besideDify()
  sandbox.misbehave('403', { route: 'about', app: 'Slogan writer' })
  for (let i = 0; i < 9; i++) sandbox.makeKey('Ticket classifier')
  const { send } = await choice()
  const result = await send([['all', 'yes']])
  expect(result.text).toContain('1 could not be added.')
  expect(result.text).toMatch(/not added Slogan writer.*The app's API service has been disabled/)
  expect(result.text).toMatch(/Ticket classifier.*It has ten keys in Dify/)
  expect(await names()).not.toContain('Slogan writer')
  const sent = ['sealed', 'app'].flatMap((name) =>
    inputs(result, name).map(({ value = '' }): [string, string] => [name, value]),
  )
  const body = new URLSearchParams(sent)
  const retried = await shownOf(await browse(ADD, { method: 'POST', body }))
  expect(retried.text).toContain('1 app is added.')
  expect(await names()).toContain('Slogan writer')
})

test('with nothing chosen the list is shown again and says so', async () => {
  const { choice, names } = await besideDify()
  const { send } = await choice()
  const again = await send([])
  expect([again.status, again.text]).toEqual([422, expect.stringContaining('Choose at least one app.')])
  expect(inputs(again, 'app').length).toBeGreaterThan(1)
  expect(await names()).toHaveLength(1)
})

test('what Dify refuses is said at the form, which keeps what was typed, but for the key', async () => {
  const { list, names, sandbox } = await besideDify()
  const wrong = 'wrong.admin/key:7'
  const refused = await list({ adminKey: wrong })
  expect(refused.status).toBe(422)
  const shown = await shownOf(refused)
  expect(shown.text).toContain('Dify does not let this admin API key into this workspace')
  expect(inputs(shown, 'url')[0]?.['value']).toBe(sandbox.url)
  expect(inputs(shown, 'workspace')[0]?.['value']).toBe(SANDBOX_WORKSPACE)
  expect(JSON.stringify(shown)).not.toContain(wrong)
  // Each field in turn gets what belongs into another.
  for (const mistake of [{ url: wrong }, { workspace: wrong }, { url: `https://${wrong}` }]) {
    const page = await list({ adminKey: wrong, ...mistake })
    expect([page.status, await page.text()]).toEqual([422, expect.not.stringContaining(wrong)])
  }
  expect((await shownOf(await list({ workspace: ' ' }))).text).toContain('Fill in all three fields.')
  expect(await names()).toHaveLength(1)
})

test('in the dialog, a refusal stays there and the list takes the page', async () => {
  const { list } = await besideDify()
  const refused = await list({ adminKey: 'wrong' }, HTMX)
  expect([refused.status, refused.headers.get('hx-retarget')]).toEqual([422, '#dialog'])
  const listed = await list({}, HTMX)
  expect([listed.status, listed.headers.get('hx-retarget')]).toEqual([200, null])
  expect(await listed.text()).toContain('id="main"')
})

test('the admin key is on no page, and what stands in its place is of use to nobody else, nor for long', async () => {
  const { list, choice, browse, bot, names } = await besideDify()
  const listed = await list()
  const { sealed, send, ids } = await choice()
  expect(await listed.text()).not.toContain(SANDBOX_ADMIN_KEY)
  expect(Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString('latin1')).not.toContain('admin')
  const result = await send([['app', ids[0] ?? '']])
  expect(JSON.stringify(result)).not.toContain(SANDBOX_ADMIN_KEY)
  const before = await names()
  const server = { baseUrl: 'http://127.0.0.1:1/v1', adminKey: 'k', workspaceId: SANDBOX_WORKSPACE }
  const old = sealWorkspace(bot.box, server, bot.clock.now() - 31 * 60_000)
  for (const spoilt of [old, '', 'v1.AAAA', bot.box.seal('{"purpose":"other"}'), bot.box.seal('no JSON')]) {
    const answer = await browse(ADD, form({ sealed: spoilt, all: 'yes' }))
    const { text } = await shownOf(answer)
    expect([answer.status, text]).toEqual([422, expect.stringContaining('Give it once more.')])
  }
  expect(await names()).toEqual(before)
})

test('names and descriptions of apps are text, whatever they have', async () => {
  const hostile = '<img src=x onerror=alert(1)>'
  const apps = [
    productCopywriter,
    { ...productCopywriter, key: 'app-hostile', name: hostile, description: `a\u202E${hostile}` },
  ]
  const { choice } = await besideDify({ apps })
  const { elements, text, send } = await choice()
  expect(elements.filter(({ name }) => name === 'img')).toEqual([])
  expect(text).toContain(hostile)
  expect(text).not.toContain('\u202E')
  const result = await send([['all', 'yes']])
  expect(result.elements.filter(({ name }) => name === 'img')).toEqual([])
})

test('somebody who may only look is offered and allowed nothing of it', async () => {
  const { browse, choice, names } = await besideDify()
  expect((await shownOf(await browse('/workflows', { as: 'viewer' }))).text).not.toContain('Add apps from')
  expect((await browse('/workflows/import', { as: 'viewer' })).status).toBe(403)
  expect((await browse('/workflows/import', { as: 'viewer', ...form({}) })).status).toBe(403)
  const { sealed } = await choice()
  expect((await browse(ADD, { as: 'viewer', ...form({ sealed, all: 'yes' }) })).status).toBe(403)
  expect(await names()).toHaveLength(1)
})

test('it is all there in Chinese', async () => {
  const { choice } = await besideDify()
  const chinese = { 'accept-language': 'zh-CN' }
  const { text, send } = await choice(chinese)
  expect(text).toContain('添加所选应用')
  expect((await send([['all', 'yes']])).text).toContain('添加结果')
})
