import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { UserError } from '../../src/engine/user-error.ts'
import { PortTaken, servePage, type ServeOptions } from '../../src/serve/page-server.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { addSandboxWorkflows } from '../../src/app/workflows.ts'
import { later, orderOf, SETUP, tempFolder } from '../support/bot.ts'
import { freePort } from '../support/free-port.ts'
import { waitClock } from '../support/own-time.ts'

const TOKEN = 'the-admin-token-of-tests'

/** The page on a port of its own, and what it logs at debug. */
async function aPage(env: Record<string, string> = {}, options: Partial<ServeOptions> = {}) {
  const lines: Record<string, unknown>[] = []
  const bot = await Rowbot.open({
    config: readConfig({ ROWBOT_DATA_DIR: tempFolder(), ROWBOT_PORT: String(freePort()), ...env }),
    log: pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
  })
  later(() => bot.close())
  const health = () => Promise.resolve({ ready: true, parts: {} })
  const page = await servePage(bot, { token: TOKEN, health, ...options })
  later(() => page.stop(0))
  return { bot, page, lines, url: page.address }
}

/** As no client of ours would send it. Everything that is answered until the connection closes. */
function rawly(url: string, lines: string[]): Promise<string> {
  const { hostname, port } = new URL(url)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let answer = ''
  const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
  socket.on('data', (bytes) => (answer += bytes.toString()))
  socket.on('close', () => resolve(answer))
  socket.on('error', reject)
  return promise
}

const streamed = () =>
  Promise.resolve(
    new Response(new ReadableStream({ start: (stream) => stream.enqueue('a beginning without an end') })),
  )

test('a port that is taken is told with what to set, and is not shared', async () => {
  const { page } = await aPage()
  const port = new URL(page.address).port
  const second = aPage({ ROWBOT_PORT: port })
  await expect(second).rejects.toBeInstanceOf(PortTaken)
  await expect(second).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
})

test.each(['203.0.113.9', 'nowhere.invalid'])(
  'a host that is none of this machine is told: %s',
  async (host) => {
    const failed = await aPage({ ROWBOT_HOST: host }).catch((fault: unknown) => fault)
    expect(failed).toBeInstanceOf(UserError)
    expect(failed).toMatchObject({
      message: expect.stringContaining(`cannot be served at ${host}`),
      hint: expect.stringContaining('ROWBOT_HOST'),
    })
  },
)

test.each(['[', 'a b', '127.0.0.1\\sign-in?', 'somebody@127.0.0.1', undefined])(
  'asked for as %p, it says nothing of itself',
  async (host) => {
    const { url } = await aPage({}, { slackEvents: streamed })
    const headers = host === undefined ? [] : [`Host: ${host}`]
    const answer = await rawly(url, ['GET /batch HTTP/1.0', ...headers, `Authorization: Bearer ${TOKEN}`])
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d /)
    expect(answer).not.toMatch(/\.ts|<html/)
  },
)

test('more than the limit is not read', async () => {
  const { url } = await aPage({ ROWBOT_MAX_FILE_MB: '1' })
  const send = (bytes: number) =>
    fetch(`${url}/preferences`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: 'x'.repeat(bytes),
    })
  const ours = await send(1_100_000)
  expect(ours.status).toBe(413)
  expect(await ours.text()).toContain('which is the limit')
  expect((await send(2_000_000)).status).toBe(413)
})

test('a file far above every limit is refused with words before it is sent', async () => {
  const { url } = await aPage({ ROWBOT_MAX_FILE_MB: '1' })
  const answer = await rawly(url, [
    'POST /api/batch/upload HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Connection: close',
    `Authorization: Bearer ${TOKEN}`,
    'Content-Type: multipart/form-data; boundary=x',
    'Content-Length: 900000000000',
  ])
  expect(answer).toStartWith('HTTP/1.1 413 ')
  expect(answer).toContain('application/problem+json')
  expect(answer).toContain('which is the limit')
})

test('closing waits for what is being answered', async () => {
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  const slackEvents = async () => {
    begun.resolve()
    await go.promise
    return new Response('heard')
  }
  const { url, page } = await aPage({}, { slackEvents })
  const asked = fetch(`${url}/slack/events`, { method: 'POST' })
  await begun.promise
  const stopped = page.stop(10_000)
  go.resolve()
  expect(await (await asked).text()).toBe('heard')
  await stopped
  await expect(fetch(url)).rejects.toThrow()
})

