import { expect, test } from 'bun:test'
import type { Actor } from '../../src/app/actor.ts'
import { addToken, revokeToken } from '../../src/app/tokens.ts'
import { listTokens } from '../../src/db/access/tokens.ts'
import { openBot } from '../support/bot.ts'

const MEI: Actor = { face: 'cli', name: 'mei', role: 'admin' }

test('a token is made for a name, and the name is free again when it is revoked', async () => {
  const bot = await openBot()
  const { token } = await addToken(bot, MEI, { name: '  night\nrun ', role: 'runner' })
  expect(token).toMatch(/^rowbot_[\w-]{43}$/)
  expect(addToken(bot, MEI, { name: 'night run', role: 'viewer' })).rejects.toThrow('already')
  await revokeToken(bot, MEI, 'night run')
  expect(revokeToken(bot, MEI, 'night run')).rejects.toThrow('There is no token “night run” that works.')
  await addToken(bot, MEI, { name: 'night run', role: 'viewer' })
  expect(await listTokens(bot.db)).toMatchObject([
    { name: 'night run', role: 'viewer', madeBy: 'mei', usedAt: null, revokedAt: null },
    { name: 'night run', role: 'runner', revokedBy: 'mei' },
  ])
  const acts = await bot.db
    .selectFrom('audit_log')
    .select(['who', 'action', 'details'])
    .orderBy('id')
    .execute()
  expect(acts.map(({ who, action, details }) => [who, action, JSON.parse(details ?? '')])).toEqual([
    ['mei', 'token.add', { token: 'night run', role: 'runner' }],
    ['mei', 'token.revoke', { token: 'night run', role: 'runner' }],
    ['mei', 'token.add', { token: 'night run', role: 'viewer' }],
  ])
})

test('only an admin makes and revokes tokens, and none is without a name', async () => {
  const bot = await openBot()
  for (const role of ['member', 'viewer'] as const) {
    const ada: Actor = { face: 'page', name: 'Ada', role }
    expect(addToken(bot, ada, { name: 'x', role: 'admin' })).rejects.toThrow()
    expect(revokeToken(bot, ada, 'x')).rejects.toThrow()
  }
  expect(addToken(bot, MEI, { name: ' \u200b ', role: 'admin' })).rejects.toThrow('A token needs a name.')
  expect(await listTokens(bot.db)).toEqual([])
})
