import { expect, test } from 'bun:test'
import { ACCESS, accessRule } from '../../src/admin/http/access.ts'
import { readConfig } from '../../src/app/config.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { publicUrlFault } from '../../src/app/sub-path.ts'
import { Rowbot as RowbotClient } from '../../src/client/rowbot.ts'
import { servePage, type ServeOptions } from '../../src/serve/page-server.ts'
import { everyState } from '../admin/support/every-state.ts'
import { pageOf } from '../admin/support/page-of.ts'
import { ADMIN_TOKEN } from '../admin/support/admin.ts'
import { aBot, later } from '../support/bot.ts'
import { aFrontProxy, type FrontProxyOptions } from '../support/front-proxy.ts'
import { freePort } from '../support/free-port.ts'
import { anOidcProvider, CLIENT, signInThere } from '../support/oidc-provider.ts'

const PUBLIC_URL = 'https://tools.example.com/rowbot'

/** The page over tasks in every state, behind a proxy that shows it under a path. */
async function behind<T extends { bot: Rowbot }>(
  how: Pick<FrontProxyOptions, 'path' | 'host'>,
  everything: (env: Record<string, string>) => Promise<T>,
  serving: Partial<ServeOptions> = {},
) {
  const port = freePort()
  const cast = await everything({
    ROWBOT_PUBLIC_URL: `${PUBLIC_URL}/`,
    ROWBOT_PORT: String(port),
    ROWBOT_TRUSTED_PROXIES: 'loopback',
  })
  const health = () => Promise.resolve({ ready: true, parts: {} })
  const page = await servePage(cast.bot, { token: ADMIN_TOKEN, health, ...serving })
  later(() => page.stop(0))
  const proxy = aFrontProxy({ to: `http://127.0.0.1:${port}`, publicUrl: PUBLIC_URL, ...how })
  let cookie = ''
  /** @param path as a browser asks for it: with the proxy’s folder */
  const browse = (path: string, init: RequestInit = {}) => {
    const given = { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie, ...init.headers }
    const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
    return fetch(new URL(path, proxy.url), { redirect: 'manual', ...init, headers })
  }
  const signedIn = await browse('/rowbot/sign-in', {
    method: 'POST',
    body: new URLSearchParams({ token: ADMIN_TOKEN, name: 'Mei', next: '/rowbot/audit' }),
  })
  cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return { ...cast, proxy, browse, signedIn }
}

const quietly = (env: Record<string, string>) => aBot({ env })

/** Every address on a page, with what it is of. */
function addressesIn(html: string) {
  return pageOf(html).elements.flatMap(({ tag, attributes }) =>
    attributes
      .filter(([name, value]) => ADDRESS.test(name) && !value.startsWith('#'))
      .map(([name, value]) => ({ tag, name, value: value.replaceAll('&amp;', '&') })),
  )
}
const ADDRESS =
  /^(?:href|src|action|formaction|poster|srcset|hx-(?:get|post|put|patch|delete|push-url|replace-url))$/
/** Of a page of one kind, more would say nothing new. */
const OF_A_KIND = 4

