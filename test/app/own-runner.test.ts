import { expect, onTestFinished, test } from 'bun:test'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { startedFolder, until } from '../support/bot.ts'

test('if it cannot be seen whether there is a runner, the process lives on and logs it', async () => {
  const folder = await startedFolder()
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const bot = await Rowbot.open({ config: readConfig({ ROWBOT_DATA_DIR: folder }), log })
  onTestFinished(() => bot.close())
  rmSync(join(folder, 'runner.lock'), { force: true })
  mkdirSync(join(folder, 'runner.lock')) // no file can be there, as on a disk that is full
  bot.fetchFiles('t1')
  await until(
    () => lines,
    ({ length }) => length > 0,
  )
  expect(lines.join('')).toContain('files of outputs could not be fetched at once')
})
