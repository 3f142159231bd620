import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { until } from '../support/bot.ts'
import { besideSandbox, rowbot, SAMPLE, started } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'
import { cellsOf } from '../workbook/support/inspect.ts'

// What the docs tell a person to type is typed here, word for word.

const DOCS = join(import.meta.dir, '../../docs')
const MAIN = join(import.meta.dir, '../../src/main.ts')

test('start.md: the commands of “Run a few rows” do what they say', async () => {
  const { folder, env } = besideSandbox({ delayMs: 0 })
  const [template = '', check = '', run = '', ...others] = await blockOf('start.md', '## 3. Run a few rows')
  expect(others).toEqual([])
  expect((await typed(template, folder, env)).code).toBe(0)
  copyFileSync(SAMPLE, join(folder, 'products.xlsx')) // filled in
  expect((await typed(check, folder, env)).out).toContain('5 of 5 rows can run.')
  const { out, code } = await typed(run, folder, env)
  expect(out).toContain('5 done')
  expect(code).toBe(0)
})

const hasPrograms = ['bash', 'curl', 'jq'].every((name) => Bun.which(name))

test.skipIf(!hasPrograms)('api.md: the script goes from a workbook to its results', async () => {
  const { folder, env } = besideSandbox({ delayMs: 0 })
  const port = String(freePort())
  const token = 'a token for the test'.replaceAll(' ', '-')
  const serving = rowbot(['serve'], { ...env, ROWBOT_PORT: port, ROWBOT_ADMIN_TOKEN: token })
  await serving.says('Running the tasks')
  mkdirSync(join(folder, 'samples'))
  copyFileSync(SAMPLE, join(folder, 'samples/test_batch_data.xlsx'))
  const script = (await blockOf('api.md', '## From a workbook to its results')).join('\n')
  const here = script.replace('127.0.0.1:8000', `127.0.0.1:${port}`)
  expect(here).not.toBe(script)
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, ROWBOT_TOKEN: token }
  const { err, code } = await started(['bash', '-euo', 'pipefail', '-c', here], environment, folder).ended
  expect({ err, code }).toEqual({ err: '', code: 0 })
  const results = Bun.file(join(folder, 'results.xlsx'))
  await until(() => results.exists(), Boolean)
  expect(await cellsOf(await results.bytes())).toHaveLength(6)
})

/** The lines of the first block of code below a heading, without comments at their ends. */
async function blockOf(page: string, heading: string): Promise<string[]> {
  const text = await Bun.file(join(DOCS, page)).text()
  const block = /```sh\n([\s\S]*?)```/.exec(text.slice(text.indexOf(`${heading}\n`)))?.[1] ?? ''
  return block.trim().split('\n')
}

/** `bun rowbot …` as a shell would run it in that folder. */
function typed(line: string, folder: string, env: Record<string, string>) {
  const command = line.replace(/^bun rowbot /, `"$BUN" "$MAIN" `)
  expect(command).not.toBe(line)
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    NO_COLOR: '1',
    BUN: process.execPath,
    MAIN,
    ...env,
  }
  return started(['sh', '-c', command], environment, folder).ended
}
