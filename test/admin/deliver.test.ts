import { expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { deliver } from '../../src/admin/http/deliver.ts'
import { encodingFor } from '../../src/admin/http/encoding.ts'
import { aProgram } from './api/support/program.ts'
import { ADMIN_TOKEN, ORIGIN } from './support/admin.ts'

const LONG = 'the same words again. '.repeat(200)

const asked = (headers: Record<string, string> = {}, method = 'GET') =>
  new Request(`${ORIGIN}/any`, { method, headers })
const answer = (type: string, headers: Record<string, string> = {}, text = LONG) =>
  new Response(text, { headers: { 'content-type': type, ...headers } })

test.each([
  ['gzip, deflate, br, zstd', 'zstd'],
  ['gzip', 'gzip'],
  ['GZIP;q=0.5, zstd;q=0', 'gzip'],
  ['gzip; q=0.000', undefined],
  ['br', undefined],
  ['', undefined],
] as const)('what can be read of “%s”: %s', (header, encoding) => {
  expect(encodingFor(asked({ 'accept-encoding': header }))).toBe(encoding)
})

test('text is compressed as the client can read it, and caches are told so', async () => {
  for (const [encoding, unpack] of [
    ['gzip', gunzipSync],
    ['zstd', Bun.zstdDecompressSync],
  ] as const) {
    const sent = await deliver(asked({ 'accept-encoding': encoding }), answer('text/html; charset=utf-8'))
    expect(sent.headers.get('content-encoding')).toBe(encoding)
    expect(sent.headers.get('vary')).toBe('accept-encoding')
    const bytes = await sent.bytes()
    expect(bytes.byteLength).toBeLessThan(LONG.length / 4)
    expect(new TextDecoder().decode(unpack(bytes))).toBe(LONG)
  }
  const plain = await deliver(asked(), answer('text/html', { vary: 'hx-request' }))
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(plain.headers.get('vary')).toBe('hx-request, accept-encoding')
  expect(await plain.text()).toBe(LONG)
})

test.each([
  ['events as they come', answer('text/event-stream; charset=utf-8')],
  ['a download', answer('text/csv', { 'content-disposition': 'attachment; filename="a.csv"' })],
  ['a picture', answer('image/png')],
  ['few words', answer('text/html', {}, 'few')],
  ['what is compressed', answer('text/css', { 'content-encoding': 'gzip' })],
])('not compressed: %s', async (_, response) => {
  const before = response.headers.get('content-encoding')
  const sent = await deliver(asked({ 'accept-encoding': 'gzip' }), response)
  expect(sent.headers.get('content-encoding')).toBe(before)
})

test('a fault of the API is compressed as well, and has no tag', async () => {
  const fault = new Response(LONG, { status: 409, headers: { 'content-type': 'application/problem+json' } })
  const { status, headers } = await deliver(asked({ 'accept-encoding': 'gzip' }), fault)
  expect([status, headers.get('content-encoding'), headers.get('etag')]).toEqual([409, 'gzip', null])
})

test('a program that has the answer gets 304, and the whole again once it has changed', async () => {
  const { finished, app } = await aProgram()
  const { task_id: id } = await finished()
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const request = new Request(`${ORIGIN}${path}`, {
      headers: { host: '127.0.0.1:8000', authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
    })
    return deliver(request, await app.fetch(request))
  }
  for (const path of [
    `/api/batch/${id}/status`,
    `/api/batch/${id}/executions`,
    '/api/workflows',
    '/api/batch/',
  ]) {
    const first = await get(path)
    const tag = first.headers.get('etag') ?? 'none'
    expect(first.headers.get('cache-control')).toBe('no-store')
    // With and without compression it is the same answer.
    const again = await get(path, { 'if-none-match': `"other", ${tag}`, 'accept-encoding': 'gzip' })
    expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
    expect([again.headers.get('etag'), again.headers.get('content-type')]).toEqual([tag, null])
    expect(again.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await get(path, { 'if-none-match': 'W/"other"' })).status).toBe(200)
  }
  const tag = (await get('/api/batch/')).headers.get('etag') ?? 'none'
  await finished()
  expect((await get('/api/batch/', { 'if-none-match': tag })).status).toBe(200)
})

test('an asset is known by its version', async () => {
  const { app } = await aProgram()
  const get = async (headers: Record<string, string>) => {
    const request = new Request(`${ORIGIN}/assets/page.css`, {
      headers: { host: '127.0.0.1:8000', ...headers },
    })
    return deliver(request, await app.fetch(request))
  }
  const css = await get({ 'accept-encoding': 'gzip' })
  expect([css.status, css.headers.get('content-encoding')]).toEqual([200, 'gzip'])
  const again = await get({ 'if-none-match': css.headers.get('etag') ?? 'none', 'accept-encoding': 'gzip' })
  expect([again.status, again.headers.get('content-encoding')]).toEqual([304, null])
  expect(again.headers.get('cache-control')).toContain('immutable')
})

test('what was written is not answered with 304', async () => {
  const sent = await deliver(asked({ 'if-none-match': '*' }, 'POST'), answer('application/json'))
  expect([sent.status, sent.headers.get('etag')]).toEqual([200, null])
})
