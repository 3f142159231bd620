import { expect, test } from 'bun:test'
import { BY_PROVIDER, Sessions } from '../../src/admin/sign-in/session.ts'
import { addToken, revokeToken } from '../../src/app/tokens.ts'
import type { Actor } from '../../src/app/actor.ts'
import { adminOptionsOf } from '../../src/serve/admin-options.ts'
import { deleteEndedSessions } from '../../src/db/access/sessions.ts'
import { openBot } from '../support/bot.ts'

const TOKENS = { admin: 'the-admin-token-of-tests', viewer: 'the-viewer-token-of-tests' }
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MEI: Actor = { face: 'cli', name: 'mei', role: 'admin' }

async function someSessions() {
  const bot = await openBot()
  const clock = { now: 1_000 }
  const options = adminOptionsOf(bot, { tokens: TOKENS, health: () => ({ ready: true, parts: {} }) })
  const over = (tokens = TOKENS) => new Sessions({ ...options, tokens, now: () => clock.now })
  const sessions = over()
  const enter = async (token: string, name = '') => {
    const holder = await sessions.holderOf(token)
    if (!holder) throw new Error('the token is wrong')
    return (await sessions.begin(holder, name)).id
  }
  return { bot, clock, options, over, sessions, enter }
}

test('a session lasts a week, also over a restart, and its name is one line', async () => {
  const { bot, clock, over, sessions, enter } = await someSessions()
  const id = await enter(TOKENS.viewer, ' Jo\u202E\n Smith ')
  expect(await over().open(id)).toEqual({ role: 'viewer', name: 'Jo Smith', personId: 'Jo Smith' })
  clock.now += 7 * DAY_MS
  expect(await sessions.open(id)).toBeUndefined()
  await deleteEndedSessions(bot.db, clock.now)
  expect(await bot.db.selectFrom('sessions').selectAll().execute()).toEqual([])
})

test('a session lasts as long as the settings say for what it began with', async () => {
  const { clock, options } = await someSessions()
  const http = { ...options.http, sessionHours: { token: 8, provider: 2 } }
  const sessions = new Sessions({ ...options, http, providerNow: 'p', now: () => clock.now })
  const mei = { role: 'admin', name: 'Mei' } as const
  const holder = await sessions.holderOf(TOKENS.admin)
  if (!holder) throw new Error('the token is wrong')
  const byToken = await sessions.begin(holder)
  const byProvider = await sessions.begin({ ...mei, openedWith: `${BY_PROVIDER}p` })
  expect([byToken.hours, byProvider.hours]).toEqual([8, 2])
  clock.now += 2 * HOUR_MS - 1
  expect(await sessions.open(byProvider.id)).toBeDefined()
  clock.now += 1
  expect(await sessions.open(byProvider.id)).toBeUndefined()
  clock.now += 6 * HOUR_MS - 1
  expect(await sessions.open(byToken.id)).toBeDefined()
  clock.now += 1
  expect(await sessions.open(byToken.id)).toBeUndefined()
})

test('the database has neither the session of a cookie nor the token of a name', async () => {
  const { bot, enter } = await someSessions()
  const { token } = await addToken(bot, MEI, { name: 'nightly', role: 'runner' })
  const id = await enter(token)
  const stored = JSON.stringify([
    await bot.db.selectFrom('sessions').selectAll().execute(),
    await bot.db.selectFrom('access_tokens').selectAll().execute(),
    await bot.db.selectFrom('audit_log').selectAll().execute(),
  ])
  expect(stored).toContain('nightly')
  for (const secret of [id, token, TOKENS.admin]) expect(stored).not.toContain(secret)
})

test('who signs out is out, with every copy of the cookie, and nobody else is', async () => {
  const { sessions, enter } = await someSessions()
  const [mine, other] = [await enter(TOKENS.admin, 'Mei'), await enter(TOKENS.admin, 'Mei')]
  await sessions.end(mine)
  expect(await sessions.open(mine)).toBeUndefined()
  expect(await sessions.open(other)).toMatchObject({ name: 'Mei' })
})

test('another admin token signs out whoever came with the old one, and nobody else', async () => {
  const { over, enter } = await someSessions()
  const [admin, viewer] = [await enter(TOKENS.admin), await enter(TOKENS.viewer)]
  const changed = over({ ...TOKENS, admin: 'another-admin-token-of-tests' })
  expect(await changed.open(admin)).toBeUndefined()
  expect(await changed.open(viewer)).toMatchObject({ role: 'viewer' })
  expect(await changed.holderOf(TOKENS.admin)).toBeUndefined()
})

test('a revoked token opens nothing any more, nor does a session that it has opened', async () => {
  const { bot, sessions, enter } = await someSessions()
  const { token, made } = await addToken(bot, MEI, { name: 'Ada', role: 'runner' })
  const [hers, mine] = [await enter(token, 'not her name'), await enter(TOKENS.admin)]
  expect(await sessions.open(hers)).toEqual({ role: 'runner', name: 'Ada', personId: `token:${made.id}` })
  await revokeToken(bot, MEI, 'Ada')
  expect(await sessions.open(hers)).toBeUndefined()
  expect(await sessions.holderOf(token)).toBeUndefined()
  expect(await sessions.open(mine)).toMatchObject({ role: 'admin' })
})
