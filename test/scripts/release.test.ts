import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { fileOf, type Target, TARGETS } from '../../scripts/build/targets.ts'
import { examine } from '../../scripts/release/examine.ts'
import { licencesOf } from '../../scripts/release/licences.ts'
import { madeFor } from '../../scripts/release/made-for.ts'
import { notReady } from '../../scripts/release/not-ready.ts'
import { addSum, isAsSummed } from '../../scripts/release/sums.ts'
import { tempFolder } from '../support/bot.ts'

test('an executable says by its header which machine it is made for', () => {
  expect(madeFor(elf(0x3e, '/lib64/ld-linux-x86-64.so.2'))).toBe('linux-x64')
  expect(madeFor(elf(0xb7, '/lib/ld-linux-aarch64.so.1'))).toBe('linux-arm64')
  expect(madeFor(elf(0x3e, '/lib/ld-musl-x86_64.so.1'))).toBe('linux-x64-musl')
  expect(madeFor(elf(0xf3, '/lib/ld-linux-riscv64.so.1'))).toBeUndefined()
  expect(madeFor(machO(0x0100000c))).toBe('darwin-arm64')
  expect(madeFor(machO(0x01000007))).toBe('darwin-x64')
  expect(madeFor(portable(0x8664))).toBe('windows-x64')
  expect(madeFor(new Uint8Array(8))).toBeUndefined()
  expect(madeFor(Buffer.from('#!/bin/sh\n'.padEnd(100)))).toBeUndefined()
})

/** For this machine, as far as it is Linux with glibc. */
const here = TARGETS.find(({ name }) => name === `${process.platform}-${process.arch}`)
const onLinux = test.skipIf(here === undefined || process.platform !== 'linux')

onLinux(
  'one that is not there, is not what was summed, or is for another machine is not released',
  async () => {
    const folder = tempFolder()
    const target = here ?? TARGETS[0]
    if (!target) throw new Error('There are no targets.')
    expect(await examine(folder, target, '0.1.0')).toEqual({ said: 'it is not there.', isFault: true })

    await Bun.write(join(folder, fileOf(target)), machO(0x01000007))
    await Bun.write(join(folder, 'SHA256SUMS'), `0000  ${fileOf(target)}\n`)
    expect((await examine(folder, target, '0.1.0')).said).toBe('SHA256SUMS has another checksum.')

    await sum(folder, target)
    expect(await examine(folder, target, '0.1.0')).toEqual({
      said: 'it is made for darwin-x64.',
      isFault: true,
    })
  },
)

onLinux('one that runs and is another version is not released', async () => {
  const folder = tempFolder()
  const target = here ?? TARGETS[0]
  if (!target) throw new Error('There are no targets.')
  symlinkSync(process.execPath, join(folder, fileOf(target))) // Bun, which is no Rowbot
  await sum(folder, target)
  expect(await examine(folder, target, '0.1.0')).toEqual({
    said: `--version says “${Bun.version}”.`,
    isFault: true,
  })
})

test('SHA256SUMS has a line a file, and a file that has changed since is found', async () => {
  const folder = tempFolder()
  await Bun.write(join(folder, 'SHA256SUMS'), '')
  for (const name of ['a', 'b']) {
    await Bun.write(join(folder, name), `this is ${name}`)
    await addSum(folder, name)
  }
  expect([await isAsSummed(folder, 'a'), await isAsSummed(folder, 'b')]).toEqual([true, true])
  await Bun.write(join(folder, 'a'), 'changed')
  expect([await isAsSummed(folder, 'a'), await isAsSummed(folder, 'b')]).toEqual([false, true])
})

test('the licences of all that Rowbot runs with are passed on, and of nothing that only tests need', async () => {
  const text = await licencesOf(join(import.meta.dir, '../..'))
  for (const part of [
    'The Rowbot authors',
    'JavaScriptCore',
    '\nkysely 0',
    '\nexceljs 4',
    '\nunzipper 0',
    'Apache License',
  ])
    expect(text).toContain(part)
  expect(text).not.toContain('\nplaywright-core ')
})

test('what is not committed, or has no dated section in the changelog, is not ready', async () => {
  const folder = tempFolder()
  const git = (...args: string[]) => Bun.spawnSync(['git', ...args], { cwd: folder })
  const changelog = join(folder, 'CHANGELOG.md')
  git('init')
  await Bun.write(changelog, '# Changelog\n\n## 0.2.0, not yet released\n')
  const reasons = await notReady(folder, '0.2.0')
  expect(reasons).toHaveLength(2)
  expect(reasons[0]).toBe('Some files are not committed: ?? CHANGELOG.md.')
  expect(reasons[1]).toStartWith('CHANGELOG.md has no section “## 0.2.0, YEAR-MONTH-DAY”')

  await Bun.write(changelog, '# Changelog\n\n## 0.2.0, 2026-12-01\n')
  git('add', '.')
  git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '-m', 'One')
  expect(await notReady(folder, '0.2.0')).toEqual([])
})

async function sum(folder: string, target: Target): Promise<void> {
  await Bun.write(join(folder, 'SHA256SUMS'), '')
  await addSum(folder, fileOf(target))
}

function elf(machine: number, interpreter: string): Uint8Array {
  const bytes = Buffer.alloc(512)
  bytes.writeUInt32BE(0x7f454c46, 0)
  bytes.writeUInt16LE(machine, 0x12)
  bytes.write(interpreter, 0x100)
  return bytes
}

function machO(cpu: number): Uint8Array {
  const bytes = Buffer.alloc(64)
  bytes.writeUInt32BE(0xcffaedfe, 0)
  bytes.writeUInt32LE(cpu, 4)
  return bytes
}

function portable(machine: number): Uint8Array {
  const bytes = Buffer.alloc(256)
  bytes.write('MZ', 0)
  bytes.writeUInt32LE(0x80, 0x3c)
  bytes.write('PE\0\0', 0x80)
  bytes.writeUInt16LE(machine, 0x84)
  return bytes
}
