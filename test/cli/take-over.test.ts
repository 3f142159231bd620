import { expect, test } from 'bun:test'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { takeOver } from '../../src/cli/serve.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { openBot, tempFolder, until } from '../support/bot.ts'
import { PassThrough } from 'node:stream'

test('a process that cannot write its lock, as on a full disk, says so once, serves the page, and runs tasks when it can', async () => {
  const folder = tempFolder()
  const bot = await openBot(folder)
  const lock = join(folder, 'runner.lock')
  rmSync(lock, { force: true })
  mkdirSync(lock) // which SQLite cannot open
  let said = ''
  const errors = new PassThrough()
  errors.on('data', (text: Buffer) => (said += text.toString()))
  const taking = takeOver(bot, new Promise(() => {}), createScreen(errors, errors, false))
  await until(
    () => said,
    (text) => text.includes('cannot be taken'),
  )
  expect(bot.runsTasks).toBe(false)
  rmSync(lock, { recursive: true })
  expect(await taking).toBe(true)
  expect(bot.runsTasks).toBe(true)
  expect(said).toMatch(
    /^The lock \S+runner\.lock cannot be taken: unable to open database file\. Make room on that disk/,
  )
  expect(said.split('\n')).toHaveLength(2)
})

test('it does so no longer once it is told to stop', async () => {
  const folder = tempFolder()
  const bot = await openBot(folder)
  const lock = join(folder, 'runner.lock')
  rmSync(lock, { force: true })
  mkdirSync(lock)
  const quiet = createScreen(new PassThrough(), new PassThrough(), true)
  expect(await takeOver(bot, Promise.resolve(), quiet)).toBe(false)
})
