import { expect, test } from 'bun:test'
import { aProgram } from './support/program.ts'

test('a program makes a token, which is in no other answer, and revokes it', async () => {
  const { ask, call } = await aProgram({ runs: false })
  const { status, json } = await ask('POST', '/api/tokens', { name: 'nightly', role: 'viewer' })
  expect([status, json]).toEqual([
    201,
    expect.objectContaining({
      name: 'nightly',
      role: 'viewer',
      made_by: 'API',
      used_at: null,
      revoked_at: null,
    }),
  ])
  const { token, token_id } = json as { token: string; token_id: string }
  const headers = { authorization: `Bearer ${token}` }
  expect((await call('/api/batch/', { headers })).status).toBe(200)
  expect((await call('/api/tokens', { headers })).status).toBe(403)
  expect((await ask('POST', '/api/tokens', { name: 'nightly' })).status).toBe(409)
  expect((await ask('POST', '/api/tokens', { name: 'x', role: 'boss' })).status).toBe(422)
  const listed = await ask('GET', '/api/tokens')
  expect(listed.json).toMatchObject({ items: [{ token_id, used_at: expect.any(String), revoked_at: null }] })
  expect(listed.text).not.toContain(token)
  const revoked = await ask('DELETE', `/api/tokens/${token_id}`)
  expect(revoked.json).toMatchObject({ token_id, revoked_at: expect.any(String), revoked_by: 'API' })
  expect((await call('/api/batch/', { headers })).status).toBe(401)
  expect((await ask('DELETE', `/api/tokens/${token_id}`)).status).toBe(404)
})
