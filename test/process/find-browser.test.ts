import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { tempFolder } from '../support/bot.ts'
import { browserFor } from '../../scripts/check/browser.ts'
import { findBrowser, installBrowser, type Machine } from '../support/browser/find-browser.ts'

test('the browser that the environment names comes first', async () => {
  const machine = await aMachine({ programs: ['chromium', 'mine'] })
  machine.env['ROWBOT_TEST_BROWSER'] = join(machine.bin, 'mine')
  expect(findBrowser(machine)).toBe(join(machine.bin, 'mine'))
})

test('one that the environment names and that is not there is an error, not another browser', async () => {
  const machine = await aMachine({ programs: ['chromium'] })
  machine.env['ROWBOT_TEST_BROWSER'] = '/nowhere/chromium'
  expect(() => findBrowser(machine)).toThrow('ROWBOT_TEST_BROWSER is /nowhere/chromium')
})

test('then one on PATH, then one at a usual place', async () => {
  const machine = await aMachine({ programs: ['google-chrome-stable', 'elsewhere'] })
  machine.places = [join(machine.bin, 'elsewhere')]
  expect(findBrowser(machine)).toBe(join(machine.bin, 'google-chrome-stable'))
  expect(findBrowser({ ...machine, env: {} })).toBe(join(machine.bin, 'elsewhere'))
})

test('whoever only looks for one installs nothing, root or not', async () => {
  const machine = await aMachine()
  expect(findBrowser(machine)).toBeUndefined()
  expect(await machine.aptCalls()).toEqual([])
})

test('the check says what it needs and how to get it, and installs nothing by itself', async () => {
  const machine = await aMachine()
  await browserFor(machine, false)
  expect(machine.said.join()).toContain('There is no browser for the tests of the page.')
  expect(machine.said.join()).toContain('“bun run check --install” installs Chromium with apt-get.')
  expect(machine.said.join()).toEndWith('Without one, the tests of the page are skipped.')
  expect(await machine.aptCalls()).toEqual([])
})

test('it says nothing where there is one', async () => {
  const machine = await aMachine({ programs: ['chromium'] })
  await browserFor(machine, true)
  expect(machine.said).toEqual([])
})

test('in CI it says that the tests will fail', async () => {
  const machine = await aMachine()
  machine.env['CI'] = 'true'
  await browserFor(machine, false)
  expect(machine.said.join()).toEndWith('In CI the tests of the page fail without one.')
})

test('where --install cannot install it says so, and tries nothing', async () => {
  const machine = await aMachine({ canInstall: false })
  await browserFor(machine, true)
  expect(machine.said.join()).toContain('--install can do it for root on Debian only.')
  expect(await machine.aptCalls()).toEqual([])
})

/** Debian has both; a Mac never comes to where they are needed. */
const onLinux = test.skipIf(!Bun.which('flock') || !Bun.which('timeout'))

onLinux('with --install it says that it installs, does so, and names what it got', async () => {
  const machine = await aMachine()
  await browserFor(machine, true)
  expect(machine.said[0]).toBe('There is no browser for the tests of the page, and --install gets one.')
  expect(machine.said[1]).toStartWith('Installing chromium with apt-get')
  expect(machine.said[2]).toBe(`The tests of the page use ${join(machine.bin, 'chromium')}.`)
})

onLinux('two that install at the same time install one, once', async () => {
  const machine = await aMachine()
  const chromium = join(machine.bin, 'chromium')
  expect(await Promise.all([installBrowser(machine), installBrowser(machine)])).toEqual([chromium, chromium])
  expect(await machine.aptCalls()).toEqual([
    'update',
    '-o DPkg::Lock::Timeout=600 install -y --no-install-recommends chromium',
  ])
})

onLinux('an apt that fails gives no browser, and its words are kept', async () => {
  const machine = await aMachine({ apt: 'echo "Unable to locate package"; exit 100' })
  await browserFor(machine, true)
  expect(machine.said.at(-1)).toBe(
    'It could not be installed. Without one, the tests of the page are skipped.',
  )
  const log = await Bun.file(join(machine.lockFolder, 'rowbot-tests-apt.log')).text()
  expect(log).toContain('Unable to locate package')
})

/** A machine with these programs, and an apt-get that does as told; by itself it makes a chromium. */
async function aMachine({ programs = [] as string[], canInstall = true, apt = '' } = {}) {
  const folder = tempFolder()
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const calls = join(folder, 'calls')
  const makes = `case "$*" in *install*) printf '' >${bin}/chromium; chmod +x ${bin}/chromium;; esac`
  await program('apt-get', `echo "$*" >>${calls}\n${apt || makes}`)
  for (const name of programs) await program(name, '')
  for (const name of ['timeout', 'flock', 'sh', 'chmod']) {
    await program(name, `exec ${Bun.which(name)} "$@"`)
  }
  const said: string[] = []
  const tell = (words: string) => void said.push(words)
  const machine: Machine = { env: { PATH: bin }, places: [], canInstall, lockFolder: folder, tell }
  return { ...machine, bin, said, aptCalls: () => linesOf(calls) }

  async function program(name: string, body: string): Promise<void> {
    await Bun.write(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
}

async function linesOf(path: string): Promise<string[]> {
  const file = Bun.file(path)
  return (await file.exists()) ? (await file.text()).trim().split('\n') : []
}
