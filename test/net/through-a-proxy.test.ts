import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { download } from '../../src/dify/client/download.ts'
import { outcomeOfFault } from '../../src/dify/client/faults.ts'
import { fetchOutput } from '../../src/dify/client/fetch-output.ts'
import { ask, textOf } from '../../src/dify/client/http.ts'
import { inEnglish } from '../../src/engine/sentence.ts'
import { fetchThrough } from '../../src/net/clients.ts'
import { setNetwork } from '../../src/net/current.ts'
import { PLAIN_NETWORK, readNetwork } from '../../src/net/network.ts'
import { aSandbox, later, tempFolder } from '../support/bot.ts'
import { anAuthority } from '../support/net/certificates.ts'
import { aForwardProxy, type ForwardProxyOptions } from '../support/net/forward-proxy.ts'
import { aTlsFront } from '../support/net/tls-front.ts'

const KEY = 'app-sandbox-product-copywriter'
const USER = { name: 'us@er', password: 'p@ss:w/rd' }

/** A Dify behind TLS of a company's own, which only a proxy finds. */
async function aCompany(options: ForwardProxyOptions & { wantsClient?: boolean } = {}) {
  const { wantsClient = false, ...proxyOptions } = options
  const folder = tempFolder()
  const authority = anAuthority()
  const client = authority.issue('rowbot')
  const path = (name: string) => join(folder, name)
  await Bun.write(path('ca.pem'), authority.cert)
  await Bun.write(path('cert.pem'), client.cert)
  await Bun.write(path('key.pem'), client.key)
  const sandbox = aSandbox()
  const shown = authority.issue('dify', ['dify.test', 'proxy.test', '127.0.0.1'])
  const { port } = await aTlsFront(sandbox.url, shown, wantsClient ? authority.cert : undefined)
  const proxy = await aForwardProxy(proxyOptions)
  const plainPort = new URL(sandbox.url).port
  const trust = { ROWBOT_CA_FILE: path('ca.pem') }
  const use = (env: Record<string, string | undefined>) => {
    const network = readNetwork(env)
    setNetwork(network)
    later(() => setNetwork(PLAIN_NETWORK))
    return network
  }
  const info = async (baseUrl: string) => {
    const answer = await ask({ baseUrl, apiKey: KEY }, { method: 'GET', path: '/info' })
    return `${answer.statusCode} ${await textOf(answer)}`
  }
  return {
    path,
    authority,
    sandbox,
    proxy,
    trust,
    use,
    info,
    https: `https://dify.test:${port}/v1`,
    http: `http://dify.test:${plainPort}/v1`,
    port,
  }
}

const faultOf = async (work: Promise<unknown>): Promise<string> => {
  const outcome = await work.then(
    () => undefined,
    (fault: unknown) => outcomeOfFault(fault),
  )
  // Nothing has reached Dify: the row waits, and no run is looked up.
  expect(outcome).toMatchObject({ kind: 'throttled', inTrouble: true })
  return outcome && 'error' in outcome ? inEnglish(outcome.error) : ''
}

