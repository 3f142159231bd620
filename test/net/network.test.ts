import { expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { UserError } from '../../src/engine/user-error.ts'
import { readNetwork } from '../../src/net/network.ts'
import { tempFolder } from '../support/bot.ts'
import { anAuthority } from '../support/net/certificates.ts'

/** A company's files, and where they lie. */
async function files() {
  const folder = tempFolder()
  const authority = anAuthority()
  const client = authority.issue('rowbot')
  const contents = {
    ca: authority.cert,
    cert: client.cert,
    key: client.key,
    otherKey: authority.issue('other').key,
    locked: generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'opens it' },
    }).privateKey,
    empty: 'no certificate at all',
    damaged: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  }
  const path = (name: keyof typeof contents) => join(folder, name)
  for (const [name, content] of Object.entries(contents)) await Bun.write(join(folder, name), content)
  return { path, authority }
}

const proxyOf = (env: Record<string, string>, url: string) => readNetwork(env).routeTo(new URL(url)).proxy

test.each([
  [{ HTTPS_PROXY: 'http://proxy:3128' }, 'https://a.example', 'http://proxy:3128'],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, 'wss://a.example', 'http://proxy:3128'],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://a.example', undefined],
  [{ HTTP_PROXY: 'http://proxy:3128' }, 'http://a.example', 'http://proxy:3128'],
  [{ HTTP_PROXY: 'http://proxy:3128' }, 'https://a.example', undefined],
  [{ https_proxy: 'http://small:1', HTTPS_PROXY: 'http://large:2' }, 'https://a.example', 'http://small:1'],
  [{ https_proxy: '', HTTPS_PROXY: 'http://large:2' }, 'https://a.example', 'http://large:2'],
  [{ ALL_PROXY: 'http://proxy:3128' }, 'https://a.example', 'http://proxy:3128'],
  [{ HTTPS_PROXY: 'proxy:3128' }, 'https://a.example', 'http://proxy:3128'],
  [{ HTTPS_PROXY: 'https://proxy' }, 'https://a.example', 'https://proxy'],
  [{ HTTPS_PROXY: 'http://us%40er:p%3Aw@proxy:3128' }, 'https://a.example', 'http://proxy:3128'],
  [{ HTTPS_PROXY: 'http://proxy', no_proxy: 'example' }, 'https://a.example', undefined],
  [{ HTTPS_PROXY: 'http://proxy', NO_PROXY: 'example' }, 'https://a.example', undefined],
])('with %p, %s is reached through %p', (env, url, shown) => {
  expect(proxyOf(env as Record<string, string>, url)?.shown).toBe(shown as string)
})

test('a user name and a password are sent as they were before they were written into an address', () => {
  const { authorization } = proxyOf({ HTTPS_PROXY: 'http://us%40er:p%3Aw@proxy' }, 'https://a.example') ?? {}
  expect(authorization).toBe(`Basic ${Buffer.from('us@er:p:w').toString('base64')}`)
})

test('a proxy that is none, or speaks another protocol, is refused by the name of its setting, without its password', () => {
  for (const value of ['socks5://us:secret@proxy', 'http://us:secret@pro xy', 'http://'])
    try {
      readNetwork({ https_proxy: value })
      expect.unreachable()
    } catch (fault) {
      expect(fault).toBeInstanceOf(UserError)
      expect(String(fault)).toContain('https_proxy does not name an http or https proxy')
      expect(JSON.stringify(fault)).not.toContain('secret')
    }
})

test('authorities of both settings are trusted besides those that everybody trusts', async () => {
  const { path, authority } = await files()
  const other = anAuthority('Another').cert
  const otherPath = join(tempFolder(), 'other.pem')
  await Bun.write(otherPath, `a comment\n${other}`)
  const network = readNetwork(
    { ROWBOT_CA_FILE: path('ca'), NODE_EXTRA_CA_CERTS: otherPath },
    { hasExtra: false },
  )
  const { authorities = [] } = network.routeTo(new URL('https://a.example'))
  expect(authorities).toContain(authority.cert.trim())
  expect(authorities).toContain(other.trim())
  expect(authorities.length).toBeGreaterThan(100)
  expect(network.routeTo(new URL('http://a.example')).authorities).toBeUndefined()
  expect(readNetwork({}).routeTo(new URL('https://a.example')).authorities).toBeUndefined()
})