test('a stream without an end does not hold it', async () => {
  const { url, page } = await aPage({}, { slackEvents: streamed })
  const asked = await fetch(`${url}/slack/events`, { method: 'POST' })
  const waitMs = waitClock()
  await page.stop(50)
  expect(waitMs()).toBeLessThan(2_000)
  await expect(asked.text()).rejects.toThrow()
})

test('every request is a line at debug, without its query', async () => {
  const { url, lines } = await aPage()
  await fetch(`${url}/sign-in?token=${TOKEN}`, { redirect: 'manual' })
  await fetch(`${url}/readyz?q=words`)
  expect(lines.filter(({ msg }) => msg === 'a request of the page')).toEqual([
    expect.objectContaining({ level: 20, method: 'GET', path: '/sign-in', status: 303 }),
    expect.objectContaining({ level: 20, path: '/readyz', status: 200 }),
  ])
  expect(JSON.stringify(lines)).not.toContain(TOKEN)
})

test('a wrong token is a warning that does not repeat it, and a fault an error with the id that was told', async () => {
  const { url, lines, bot } = await aPage()
  const headers = { authorization: 'Bearer not-the-right-one' }
  expect((await fetch(`${url}/metrics`, { headers })).status).toBe(401)
  await fetch(`${url}/sign-in?token=nor-is-this`, { redirect: 'manual' })
  expect(lines.filter(({ level }) => level === 40)).toMatchObject([
    { address: '127.0.0.1', msg: 'somebody sent a wrong token' },
    { address: '127.0.0.1', msg: 'somebody tried to sign in with a wrong token' },
  ])
  expect(JSON.stringify(lines)).not.toMatch(/not-the-right-one|nor-is-this/)

  await bot.db.schema.dropTable('execution_logs').execute()
  await bot.db.schema.dropTable('task_executions').execute()
  const broken = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
  expect(broken.status).toBe(500)
  const errors = lines.filter(({ level }) => level === 50)
  expect(errors).toMatchObject([{ path: '/metrics' }, { path: '/metrics', status: 500 }])
  expect(await broken.text()).toContain(String(errors[0]?.['id']))
})

test('an answer that is not what it is said to be is logged by where it is wrong, and never as it was', async () => {
  const { url, lines, bot } = await aPage()
  const [row] = await addSandboxWorkflows(bot, SETUP)
  if (!row) throw new Error('the sandbox has no workflow')
  const { id } = await bot.engine.submit(orderOf(row, 1, {}, () => 'what a cell says'))
  await bot.db.updateTable('task_executions').set({ attempt: 1.5 }).execute()
  const headers = { authorization: `Bearer ${TOKEN}` }
  const broken = await fetch(`${url}/api/batch/${id}/executions`, { headers })
  expect(broken.status).toBe(500)
  const error = lines.find(({ level }) => level === 50)
  expect(JSON.stringify(error)).toContain('items.0.attempts')
  expect(JSON.stringify(lines)).not.toContain('what a cell says')
})

test('the page is named by its public address, and by its own where it has another port', async () => {
  const { page } = await aPage({ ROWBOT_PUBLIC_URL: 'https://rowbot.example.com/' })
  expect(page.address).toBe('https://rowbot.example.com')
  const other = await aPage({ ROWBOT_PUBLIC_URL: 'https://rowbot.example.com' }, { port: 0 })
  expect(other.page.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

test.each([
  ['loopback', ['198.51.100.1', '198.51.100.2'], [429, 401]],
  ['', ['127.0.0.1', '127.0.0.1'], [429, 429]],
])(
  'behind a proxy, with ROWBOT_TRUSTED_PROXIES=%p, the addresses of two clients are %p',
  async (trusted, logged, after) => {
    const { url, lines } = await aPage({ ROWBOT_TRUSTED_PROXIES: trusted })
    const ask = async (client: string, token: string): Promise<number> => {
      // The first address is what the client has made up itself.
      const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': `10.9.8.7, ${client}` }
      return (await fetch(`${url}/api/batch/`, { headers })).status
    }
    for (let i = 0; i < 10; i++) await ask('198.51.100.1', `wrong-${i}`)
    const answers: number[] = [await ask('198.51.100.1', 'more'), await ask('198.51.100.2', 'other')]
    expect(answers).toEqual(after)
    expect(await ask('198.51.100.1', TOKEN)).toBe(200)
    const seen = lines.flatMap(({ address }) => (typeof address === 'string' ? [address] : []))
    expect([...new Set(seen)]).toEqual([...new Set(after[1] === 401 ? logged : logged.slice(0, 1))])
  },
)