test('Dify is reached through a proxy that asks for a password: over TLS by a tunnel, without it by the whole address', async () => {
  const { proxy, use, trust, info, https, http } = await aCompany({ user: USER })
  use({ ...trust, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url })
  expect(await info(https)).toStartWith('200 {"name":"Product copywriter"')
  expect(await info(https)).toStartWith('200 ')
  expect(await info(http)).toStartWith('200 {"name":"Product copywriter"')
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(https).host}`, `GET ${http}/info`]))
})

test('a proxy that is reached over TLS itself', async () => {
  const authority = anAuthority('Authority of the proxy')
  const { proxy, use, path, info, https } = await aCompany({ tls: authority.issue('proxy', ['127.0.0.1']) })
  const both = path('both.pem')
  await Bun.write(both, `${authority.cert}\n${await Bun.file(path('ca.pem')).text()}`)
  use({ ROWBOT_CA_FILE: both, HTTPS_PROXY: proxy.url })
  expect(await info(https)).toStartWith('200 ')
  expect(proxy.asked).toHaveLength(1)
})

test.each([
  [{ refuses: 403 }, '', 'does not let this machine reach dify.test:'],
  [{ refuses: 502 }, '', 'cannot reach dify.test:'],
  [{ refuses: 407 }, '', 'asks for a user name and a password'],
  [{ user: USER }, 'us%40er:wrong@', 'does not accept its user name and password'],
  [{ refuses: 'hangs-up' }, '', 'does not answer. Is its address right, and is it running? (hung up)'],
] as const)('a proxy that %p says so by its address, without its password', async (how, login, says) => {
  const { proxy, use, trust, info, https } = await aCompany(how)
  const url = proxy.shown.replace('//', `//${login}`)
  use({ ...trust, HTTPS_PROXY: url })
  const error = await faultOf(info(https))
  expect(error).toStartWith(`The proxy (${proxy.shown}, HTTPS_PROXY) `)
  expect(error).toContain(says)
  expect(error).not.toContain('wrong')
  // And so do the clients that Bun has by itself.
  const { fetched } = await byFetch({ ...trust, HTTPS_PROXY: url }, https)
  if (!('refuses' in how) || how.refuses !== 'hangs-up')
    expect(fetched).toStartWith(`The proxy (${proxy.shown}, HTTPS_PROXY) `)
})

test('a proxy that asks for a password is said for plain http, too', async () => {
  const { proxy, use, info, http } = await aCompany({ user: USER })
  use({ HTTP_PROXY: proxy.shown })
  expect(await faultOf(info(http))).toContain(`The proxy (${proxy.shown}, HTTP_PROXY) asks for a user name`)
  const { fetched } = await byFetch({ HTTP_PROXY: proxy.shown }, http)
  expect(fetched).toContain(`The proxy (${proxy.shown}, HTTP_PROXY) asks for a user name`)
})

test('a proxy that is not there is said, and not Dify', async () => {
  const { proxy, use, trust, info, https } = await aCompany()
  proxy.close()
  use({ ...trust, HTTPS_PROXY: proxy.url })
  expect(await faultOf(info(https))).toBe(
    `The proxy (${proxy.shown}, HTTPS_PROXY) does not answer. Is its address right, and is it running? (ECONNREFUSED).`,
  )
  const { fetched } = await byFetch({ ...trust, HTTPS_PROXY: proxy.url }, https)
  expect(fetched).toContain(`The proxy (${proxy.shown}, HTTPS_PROXY) does not answer`)
})

test('what NO_PROXY names, and this machine, is reached directly', async () => {
  const { proxy, use, trust, info, https, port } = await aCompany()
  use({ ...trust, HTTPS_PROXY: proxy.url, NO_PROXY: '.test' })
  expect(await faultOf(info(https))).toContain('The name of the Dify server is not known')
  expect(await info(`https://127.0.0.1:${port}/v1`)).toStartWith('200 ')
  expect(proxy.asked).toEqual([])
})

test('a certificate of an authority that nobody knows is said with the setting that helps', async () => {
  const { use, info, port } = await aCompany()
  const local = `https://127.0.0.1:${port}/v1`
  use({})
  expect(await faultOf(info(local))).toContain('Set ROWBOT_CA_FILE to the file of its authority')
  const wrong = join(tempFolder(), 'ca.pem')
  await Bun.write(wrong, anAuthority('Another').cert)
  use({ ROWBOT_CA_FILE: wrong })
  expect(await faultOf(info(local))).toContain('Set ROWBOT_CA_FILE to the file of its authority')
  const { fetched } = await byFetch({ ROWBOT_CA_FILE: wrong }, local)
  expect(fetched).toBe(
    `The certificate of 127.0.0.1:${port} is signed by an authority that is not known here. Set ROWBOT_CA_FILE to the file of its authority`,
  )
})