test.each(['kept', 'stripped'] as const)(
  'every address on every page lies under the path of ROWBOT_PUBLIC_URL and leads somewhere, with the path %s by the proxy',
  async (path) => {
    const { browse, proxy, link } = await behind({ path }, everyState)
    const seen = new Set<string>()
    const kinds = new Map<string, number>()
    const waiting: string[] = []
    const outside: string[] = []
    const broken: string[] = []
    const note = (url: URL) => {
      const to = url.pathname + url.search
      const kind = accessRule('GET', url.pathname.slice('/rowbot'.length))?.path ?? to
      const count = kinds.get(kind) ?? 0
      if (seen.has(to) || count >= OF_A_KIND) return
      kinds.set(kind, count + 1)
      seen.add(to)
      waiting.push(to)
    }
    for (const start of ['/rowbot', `/rowbot${link}`, '/rowbot/batch/new', '/rowbot/access'])
      note(new URL(start, proxy.url))
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      const answer = await browse(at)
      if (answer.status >= 400) broken.push(`${answer.status} ${at}`)
      const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true
      const addresses = isPage ? addressesIn(await answer.text()) : []
      await answer.body?.cancel().catch(() => {})
      const location = answer.headers.get('location')
      if (location !== null) addresses.push({ tag: 'redirect', name: 'href', value: location })
      for (const { tag, name, value } of addresses) {
        if (/^(?:https?|mailto|data):/.test(value)) continue
        const to = new URL(value, new URL(at, proxy.url))
        const isUnder = to.pathname === '/rowbot' || to.pathname.startsWith('/rowbot/')
        if (!isUnder || to.pathname.startsWith('/rowbot/rowbot'))
          outside.push(`${at}: <${tag} ${name}="${value}">`)
        else if (ASKED.test(name)) note(to)
      }
    }
    expect(outside).toEqual([])
    expect(broken).toEqual([])
    expect(proxy.strays).toEqual([])
    // What no page leads to: /metrics, the API, forms that only a state makes.
    expect(kinds.size).toBeGreaterThan(30)
  },
)
const ASKED = /^(?:href|src|hx-get)$/

test('a sign-in under a path gives cookies for that path alone, over https, and goes where one wanted to', async () => {
  const { signedIn, browse } = await behind({ path: 'stripped', host: 'own' }, quietly)
  expect(signedIn.status).toBe(303)
  expect(signedIn.headers.get('location')).toBe('/rowbot/audit')
  expect(signedIn.headers.get('set-cookie')).toMatch(/^rowbot_session=\S+; Path=\/rowbot; .*; Secure$/)
  expect((await browse('/rowbot/audit')).status).toBe(200)
  const out = await browse('/rowbot/batch/x', { headers: { cookie: '' } })
  expect(out.headers.get('location')).toBe('/rowbot/sign-in?next=%2Fbatch%2Fx')
  const chosen = await browse('/rowbot/preferences', {
    method: 'POST',
    body: new URLSearchParams({ theme: 'dark', lang: 'en', back: '/rowbot/usage' }),
  })
  expect(chosen.headers.get('location')).toBe('/rowbot/usage')
  expect(chosen.headers.getSetCookie().map((one) => /Path=[^;]*/.exec(one)?.[0])).toEqual([
    'Path=/rowbot',
    'Path=/rowbot',
  ])
})

test('people sign in with a provider under the path, which it sends them back to', async () => {
  const { issuer } = await anOidcProvider(
    { mei: { name: 'Mei', groups: ['ops'] } },
    () => `${PUBLIC_URL}/sign-in/callback`,
  )
  const { browse } = await behind({ path: 'stripped', host: 'own' }, (env) =>
    quietly({
      ...env,
      ROWBOT_OIDC_ISSUER: issuer,
      ROWBOT_OIDC_CLIENT_ID: CLIENT.id,
      ROWBOT_OIDC_CLIENT_SECRET: CLIENT.secret,
      ROWBOT_OIDC_ROLES: 'admin=ops',
    }),
  )
  const page = await (
    await browse('/rowbot/sign-in?next=%2Frowbot%2Fusage', { headers: { cookie: '' } })
  ).text()
  const [, to = ''] = /href="(\/rowbot\/sign-in\/provider[^"]*)"/.exec(page) ?? []
  const begun = await browse(to, { headers: { cookie: '' } })
  const cookie = begun.headers.get('set-cookie') ?? ''
  expect(cookie).toContain('; Path=/rowbot;')
  const back = new URL(await signInThere(begun.headers.get('location') ?? '', 'mei'))
  expect(back.href).toStartWith(`${PUBLIC_URL}/sign-in/callback?code=`)
  const done = await browse(back.pathname + back.search, {
    headers: { cookie: cookie.split(';')[0] ?? '', 'sec-fetch-site': 'cross-site' },
  })
  expect([done.status, done.headers.get('location')]).toEqual([303, '/rowbot/usage'])
  const session = done.headers.getSetCookie().find((one) => one.startsWith('rowbot_session='))
  expect(session).toContain('; Path=/rowbot;')
})

