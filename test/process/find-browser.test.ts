import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { tempFolder } from '../support/bot.ts'
import { findBrowser, type Machine } from '../support/browser/find-browser.ts'

test('the browser that the environment names comes first', async () => {
  const machine = await aMachine({ programs: ['chromium', 'mine'] })
  machine.env['ROWBOT_TEST_BROWSER'] = join(machine.bin, 'mine')
  expect(await findBrowser(machine)).toBe(join(machine.bin, 'mine'))
})

test('one that the environment names and that is not there is an error, not another browser', async () => {
  const machine = await aMachine({ programs: ['chromium'] })
  machine.env['ROWBOT_TEST_BROWSER'] = '/nowhere/chromium'
  await expect(findBrowser(machine)).rejects.toThrow('ROWBOT_TEST_BROWSER is /nowhere/chromium')
})

test('then one on PATH, then one at a usual place', async () => {
  const machine = await aMachine({ programs: ['google-chrome-stable', 'elsewhere'] })
  machine.places = [join(machine.bin, 'elsewhere')]
  expect(await findBrowser(machine)).toBe(join(machine.bin, 'google-chrome-stable'))
  expect(await findBrowser({ ...machine, env: {} })).toBe(join(machine.bin, 'elsewhere'))
})

test('where none may be installed there is none', async () => {
  const machine = await aMachine({ mayInstall: false })
  expect(await findBrowser(machine)).toBeUndefined()
  expect(await machine.aptCalls()).toEqual([])
})

/** Debian has both; a Mac never comes to where they are needed. */
const onLinux = test.skipIf(!Bun.which('flock') || !Bun.which('timeout'))

onLinux('two that look at the same time install one, once', async () => {
  const machine = await aMachine()
  const chromium = join(machine.bin, 'chromium')
  expect(await Promise.all([findBrowser(machine), findBrowser(machine)])).toEqual([chromium, chromium])
  expect(await machine.aptCalls()).toEqual([
    'update',
    '-o DPkg::Lock::Timeout=600 install -y --no-install-recommends chromium',
  ])
})

onLinux('an apt that fails gives no browser, and its words are kept', async () => {
  const machine = await aMachine({ apt: 'echo "Unable to locate package"; exit 100' })
  expect(await findBrowser(machine)).toBeUndefined()
  const log = await Bun.file(join(machine.lockFolder, 'rowbot-tests-apt.log')).text()
  expect(log).toContain('Unable to locate package')
})

/** A machine with these programs, and an apt-get that does as told; by itself it makes a chromium. */
async function aMachine({ programs = [] as string[], mayInstall = true, apt = '' } = {}) {
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
  const machine: Machine = { env: { PATH: bin }, places: [], mayInstall, lockFolder: folder, tell: () => {} }
  return { ...machine, bin, aptCalls: () => linesOf(calls) }

  async function program(name: string, body: string): Promise<void> {
    await Bun.write(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
}

async function linesOf(path: string): Promise<string[]> {
  const file = Bun.file(path)
  return (await file.exists()) ? (await file.text()).trim().split('\n') : []
}
