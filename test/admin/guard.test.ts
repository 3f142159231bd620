import { describe, expect, test } from 'bun:test'
import { requireAdmitted } from '../../src/admin/http/guard.ts'
import { ADMIN_TOKEN, anAdmin, form } from './support/admin.ts'

describe('closed by default', () => {
  test('a stranger is led to the sign-in page, and back to where they wanted to go', async () => {
    const { browse } = await anAdmin()
    const asked = await browse('/batch?state=failed', { as: 'nobody' })
    expect(asked.status).toBe(303)
    expect(asked.headers.get('location')).toBe('/sign-in?next=%2Fbatch%3Fstate%3Dfailed')
    const entered = await browse('/sign-in', {
      as: 'nobody',
      ...form({ token: ADMIN_TOKEN, name: 'Mei', next: '/batch?state=failed' }),
    })
    expect(entered.headers.get('location')).toBe('/batch?state=failed')
    expect(entered.headers.get('set-cookie')).toMatch(
      /^rowbot_session=[^;]+; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/,
    )
  })

  test('a program without a token reads why, as JSON', async () => {
    const { call } = await anAdmin()
    const refused = await call('/api/batch/', { as: 'nobody' })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="Rowbot"')
    expect(await refused.json()).toMatchObject({ code: 'signed_out', message: 'You are not signed in.' })
  })

  test('a link with the token signs in, and its address is left at once', async () => {
    const { browse } = await anAdmin()
    const entered = await browse(`/sign-in?token=${ADMIN_TOKEN}`, { as: 'nobody' })
    expect(entered.status).toBe(303)
    expect(entered.headers.get('location')).toBe('/batch')
    expect(entered.headers.get('cache-control')).toBe('no-store')
  })

  test.each([
    '//evil.example/x',
    'https://evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/a\nb',
    '/.//evil.example',
    '/a/..//evil.example',
    '/.\\\\evil.example',
    '/%2e//evil.example',
  ])('nobody is led to %p', async (next) => {
    const { browse } = await anAdmin()
    const entered = await browse('/sign-in', { as: 'nobody', ...form({ token: ADMIN_TOKEN, next }) })
    expect(entered.headers.get('location')).toBe('/batch')
  })

  test('a cookie that somebody has made up or changed opens nothing', async () => {
    const { browse, signIn } = await anAdmin()
    const own = (await signIn(ADMIN_TOKEN, 'Mei')) ?? ''
    for (const cookie of [
      `${own}x`,
      own.slice(0, -1),
      own.toUpperCase(),
      'rowbot_session=',
      'rowbot_session=.',
    ]) {
      const answer = await browse('/batch', { as: 'nobody', headers: { cookie } })
      expect(answer.headers.get('location')).toStartWith('/sign-in')
    }
  })

  test('after ten wrong tokens an address waits, but the right one opens all the same', async () => {
    const { browse, call } = await anAdmin()
    for (let i = 0; i < 10; i++) {
      const wrong = await browse('/sign-in', { as: 'nobody', ...form({ token: `wrong ${i}` }) })
      expect(wrong.status).toBe(401)
    }
    const waits = await browse('/sign-in', { as: 'nobody', ...form({ token: 'wrong again' }) })
    expect(waits.status).toBe(429)
    expect(Number(waits.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(waits.headers.get('set-cookie')).toBeNull()
    const program = await call('/api/batch/', { as: 'nobody', headers: { authorization: 'Bearer wrong' } })
    expect([program.status, (await call('/api/batch/')).status]).toEqual([429, 200])
    const enters = await browse('/sign-in', { as: 'nobody', ...form({ token: ADMIN_TOKEN }) })
    expect([enters.status, enters.headers.has('set-cookie')]).toEqual([303, true])
  })
})

test('what another site loads by itself uses up nobody’s tries, and signs nobody in', async () => {
  const { browse } = await anAdmin()
  const loaded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
  for (let i = 0; i < 10; i++) await browse(`/sign-in?token=wrong${i}`, { as: 'nobody', headers: loaded })
  const path = `/sign-in?token=${ADMIN_TOKEN}`
  const image = await browse(path, { as: 'nobody', headers: loaded })
  expect([image.status, image.headers.get('set-cookie')]).toEqual([200, null])
  const opened = await browse(path, { as: 'nobody', headers: { ...loaded, 'sec-fetch-dest': 'document' } })
  expect(opened.status).toBe(303)
})

test('that somebody with a right token asks from the same address does not give a guesser further tries', async () => {
  const { browse, call } = await anAdmin()
  for (let i = 0; i < 10; i++) {
    await browse('/sign-in', { as: 'nobody', ...form({ token: `wrong ${i}` }) })
    if (i < 9) expect((await call('/api/batch/')).status).toBe(200)
  }
  const waits = await browse('/sign-in', { as: 'nobody', ...form({ token: 'wrong again' }) })
  expect(waits.status).toBe(429)
})

describe('behind a proxy that has a sign-in of its own', () => {
  const basic = { authorization: `Basic ${btoa('mei:secret')}` }

  test('its Basic password is nothing to the page: the session counts, and there is none without one', async () => {
    const { browse } = await anAdmin()
    for (let i = 0; i < 12; i++) expect((await browse('/batch', { headers: basic })).status).toBe(200)
    expect((await browse('/batch', { as: 'nobody', headers: basic })).status).toBe(303)
    const opened = await browse('/sign-in', {
      as: 'nobody',
      ...form({ token: ADMIN_TOKEN }),
      headers: basic,
    })
    expect(opened.status).toBe(303)
  })

  test('a token of its own for another program does not end the session', async () => {
    const { browse } = await anAdmin()
    for (let i = 0; i < 12; i++)
      expect((await browse('/batch', { headers: { authorization: 'Bearer eyJ.of.proxy' } })).status).toBe(200)
  })

  test('a program sends its token in a header of ours', async () => {
    const { call } = await anAdmin()
    const sent = { ...basic, 'x-rowbot-token': ADMIN_TOKEN }
    expect((await call('/api/batch/', { as: 'nobody', headers: sent })).status).toBe(200)
    const wrong = { 'x-rowbot-token': 'wrong' }
    expect((await call('/api/batch/', { headers: wrong })).status).toBe(401)
  })
})

describe('a write', () => {
  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '', origin: 'https://evil.example' },
  ])('from elsewhere is refused: %p', async (headers) => {
    const { browse } = await anAdmin()
    const sent = new Headers(headers)
    const answer = await browse('/preferences', { ...form({ lang: 'zh-CN' }), headers: sent })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  test('of somebody who may only look is refused', async () => {
    const { browse, call } = await anAdmin()
    expect((await browse('/batch/k7f2/stop', { as: 'viewer', ...form({}) })).status).toBe(403)
    const refused = await call('/api/batch/k7f2/stop', { as: 'viewer', method: 'POST' })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'read_only' })
  })
})

test.each(['evil.example', 'evil.example:8000', ''])(
  'asked for as %p, the page is not there',
  async (host) => {
    const { browse } = await anAdmin()
    const answer = await browse('/batch', { headers: { host } })
    expect(answer.status).toBe(421)
  },
)

test('every answer has the headers that keep others out', async () => {
  const { browse, call } = await anAdmin()
  const answers = await Promise.all([
    browse('/sign-in', { as: 'nobody' }),
    browse('/batch', { as: 'nobody' }),
    browse('/nowhere'),
    browse('/assets/page.css'),
    call('/api/nowhere'),
  ])
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    )
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
  }
})

test('what is not there says so, as a page and as JSON', async () => {
  const { browse, call } = await anAdmin()
  const page = await browse('/nowhere')
  expect(page.status).toBe(404)
  expect(await page.text()).toContain('Page not found')
  const json = await call('/api/nowhere')
  expect(json.status).toBe(404)
  expect(await json.json()).toMatchObject({ code: 'not_found' })
})

test('a route that was not admitted answers nobody, should the router read a path otherwise than the guard', () => {
  const request = new Request('http://127.0.0.1:8000/batch')
  expect(() => requireAdmitted(request, '/batch')).toThrow('There is nothing at this address.')
})