test('a browser without Sec-Fetch-Site may write through a proxy that gives the page another host, and no other site may', async () => {
  const { browse } = await behind({ path: 'kept', host: 'own' }, quietly)
  const write = (origin: string) =>
    browse('/rowbot/preferences', {
      method: 'POST',
      body: new URLSearchParams({ theme: 'dark' }),
      headers: { 'sec-fetch-site': '', origin },
    })
  expect((await write('https://tools.example.com')).status).toBe(303)
  expect((await write('https://elsewhere.example.com')).status).toBe(403)
})

test('what the API says of addresses has the path, and the data of people that looks like an address has not', async () => {
  const { browse, bot, submit, until } = await behind({ path: 'stripped' }, quietly)
  const { id } = await submit(3, {}, () => '"href="/batch" {"url":"/api/batch/x"}')
  bot.startRunner()
  await until(id, ({ status }) => status === 'completed')
  const asJson = (path: string) =>
    browse(path, { headers: { accept: 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` } })
  const list = await asJson('/rowbot/api/batch/?page_size=1')
  expect(list.headers.get('link')).toContain('</rowbot/api/batch/?page_size=1&page=1>; rel="first"')
  const status: unknown = await (await asJson(`/rowbot/api/batch/${id}/status`)).json()
  expect(status).toMatchObject({ download_url: `/rowbot/api/batch/${id}/download` })
  const rows = await (await asJson(`/rowbot/api/batch/${id}/executions`)).text()
  expect(rows).toContain('/api/batch/x')
  expect(rows).not.toContain('/rowbot/api/batch/x')
  expect(await (await browse(`/rowbot/batch/${id}/rows/2`)).text()).not.toContain('/rowbot/api/batch/x')
  const { servers } = (await (await asJson('/rowbot/docs/openapi.json')).json()) as { servers: unknown }
  expect(servers).toEqual([{ url: PUBLIC_URL }])
  expect(await (await browse('/rowbot/docs')).text()).toContain(`${PUBLIC_URL}/api/batch/upload`)
})

test('a program follows a task under the path, event by event', async () => {
  const { proxy, bot, submit } = await behind({ path: 'kept' }, quietly)
  const { id } = await submit(2)
  bot.startRunner()
  const client = new RowbotClient({ url: proxy.url, token: ADMIN_TOKEN })
  const { status } = await client.wait(id)
  expect(status).toBe('completed')
})

test('Slack’s events arrive under the path, however the proxy passes it on', async () => {
  for (const path of ['kept', 'stripped'] as const) {
    const { proxy } = await behind({ path }, quietly, {
      slackEvents: () => Promise.resolve(new Response('heard')),
    })
    const sent = await fetch(`${proxy.url}/slack/events`, { method: 'POST', body: '{}' })
    expect(await sent.text()).toBe('heard')
  }
})

test.each([
  ['https://x.example/batch', 'must not have a path that begins with /batch'],
  ['https://x.example/rowbot?a=1', 'without ? and #'],
  ['https://u:p@x.example/', 'no user name'],
  ['https://x.example/row%20bot', 'letters, digits'],
])('ROWBOT_PUBLIC_URL=%s is refused', (url, says) => {
  expect(() => readConfig({ ROWBOT_PUBLIC_URL: url })).toThrow(says)
})

test('every folder of the page’s own is one that ROWBOT_PUBLIC_URL may not have', () => {
  const folders = Object.keys(ACCESS).map((route) => route.split('/')[1] ?? '')
  for (const folder of new Set([...folders, 'slack']))
    if (folder !== '') expect(publicUrlFault(`https://x.example/${folder}`)).toContain(`/${folder},`)
})
