import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { aSandbox, later } from '../../support/bot.ts'
import { aFolder, besideSandbox, KEY, rowbot, SAMPLE } from '../../support/command.ts'

/** The sandbox behind a door that takes other keys for its copywriter, and can revoke them. */
function behindKeys(keys: string[]) {
  const sandbox = aSandbox({ delayMs: 0 })
  const valid = new Set(keys)
  const door = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async (request) => {
      const key = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
      const headers = new Headers(request.headers)
      headers.set(
        'authorization',
        `Bearer ${valid.has(key) ? KEY : key.startsWith('app-sandbox') ? key : 'app-no'}`,
      )
      const { pathname, search } = new URL(request.url)
      return fetch(new URL(pathname + search, sandbox.url), {
        method: request.method,
        headers,
        body: request.method === 'GET' ? null : await request.bytes(),
      })
    },
  })
  later(() => door.stop(true))
  return {
    sandbox,
    url: `http://127.0.0.1:${door.port}${new URL(sandbox.url).pathname}`,
    revoke: (key: string) => valid.delete(key),
  }
}

test('a new key fixes a task that a revoked one has stopped', async () => {
  const { url, revoke } = behindKeys(['app-old', 'app-new'])
  const { run, folder } = aFolder({ DIFY_BASE_URL: url })
  await run('workflow', 'add', '--key', 'app-old')
  revoke('app-old')
  const stopped = await run('run', SAMPLE, '--json')
  const { id, status } = JSON.parse(stopped.out)
  expect(status).toBe('failed')

  const wrongApp = await run('workflow', 'key', 'product', '--key', 'app-sandbox-ticket-classifier')
  expect(wrongApp.err).toContain('That is the key of “Ticket classifier”, not of “Product copywriter”.')
  expect((await run('workflow', 'key', 'product', '--key', 'app-none')).code).toBe(1)
  expect((await run('workflow', 'key', 'product', '--key', ' app-new ')).out).toContain('has a new key')
  const resumed = await run('resume', id, '--json', '--out', join(folder, 'o.csv'))
  expect(JSON.parse(resumed.out)).toMatchObject({ status: 'completed', succeeded: 5 })
})

test('an app is one workflow however its address is written, and add sets its limit only when told', async () => {
  const { run, sandbox } = besideSandbox()
  const workflows = async () => JSON.parse((await run('workflow', 'list', '--json')).out)
  await run('workflow', 'add', '--key', `${KEY} `, '--url', `${sandbox.url}//`, '--limit', '4')
  expect(await workflows()).toMatchObject([{ baseUrl: sandbox.url, limit: 4 }])
  await run('workflow', 'add', '--key', KEY)
  expect(await workflows()).toMatchObject([{ limit: 4 }])
  await run('workflow', 'add', '--key', KEY, '--limit', '7')
  expect(await workflows()).toMatchObject([{ limit: 7 }])
})

test('calls and tokens a minute are set, said and taken back', async () => {
  const { run } = besideSandbox()
  await run('workflow', 'add', '--key', KEY, '--per-minute', '60', '--tokens-per-minute', '20000')
  const limit = async (...flags: string[]) => (await run('workflow', 'limit', 'product', ...flags)).out
  expect(await limit()).toContain('takes 10 calls at once, 60 calls a minute, 20000 tokens a minute.')
  expect(await limit('--at-once', '4', '--per-minute', '1')).toContain(
    'takes 4 calls at once, 1 call a minute, 20',
  )
  expect(await limit('--no-rates')).toContain('takes 4 calls at once.')
  expect(await limit()).toContain('takes 4 calls at once.')
  expect((await run('workflow', 'limit', 'product', '--no-rates', '--per-minute', '2')).code).toBe(1)
}, 30_000)

test('a workflow is meant by the beginning of its id, and where names collide the ids are told', async () => {
  const { url } = behindKeys(['app-one', 'app-two'])
  const { run } = aFolder({ DIFY_BASE_URL: url })
  await run('workflow', 'add', '--key', 'app-one')
  await run('workflow', 'add', '--key', 'app-two')
  const [one, two] = JSON.parse((await run('workflow', 'list', '--json')).out)
  const { err } = await run('workflow', 'check', 'Product copywriter')
  expect(err).toContain(`“Product copywriter · ${one.id.slice(0, 8)}”`)
  expect(err).toContain(`“Product copywriter · ${two.id.slice(0, 8)}”`)
  expect((await run('workflow', 'check', two.id.slice(0, 8))).code).toBe(0)
  expect((await run('workflow', 'check', two.id.slice(0, 3))).err).toContain('There is no workflow')
})

test('a key is not asked for for ever where there is nobody to answer', async () => {
  const { env } = aFolder()
  const { code, err } = await rowbot(['workflow', 'add'], env).ended
  expect(err).toBe('An API key is needed.\nCopy it from the app’s “API Access” page in Dify.\n')
  expect(code).toBe(1)
})

test('a key that Dify refuses is told with --json too', async () => {
  const { run } = aFolder({ DIFY_BASE_URL: aSandbox().url, DIFY_API_KEYS: 'app-not-one-of-them' })
  const { out, err } = await run('workflow', 'list', '--json')
  expect(out).toBe('[]\n')
  expect(err).toContain('Key 1 of DIFY_API_KEYS is not usable')
  expect(err).not.toContain('app-not-one-of-them')
})
