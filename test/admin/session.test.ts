import { expect, test } from 'bun:test'
import { Sessions } from '../../src/admin/sign-in/session.ts'
import { adminOptionsOf } from '../../src/serve/admin-options.ts'
import { openBot } from '../support/bot.ts'

const TOKENS = { admin: 'the-admin-token-of-tests', viewer: 'the-viewer-token-of-tests' }
const DAY_MS = 86_400_000

test('a session is opened for a week by the key that it was signed with, and by no other', () => {
  let now = 0
  const sessions = new Sessions(TOKENS, 'a key', () => now)
  const cookie = sessions.seal({ role: 'viewer', name: ' Jo\u202E\n Smith ' })
  expect(sessions.open(cookie)).toMatchObject({ role: 'viewer', name: 'Jo Smith' })
  expect(new Sessions(TOKENS, 'another key', () => now).open(cookie)).toBeUndefined()
  now = 7 * DAY_MS
  expect(sessions.open(cookie)).toBeUndefined()
})

test('another token makes another key, and who knows the tokens alone does not know it', async () => {
  const [here, elsewhere] = [await openBot(), await openBot()]
  const keyOf = (bot: typeof here, tokens = TOKENS) =>
    adminOptionsOf(bot, { tokens, health: () => ({ ready: true, parts: {} }) }).sessionKey
  expect(keyOf(here)).toBe(keyOf(here))
  const others = [
    keyOf(elsewhere),
    keyOf(here, { ...TOKENS, admin: 'another-admin-token' }),
    keyOf(here, { ...TOKENS, viewer: 'another-viewer-token' }),
  ]
  expect(new Set([keyOf(here), ...others]).size).toBe(4)
})
