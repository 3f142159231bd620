import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { isWritable, settingsIn, strayLine, withSettings } from '../../../src/cli/setup/env-file.ts'
import { tempFolder } from '../../support/bot.ts'

test('a setting is changed where it stands, a new one comes last, and all else stays', () => {
  const before = '# mine\nROWBOT_PORT=8000   # usual\n\nexport DIFY_API_KEYS=app-1\nnot a line\n\n\n'
  const after = withSettings(before, [
    { name: 'DIFY_API_KEYS', value: 'app-2' },
    { name: 'ROWBOT_DATA_DIR', value: '/srv/row bot' },
  ])
  expect(after).toBe(
    "# mine\nROWBOT_PORT=8000   # usual\n\nDIFY_API_KEYS=app-2\nnot a line\nROWBOT_DATA_DIR='/srv/row bot'\n",
  )
  expect(withSettings('', [{ name: 'A', value: '1' }])).toBe('A=1\n')
})

test('of a name that is set twice the last one counts, for reading and for changing', () => {
  const text = 'A=1\nB=2\nA=3\n'
  expect(settingsIn(text).get('A')).toBe('3')
  expect(withSettings(text, [{ name: 'A', value: '4' }])).toBe('A=1\nB=2\nA=4\n')
})

test('a line that says nothing is found by its number', () => {
  expect(strayLine('# a\n\nA=1\n')).toBeUndefined()
  expect(strayLine('A=1\nB is 2\n')).toBe(2)
})

test('what is written, Bun reads as it was meant, and so do we', async () => {
  const values = {
    PLAIN: 'xoxb-1-a_b/c+d=',
    HASH: 'a#b # c',
    DOLLAR: 'p$HOME$1$',
    SPACES: ' a b ',
    APOSTROPHE: "it's $5 # really",
    QUOTES: 'say "hi"',
    BACKSLASH: String.raw`C:\data\new`,
    BACKTICK: 'a`b',
    CHINESE: '中文 名',
    EMPTY: '',
  }
  expect(Object.values(values).every(isWritable)).toBe(true)
  const text = withSettings(
    '',
    Object.entries(values).map(([name, value]) => ({ name, value })),
  )
  expect(Object.fromEntries(settingsIn(text))).toEqual(values)
  const folder = tempFolder()
  await Bun.write(join(folder, '.env'), text)
  const names = JSON.stringify(Object.keys(values))
  const script = `console.log(JSON.stringify(Object.fromEntries(${names}.map((n) => [n, process.env[n]]))))`
  const run = Bun.spawnSync([process.execPath, '-e', script], { cwd: folder, env: { HOME: folder } })
  expect(JSON.parse(run.stdout.toString())).toEqual(values)
})

test.each(['two\nlines', `both ' and "`, String.raw`a\$b`, 'end\\'])('%j cannot be written', (value) => {
  expect(isWritable(value)).toBe(false)
})
