import { expect, test } from 'bun:test'
import { type ImportFlags, importWorkflows } from '../../src/cli/import-workflows.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { listWorkflows } from '../../src/db/workflows/workflows.ts'
import { productCopywriter } from '../../src/dify/sandbox/apps/product-copywriter.ts'
import { SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE } from '../../src/dify/sandbox/console.ts'
import { aBot } from '../support/bot.ts'

const KEY = { DIFY_ADMIN_API_KEY: SANDBOX_ADMIN_KEY }

async function atTerminal(options: Parameters<typeof aBot>[0] = {}) {
  const around = await aBot(options)
  const written = { out: '', err: '' }
  const typed = async (
    names: string[],
    flags: Partial<ImportFlags> = {},
    env: Record<string, string> = KEY,
  ) => {
    written.out = written.err = ''
    const screen = createScreen(
      { write: (text) => (written.out += text) },
      { write: (text) => (written.err += text) },
      flags.json,
    )
    const all = { workspace: SANDBOX_WORKSPACE, url: around.sandbox.url, all: false, json: false, ...flags }
    const code = await importWorkflows(around.bot, names, all, screen, env)
    return { code, ...written }
  }
  return { ...around, typed, count: async () => (await listWorkflows(around.bot.db)).length }
}

test('without names it lists the apps, and says how to add them', async () => {
  const { typed, count } = await atTerminal()
  const { code, out, err } = await typed([])
  expect(code).toBe(0)
  expect(out).toMatch(/^Product copywriter {2}\(workflow, already here\) {2}[\da-f-]{36}$/m)
  expect(out).toMatch(/^Slogan writer {2}\(text generator\)/m)
  expect(err).toContain('To add some, repeat the command with their names or ids, or with --all.')
  expect(await count()).toBe(1)
})

test('named apps are added by name or id; what fails is said by name, and ends with another code', async () => {
  const { typed, count, sandbox } = await atTerminal()
  const { apps } = JSON.parse((await typed([], { json: true })).out)
  const { id } = apps.find(({ name }: { name: string }) => name === 'Ticket classifier')
  sandbox.misbehave('403', { route: 'about', app: 'Ticket classifier' })
  const { code, out, err } = await typed(['slogan writer', id, 'Product copywriter'])
  expect(out).toBe('Already here: Product copywriter\nAdded: Slogan writer\n')
  expect(err).toMatch(/^Not added: Ticket classifier\. .*API service has been disabled/)
  expect([code, await count()]).toEqual([2, 2])
})

test('--all adds all of them, and is JSON if that is asked for', async () => {
  const { typed, count, sandbox } = await atTerminal()
  for (let i = 0; i < 9; i++) sandbox.makeKey('Slogan writer')
  const { code, out, err } = await typed([], { all: true, json: true })
  const results: { name: string; status: string; shared_key: boolean }[] = JSON.parse(out)
  expect(results).toHaveLength(sandbox.apps.length)
  expect(results.filter(({ status }) => status !== 'added').map(({ name }) => name)).toEqual([
    'Product copywriter',
  ])
  expect(results.filter(({ shared_key }) => shared_key).map(({ name }) => name)).toEqual(['Slogan writer'])
  expect([code, err, await count()]).toEqual([0, '', sandbox.apps.length])
})

test('an app whose newest key is used, since it has ten, is said to share it', async () => {
  const { typed, sandbox } = await atTerminal()
  for (let i = 0; i < 9; i++) sandbox.makeKey('Slogan writer')
  expect((await typed(['Slogan writer'])).err).toContain('has ten keys already, the most that Dify allows')
})

test('a name that several apps have is refused with their ids, and one that none has by name', async () => {
  const apps = ['app-one', 'app-two', productCopywriter.key].map((key, i) => ({
    ...productCopywriter,
    key,
    name: i < 2 ? 'Twin' : 'Other',
  }))
  const { typed, count } = await atTerminal({ apps })
  await expect(typed(['twin'])).rejects.toThrow('several apps called “twin”')
  await expect(typed(['nobody'])).rejects.toThrow('no app “nobody”')
  await expect(typed(['Other'], { all: true })).rejects.toThrow('Either --all')
  expect(await count()).toBe(1)
})

test('the admin key comes from the environment only, and is never written', async () => {
  const { typed } = await atTerminal()
  await expect(typed([], {}, {})).rejects.toThrow('The admin API key is missing.')
  const wrong = 'quite-another-key-01'
  const fault: unknown = await typed([], {}, { DIFY_ADMIN_API_KEY: wrong }).catch((thrown: unknown) => thrown)
  expect(fault).toBeInstanceOf(Error)
  expect(Bun.inspect(fault, { depth: 9 })).not.toContain(wrong)
  for (const flags of [{}, { json: true }, { all: true }]) {
    const { out, err } = await typed([], flags)
    expect(out + err).not.toContain(SANDBOX_ADMIN_KEY)
  }
})
