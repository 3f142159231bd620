import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { findWorkflow, openWorkflowKey } from '../../src/db/workflows/workflows.ts'
import { changeKey } from '../../src/app/workflows.ts'
import { aSandbox, later, SETUP, tempFolder, withWorkflow } from '../support/bot.ts'
import { borrowDatabase } from '../support/test-database.ts'

/** Several machines on one Postgres: each has a data folder of its own. */
async function machines() {
  const { url, giveBack } = await borrowDatabase()
  later(giveBack)
  return async (env: Record<string, string> = {}, folder = tempFolder()) => {
    const config = readConfig({ ROWBOT_DATA_DIR: folder, DATABASE_URL: url, ...env })
    const bot = await Rowbot.open({ config, log: pino({ level: 'silent' }) })
    later(() => bot.close())
    return { bot, folder }
  }
}

const keyIn = (folder: string) => join(folder, 'secret.key')

test('a machine without the secret key is refused and makes none; with it, it reads what the first has encrypted', async () => {
  const machine = await machines()
  const { bot, folder } = await machine()
  const workflow = await withWorkflow(bot, {
    baseUrl: aSandbox().url,
    apiKey: 'app-sandbox-product-copywriter',
  })

  const other = tempFolder()
  await expect(machine({}, other)).rejects.toThrow('does not have the secret key of the database')
  expect(existsSync(keyIn(other))).toBe(false)
  await expect(machine({ ROWBOT_SECRET_KEY: 'another key of sixteen' })).rejects.toThrow('is another than')

  const { bot: second } = await machine({ ROWBOT_SECRET_KEY: readFileSync(keyIn(folder), 'utf8').trim() })
  expect(await findWorkflow(second.db, workflow.id)).toBeDefined()
  expect(await openWorkflowKey(second.db, second.box, workflow.id)).toBe('app-sandbox-product-copywriter')
})

test('of two machines that start at once on an empty database one makes the key, and the other is refused', async () => {
  const machine = await machines()
  const started = await Promise.allSettled([machine(), machine()])
  expect(started.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('a database from before there was a check keeps the key that its workflows were encrypted with', async () => {
  const machine = await machines()
  const { bot, folder } = await machine()
  await withWorkflow(bot, { baseUrl: aSandbox().url, apiKey: 'app-sandbox-product-copywriter' })
  await bot.db.deleteFrom('shared_values').execute()
  await expect(machine()).rejects.toThrow('does not have the secret key')
  await expect(machine({ ROWBOT_SECRET_KEY: 'another key of sixteen' })).rejects.toThrow(
    'cannot be decrypted',
  )
  await machine({}, folder)
  await expect(machine({ ROWBOT_SECRET_KEY: 'another key of sixteen' })).rejects.toThrow('is another than')
})

test('a lost key is replaced as docs/operate.md says', async () => {
  const machine = await machines()
  const { bot } = await machine()
  const access = { baseUrl: aSandbox().url, apiKey: 'app-sandbox-product-copywriter' }
  const workflow = await withWorkflow(bot, access)
  for (const statement of ['delete from shared_values', "update workflows set api_key = ''"])
    await sql.raw(statement).execute(bot.db)
  const { bot: next } = await machine({ ROWBOT_SECRET_KEY: 'a new key of sixteen' })
  await changeKey(next, SETUP, workflow, access.apiKey)
  expect(await openWorkflowKey(next.db, next.box, workflow.id)).toBe(access.apiKey)
})

test('all machines have one admin token, which the database has only encrypted; one that is set comes first', async () => {
  const machine = await machines()
  const ROWBOT_SECRET_KEY = 'the key of all machines'
  const [{ bot: a, folder }, { bot: b }] = [
    await machine({ ROWBOT_SECRET_KEY }),
    await machine({ ROWBOT_SECRET_KEY }),
  ]
  const made = await a.adminToken()
  expect(made.from).toBe('made')
  expect(await b.adminToken()).toEqual({ token: made.token, from: 'stored' })
  expect(existsSync(join(folder, 'admin.token'))).toBe(false)
  expect(JSON.stringify(await a.db.selectFrom('shared_values').selectAll().execute())).not.toContain(
    made.token,
  )
  const { bot: c } = await machine({ ROWBOT_SECRET_KEY, ROWBOT_ADMIN_TOKEN: 'set by a person, on all' })
  expect(await c.adminToken()).toEqual({ token: 'set by a person, on all', from: 'settings' })
})
