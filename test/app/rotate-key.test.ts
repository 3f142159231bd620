import { expect, test } from 'bun:test'
import { rotateKey } from '../../src/app/rotate-key.ts'
import { openLink, ResultLinks } from '../../src/app/result-links.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { addWorkflow } from '../../src/app/workflows.ts'
import { rotateHere } from '../../src/cli/key.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { listAudit } from '../../src/db/tasks/audit.ts'
import { listWorkflows, openWorkflowKey } from '../../src/db/workflows/workflows.ts'
import { aSandbox, openBot, orderOf, QUICK, SETUP, tempFolder, withWorkflow } from '../support/bot.ts'

const OLD = 'the old key of this database'
const NEW = 'the new key of this database'
const APP = 'app-sandbox-product-copywriter'

/** There is no data key to count. */
const OFF = { ROWBOT_ENCRYPT_DATA: 'false' }

/** A database that was used with the old key, and the same folder opened with other settings. */
async function rotating() {
  const folder = tempFolder()
  const baseUrl = aSandbox().url
  const first = await openBot(folder, QUICK, { ...OFF, ROWBOT_SECRET_KEY: OLD })
  const { id } = await withWorkflow(first, { baseUrl, apiKey: APP })
  const open = (env: Record<string, string>) => openBot(folder, QUICK, { ...OFF, ...env })
  return { first, id, baseUrl, open }
}

const MEI = { key: 'slack:T1:U-Mei', name: 'Mei', face: 'slack' } as const

async function aTaskOf(bot: Rowbot) {
  const [workflow] = await listWorkflows(bot.db)
  if (!workflow) throw new Error('there is no workflow')
  const { id } = await bot.engine.submit(orderOf(workflow, 1))
  return { id, name: 'a task', finishedAt: 1 }
}

const BOTH = { ROWBOT_SECRET_KEY: NEW, ROWBOT_SECRET_KEY_OLD: OLD }

test('a key is changed while Rowbot serves: old and new are read, and then the new one alone', async () => {
  const { first, id, baseUrl, open } = await rotating()
  const bot = await open(BOTH)
  expect(await openWorkflowKey(bot.db, bot.box, id)).toBe(APP)
  // What it encrypts until then can be read by a machine that has only the old key.
  expect(first.box.open(bot.box.seal('x'))).toBe('x')
  await addWorkflow(bot, SETUP, { baseUrl, apiKey: APP })
  expect(await listWorkflows(bot.db)).toHaveLength(1)

  expect((await rotateKey(bot, SETUP)).sealed).toBe(1)
  expect(await openWorkflowKey(bot.db, bot.box, id)).toBe(APP)
  expect(await rotateKey(bot, SETUP)).toEqual({ sealed: 0, links: 0 })
  expect((await listAudit(bot.db, { action: 'key.rotate' })).total).toBe(1)

  const last = await open({ ROWBOT_SECRET_KEY: NEW })
  expect(await openWorkflowKey(last.db, last.box, id)).toBe(APP)
  await addWorkflow(last, SETUP, { baseUrl, apiKey: APP })
  expect(await listWorkflows(last.db)).toHaveLength(1)
  await expect(rotateKey(last, SETUP)).rejects.toThrow('There is no old key')
})

test('what a machine has encrypted with the old key meanwhile is found by the next call', async () => {
  const { id, open } = await rotating()
  const bot = await open(BOTH)
  await rotateKey(bot, SETUP)
  await bot.db
    .updateTable('workflows')
    .set({ api_key: bot.box.seal(APP) })
    .where('id', '=', id)
    .execute()
  expect((await rotateKey(bot, SETUP)).sealed).toBe(1)
  expect(
    bot.currentBox.open(
      (await bot.db.selectFrom('workflows').select('api_key').executeTakeFirstOrThrow()).api_key,
    ),
  ).toBe(APP)
})

test('links to results work on while the key is changed, and the same message can be sent once more', async () => {
  const { first, open } = await rotating()
  const task = await aTaskOf(first)
  const linksOf = (bot: Rowbot) => new ResultLinks(bot, 'https://rowbot.example')
  const tokenIn = (url: string) => url.slice(url.lastIndexOf('/') + 1)
  const url = await linksOf(first).make(task, MEI, { again: false })
  const both = await open(BOTH)
  await rotateKey(both, SETUP)
  for (const bot of [both, await open(BOTH)]) {
    expect(await openLink(bot, tokenIn(url))).toMatchObject({ task: { id: task.id } })
    expect(await linksOf(bot).make(task, MEI, { again: true })).toBe(url)
  }
  const last = await open({ ROWBOT_SECRET_KEY: NEW })
  expect(await openLink(last, tokenIn(url))).toMatchObject({ task: { id: task.id } })
  // Without the old key its address cannot be made again: a new one that works takes its place.
  const other = await linksOf(last).make(task, MEI, { again: true })
  expect(await openLink(last, tokenIn(other))).toMatchObject({ task: { id: task.id } })
  expect(await openLink(last, tokenIn(url))).toBeUndefined()
})

test('whoever changes a key that others may have ends all links with it', async () => {
  const { first, open } = await rotating()
  const task = await aTaskOf(first)
  const url = await new ResultLinks(first, 'https://rowbot.example').make(task, MEI, { again: false })
  const bot = await open(BOTH)
  await rotateKey(bot, SETUP)
  const out: string[] = []
  const screen = createScreen({ write: (text) => out.push(text) }, { write: () => true }, false)
  await rotateHere(bot, { endLinks: true }, screen)
  expect(out.join('')).toContain('Links to results that have ended: 1.')
  expect(await openLink(bot, url.slice(url.lastIndexOf('/') + 1))).toBeUndefined()
})

test('if neither key opens something, nothing is changed', async () => {
  const { first, id, open } = await rotating()
  const before = await first.db.selectFrom('workflows').selectAll().executeTakeFirstOrThrow()
  const wrong = { ROWBOT_SECRET_KEY: NEW, ROWBOT_SECRET_KEY_OLD: 'no key that was ever used' }
  await expect(open(wrong).then((bot) => rotateKey(bot, SETUP))).rejects.toThrow()
  expect(
    await first.db.selectFrom('workflows').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
  ).toEqual(before)
})
