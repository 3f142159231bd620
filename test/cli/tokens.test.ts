import { expect, test } from 'bun:test'
import { endToken, listTokens, makeToken } from '../../src/cli/tokens.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { openBot } from '../support/bot.ts'

test('a token goes to standard output alone, is listed without itself, and is revoked by its name', async () => {
  const bot = await openBot()
  const written = { out: '', err: '' }
  const screen = createScreen(
    { write: (text) => (written.out += text) },
    { write: (text) => (written.err += text) },
  )
  await listTokens(bot, screen, false)
  expect(written.err).toContain('There are no named tokens.')
  await makeToken(bot, { name: 'nightly', role: 'runner' }, screen)
  const token = written.out.trim()
  expect(token).toMatch(/^rowbot_[\w-]{43}$/)
  expect(written.err).toContain(`http://127.0.0.1:8000/sign-in?token=${token}`)
  written.out = ''
  await listTokens(bot, screen, false)
  expect(written.out).toMatch(/^[\da-f]{12} {2}runner {2}nightly {2}made by .+ {2}last used never\n$/)
  expect(written.out).not.toContain(token)
  await endToken(bot, 'nightly', screen)
  written.out = ''
  await listTokens(bot, screen, true)
  expect(JSON.parse(written.out)).toMatchObject([
    { name: 'nightly', role: 'runner', used_at: null, revoked_at: expect.stringMatching(/^\d{4}-.*Z$/) },
  ])
  await expect(endToken(bot, 'nightly', screen)).rejects.toThrow('There is no token “nightly” that works.')
})
