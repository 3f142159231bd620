import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'bun:test'
import packageJson from '../../package.json'
import { VERSION } from '../../src/engine/this-program.ts'
import { tempFolder } from '../support/bot.ts'
import { pathWithBun, started } from '../support/command.ts'
import { freePort } from '../support/free-port.ts'

const ROOT = join(import.meta.dir, '../..')
const LARGEST_BYTES = 2_000_000

test('`bunx rowbot` works where the packed package and what it depends on are installed', async () => {
  const { run, tarball } = await installed()
  expect(tarball.size).toBeLessThan(LARGEST_BYTES)
  expect((await run('--version')).out).toBe(`rowbot ${VERSION}\n`)
  const demo = await run('demo')
  expect(demo.err).toContain('Next: bunx rowbot --help')
  expect(demo.out).toContain('5 done in')
  expect(demo.code).toBe(0)
})

test('the package has what a person looks for, and nothing that is only for those who work on it', async () => {
  const { files } = await installed()
  for (const file of [
    'README.md',
    '.env.example',
    'manifest/slack.json',
    'docs/install.md',
    'dist/client.js',
  ])
    expect(files).toContain(file)
  expect(
    files.filter((file) => /^(?:test|bench|scripts)\/|\.png$|rowbot-(?:linux|darwin|windows)/.test(file)),
  ).toEqual([])
})

/** The package in an empty folder, beside nothing but the packages that it says it depends on. */
async function installed() {
  const folder = tempFolder()
  const environment = { PATH: pathWithBun(folder), HOME: folder, NO_COLOR: '1' }
  await started(
    [process.execPath, 'pm', 'pack', '--destination', folder, '--ignore-scripts'],
    environment,
    ROOT,
  ).ended
  const tarball = Bun.file(join(folder, `rowbot-${VERSION}.tgz`))
  const modules = join(folder, 'node_modules')
  const inside = await new Bun.Archive(await tarball.bytes()).files()
  for (const [path, file] of inside)
    await Bun.write(join(modules, path.replace(/^package\//, 'rowbot/')), file)
  mkdirSync(join(modules, '.bin'))
  symlinkSync(`../rowbot/${packageJson.bin.rowbot}`, join(modules, '.bin/rowbot'))
  for (const name of Object.keys(packageJson.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  await started(['chmod', '+x', join(modules, 'rowbot', packageJson.bin.rowbot)], environment).ended // as installers do
  return {
    tarball,
    files: [...inside.keys()].map((path) => path.replace(/^package\//, '')),
    run: (...args: string[]) =>
      started(
        [process.execPath, 'x', '--no-install', 'rowbot', ...args],
        { ...environment, ROWBOT_PORT: String(freePort()) },
        folder,
      ).ended,
  }
}