test('a file of authorities that cannot be used is said with its setting; that of other programs only warns', async () => {
  const { path } = await files()
  const says = (file: string) => {
    try {
      readNetwork({ ROWBOT_CA_FILE: file })
      return ''
    } catch (fault) {
      return String(fault)
    }
  }
  expect(says('/nowhere/ca.pem')).toContain(
    'ROWBOT_CA_FILE is /nowhere/ca.pem, which cannot be read (ENOENT)',
  )
  expect(says(path('empty'))).toContain('there is no certificate as PEM')
  expect(says(path('damaged'))).toContain('a certificate is damaged')
  const warnings: string[] = []
  const network = readNetwork(
    { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' },
    {
      warn: (one) => void warnings.push(one),
      hasExtra: false,
    },
  )
  expect(warnings).toEqual([expect.stringContaining('It is not used.')])
  expect(network.isPlain).toBe(true)
  // Bun has read it by itself, where it was set before Bun was started.
  expect(readNetwork({ NODE_EXTRA_CA_CERTS: path('ca') }, { hasExtra: true }).isPlain).toBe(true)
})

test('the client’s certificate is shown to the Dify server of the settings, or to the hosts that are named', async () => {
  const { path } = await files()
  const env = { ROWBOT_TLS_CERT: path('cert'), ROWBOT_TLS_KEY: path('key') }
  const shows = (more: Record<string, string>, url: string) =>
    readNetwork({ ...env, ...more }).routeTo(new URL(url)).client !== undefined
  const dify = { DIFY_BASE_URL: 'https://dify.example.com:8443/v1' }
  expect(shows(dify, 'https://dify.example.com:8443/v1/info')).toBe(true)
  expect(shows(dify, 'https://dify.example.com/v1')).toBe(false)
  expect(shows(dify, 'https://slack.com')).toBe(false)
  const named = { ROWBOT_TLS_HOSTS: 'Hooks.example.com, dify.example.com:443' }
  expect(shows(named, 'https://hooks.example.com:9000/x')).toBe(true)
  expect(shows(named, 'https://dify.example.com/v1')).toBe(true)
  expect(shows(named, 'http://hooks.example.com')).toBe(false)
})

test.each([
  [{ ROWBOT_TLS_CERT: 'cert' }, 'ROWBOT_TLS_CERT is set, but ROWBOT_TLS_KEY is not'],
  [{ ROWBOT_TLS_KEY: 'key' }, 'ROWBOT_TLS_KEY is set, but ROWBOT_TLS_CERT is not'],
  [{ ROWBOT_TLS_CERT: 'cert', ROWBOT_TLS_KEY: 'otherKey' }, 'is not that of the first certificate'],
  [{ ROWBOT_TLS_CERT: 'cert', ROWBOT_TLS_KEY: 'empty' }, 'there is no private key as PEM'],
  [{ ROWBOT_TLS_CERT: 'cert', ROWBOT_TLS_KEY: 'locked' }, 'ROWBOT_TLS_KEY_PASSWORD is not set'],
] as const)('%p is refused: %s', async (env, says) => {
  const { path } = await files()
  const given = Object.fromEntries(Object.entries(env).map(([name, file]) => [name, path(file)]))
  expect(() => readNetwork(given)).toThrow(says)
})

test('a key that is encrypted is opened with its password, and not with another', async () => {
  const { path } = await files()
  const env = { ROWBOT_TLS_CERT: path('cert'), ROWBOT_TLS_KEY: path('locked') }
  expect(() => readNetwork({ ...env, ROWBOT_TLS_KEY_PASSWORD: 'another' })).toThrow('does not open it')
  // It is opened, and then found not to be the certificate's.
  expect(() => readNetwork({ ...env, ROWBOT_TLS_KEY_PASSWORD: 'opens it' })).toThrow('is not that of')
})
