import { expect, test } from 'bun:test'
import pino from 'pino'
import { Api } from '../../../src/bots/discord/api.ts'
import { later } from '../../support/bot.ts'
import { LocalDiscord } from '../../support/discord/local-discord.ts'
import { IDS, TOKEN } from '../../support/discord/world.ts'

test('Discord is called also when the machine’s clock has been put back by hours, after more calls than the library makes in a second', async () => {
  const discord = LocalDiscord.start()
  const api = new Api({ token: TOKEN, apiUrl: discord.apiUrl }, pino({ level: 'silent' }))
  const { now } = Date
  later(() => void (Date.now = now))
  Date.now = () => now() + 7_200_000
  const get = () => api.call({ method: 'get', route: `/channels/${IDS.merch}` })
  expect(await get()).toMatchObject({ kind: 'ok' })
  Date.now = now
  for (let n = 0; n < 60; n++) expect(await get()).toMatchObject({ kind: 'ok' })
}, 20_000)
