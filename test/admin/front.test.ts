import { expect, test } from 'bun:test'
import { Front } from '../../src/admin/http/front.ts'
import { servePage } from '../../src/serve/page-server.ts'
import { aBot, later } from '../support/bot.ts'
import { freePort } from '../support/free-port.ts'
import { ADMIN_TOKEN } from './support/admin.ts'

const FROM_OUTSIDE = '203.0.113.5'
const PROXY = '10.1.2.3'

test.each([
  [PROXY, { proto: 'https', host: 'rowbot.example.com' }, 'https://rowbot.example.com/batch?a=1'],
  [PROXY, { proto: 'https' }, 'https://inside:8000/batch?a=1'],
  [PROXY, { host: 'rowbot.example.com:8443' }, 'http://rowbot.example.com:8443/batch?a=1'],
  [`::ffff:${PROXY}`, { proto: 'https' }, 'https://inside:8000/batch?a=1'],
  // The last is what the trusted proxy has added to what the client made up.
  [
    PROXY,
    { proto: 'https, http', host: 'evil.example, rowbot.example.com' },
    'http://rowbot.example.com/batch?a=1',
  ],
  [PROXY, { proto: 'gopher', host: 'evil.example/x?' }, 'http://inside:8000/batch?a=1'],
  [PROXY, { host: 'user@evil.example' }, 'http://inside:8000/batch?a=1'],
  [FROM_OUTSIDE, { proto: 'https', host: 'evil.example' }, 'http://inside:8000/batch?a=1'],
  ['', { proto: 'https', host: 'evil.example' }, 'http://inside:8000/batch?a=1'],
] as const)('asked by %p with %p, the page’s address is %s', (peer, said, url) => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(said)) headers.set(`x-forwarded-${name}`, value)
  const request = new Request('http://inside:8000/batch?a=1', { headers })
  new Front({ publicUrl: undefined, trustedProxies: ['10.0.0.0/8'] }).receive(request, peer)
  expect(request.url).toBe(url)
})

test.each([
  ['loopback', true],
  ['10.0.0.0/8', false],
])(
  'with ROWBOT_TRUSTED_PROXIES=%s, it is %p that a forwarded https makes the cookie secure',
  async (trusted, isSecure) => {
    const port = freePort()
    const { bot } = await aBot({ env: { ROWBOT_PORT: String(port), ROWBOT_TRUSTED_PROXIES: trusted } })
    const health = () => Promise.resolve({ ready: true, parts: {} })
    const page = await servePage(bot, { token: ADMIN_TOKEN, health })
    later(() => page.stop(0))
    const answer = await fetch(`${page.address}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'sec-fetch-site': 'same-origin',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'a.example',
      },
      body: new URLSearchParams({ token: ADMIN_TOKEN }),
    })
    expect(answer.headers.get('set-cookie')?.includes('; Secure')).toBe(isSecure)
    expect(answer.headers.has('strict-transport-security')).toBe(isSecure)
    // A write from the host that the proxy names is one of our own page; from a host that somebody made up it is not.
    const written = await fetch(`${page.address}/preferences`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        origin: 'https://a.example',
        cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '',
        'x-forwarded-host': 'a.example',
      },
      body: new URLSearchParams({ theme: 'dark' }),
    })
    expect(written.status).toBe(isSecure ? 303 : 403)
  },
)
