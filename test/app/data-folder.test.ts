import { expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { tempFolder } from '../support/bot.ts'
import { aFolder, besideSandbox } from '../support/command.ts'

test('in a folder that others may read, everything that is kept is still for its owner alone', async () => {
  const { run, folder } = besideSandbox({ delayMs: 0 })
  chmodSync(folder, 0o755)
  await Bun.write(join(folder, 'rowbot.db'), '')
  chmodSync(join(folder, 'rowbot.db'), 0o644)
  const csv = join(folder, 'in.csv')
  await Bun.write(csv, 'Name,Key features\nKettle,hot\n')
  expect((await run('run', csv)).code).toBe(0)
  for (const file of ['rowbot.db', 'runner.lock', 'rowbot.log', 'secret.key'])
    expect((statSync(join(folder, file)).mode & 0o777).toString(8), file).toBe('600')
})

test('a database that is broken, and a folder that is none, are told in a sentence', async () => {
  const broken = aFolder()
  await Bun.write(join(broken.folder, 'rowbot.db'), 'this is no database, whatever its name says '.repeat(50))
  const inTheWay = join(tempFolder(), 'data')
  mkdirSync(join(inTheWay, 'rowbot.db'), { recursive: true })
  for (const [{ run }, sentence] of [
    [broken, 'cannot be opened: file is not a database.'],
    [aFolder({ ROWBOT_DATA_DIR: inTheWay }), 'cannot be written: '],
    [aFolder({ ROWBOT_DATA_DIR: '/dev/null/data' }), 'cannot be made: '],
  ] as const) {
    const { code, err } = await run('tasks')
    expect(err).toContain(sentence)
    expect(err).not.toMatch(/^\s+at /m)
    expect(err.trim().split('\n')).toHaveLength(2)
    expect(code).toBe(1)
  }
})

test('a database whose secret key is gone is left as it is, and the sentence says where to put the key', async () => {
  const { run, folder } = besideSandbox({ delayMs: 0 })
  expect((await run('tasks')).code).toBe(0)
  rmSync(join(folder, 'secret.key'))
  const before = await Bun.file(join(folder, 'rowbot.db')).bytes()
  const { code, err } = await run('tasks')
  expect(err).toContain(`there is no ${join(folder, 'secret.key')}, and ROWBOT_SECRET_KEY is not set.`)
  expect(code).toBe(1)
  expect(existsSync(join(folder, 'secret.key'))).toBe(false)
  expect(await Bun.file(join(folder, 'rowbot.db')).bytes()).toEqual(before)
})

test('a database of a newer Rowbot is left as it is, and the sentence says so', async () => {
  const { run, folder } = aFolder()
  expect((await run('tasks')).code).toBe(0)
  const newer = new Database(join(folder, 'rowbot.db'))
  newer.run("insert into kysely_migration values ('9999-of-tomorrow', '2030-01-01')")
  newer.close()
  const { code, err } = await run('tasks')
  expect(err).toContain('was written by a newer Rowbot: this one does not know 9999-of-tomorrow.')
  expect(code).toBe(1)
})

test('who reads no further ends nothing, and reads no stack trace', async () => {
  const { env } = aFolder()
  const main = join(import.meta.dir, '../../src/main.ts')
  const shell = Bun.spawn(['sh', '-c', `"$0" "$1" workflow add --sandbox | true`, process.execPath, main], {
    env: { PATH: process.env['PATH'] ?? '', HOME: env.ROWBOT_DATA_DIR, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  expect(await new Response(shell.stderr).text()).toBe('')
})

test('a file whose name begins with a dash is told how to be written', async () => {
  const { err } = await aFolder().run('check', '-dash.xlsx')
  expect(err).toContain('If it is a file, write ./-dash.xlsx')
})