test('a Dify that wants a client certificate is shown ours, directly and through a proxy', async () => {
  const { use, trust, info, path, https, port, proxy } = await aCompany({ wantsClient: true })
  const local = `https://127.0.0.1:${port}/v1`
  use(trust)
  // In TLS 1.3 the server only hangs up, after the call may have been written.
  await expect(info(local)).rejects.toThrow()
  const client = { ROWBOT_TLS_CERT: path('cert.pem'), ROWBOT_TLS_KEY: path('key.pem') }
  use({ ...trust, ...client, DIFY_BASE_URL: local })
  expect(await info(local)).toStartWith('200 ')
  use({ ...trust, ...client, DIFY_BASE_URL: https, HTTPS_PROXY: proxy.url })
  expect(await info(https)).toStartWith('200 ')
  expect(
    (await byFetch({ ...trust, ...client, ROWBOT_TLS_HOSTS: 'dify.test', HTTPS_PROXY: proxy.url }, https))
      .fetched,
  ).toBe('200')
})

test('Bun’s own clients go by our reading of the environment, not by theirs', async () => {
  const { proxy, trust, https, port } = await aCompany()
  for (const [name, value] of [
    ['HTTPS_PROXY', proxy.url],
    ['NO_PROXY', 'dify.test'],
  ] as const) {
    const before = process.env[name]
    process.env[name] = value
    later(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
  // Past what Bun takes NO_PROXY for, and directly to this machine, which Bun would ask through the proxy.
  const env = { ...trust, HTTPS_PROXY: proxy.url }
  expect(await byFetch(env, https)).toEqual({ fetched: '200' })
  expect(proxy.asked).toHaveLength(1)
  expect(await byFetch(env, `https://127.0.0.1:${port}/v1`)).toEqual({ fetched: '200' })
  expect(proxy.asked).toHaveLength(1)
  expect(process.env['NO_PROXY']).toBe('dify.test')
})

/** What becomes of a request with Bun's own client. */
async function byFetch(env: Record<string, string>, url: string): Promise<{ fetched: string }> {
  const through = fetchThrough(readNetwork(env), fetch)
  const fetched = await through(`${url}/info`, { headers: { authorization: `Bearer ${KEY}` } }).then(
    ({ status }) => String(status),
    (fault: unknown) => (fault instanceof Error ? fault.message : 'unknown'),
  )
  return { fetched }
}

test('a file behind a link comes through the proxy only if its name does not lead into a private network here', async () => {
  const { proxy, use, trust, https } = await aCompany()
  use({ ...trust, HTTPS_PROXY: proxy.url })
  const policy = { hosts: [], downloadMs: 5_000, source: { spool: () => Promise.resolve(undefined) } }
  const file = (url: string) => ({ transfer_method: 'remote_url', url, type: 'document' }) as const
  const get = (url: string) =>
    download(file(url), 1_000, policy, new AbortController().signal).then((outcome) => outcome.kind)
  const { host } = new URL(https)
  // Nobody here knows the name, so the proxy has to: companies' machines often cannot resolve names of the internet.
  expect(await get(`https://${host}/a.pdf`)).not.toBe('throttled')
  expect(proxy.asked).toEqual([`CONNECT ${host}`])
  // Refused as they stand, proxy or not.
  for (const url of [
    'https://10.0.0.5/a',
    'https://169.254.169.254/a',
    `http://${host}/a`,
    'https://metadata.internal/a',
  ])
    expect(await get(url)).toBe('rejected')
  expect(proxy.asked).toHaveLength(1)
  const source = { baseUrl: 'https://dify.example/v1', fileHosts: [], maxBytes: 1_000, tooLarge: 'too large' }
  const output = await fetchOutput('https://10.0.0.5/a', source, new AbortController().signal)
  expect(output.kind).toBe('refused')
  expect(proxy.asked).toHaveLength(1)
})
