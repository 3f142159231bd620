import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'

const ROOT = join(import.meta.dir, '../..')

/** Licences under which a package may be used and passed on with a program under MIT. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-0-Clause', // htmx’s way to write 0BSD
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'MIT/X11',
  'Unlicense',
  'Zlib',
])
/** What package.json does not say, or what is only used in tests. Each was read by a person. */
const KNOWN: Record<string, string> = {
  buffers: 'no licence in package.json; its author gives all of his small packages under MIT/X11',
  'axe-core': 'MPL-2.0; tests only, not passed on',
}

interface Installed {
  path: string
  name: string
  licence: string
}

const installed = await readInstalled()

test('every installed package has a licence that is on the list', () => {
  expect(installed.length).toBeGreaterThan(200)
  const strange = installed.filter(({ name, licence }) => !isAllowed(licence) && !(name in KNOWN))
  expect(strange.map(({ path, licence }) => `${path}: ${licence || 'says nothing'}`)).toEqual([])
})

test('an exception that nobody needs any more is taken off the list', () => {
  const needed = new Set(installed.filter(({ licence }) => !isAllowed(licence)).map(({ name }) => name))
  expect(Object.keys(KNOWN).filter((name) => !needed.has(name))).toEqual([])
})

test('of several licences one is enough, if they are offered, and all count, if they hold together', () => {
  expect(isAllowed('(MIT OR GPL-3.0-or-later)')).toBeTrue()
  expect(isAllowed('MIT AND Apache-2.0')).toBeTrue()
  expect(isAllowed('MIT AND GPL-3.0')).toBeFalse()
  expect(isAllowed('AGPL-3.0')).toBeFalse()
  expect(isAllowed('')).toBeFalse()
})

/** An SPDX expression of one kind of word between its licences. */
function isAllowed(licence: string): boolean {
  const plain = licence.replaceAll(/[()]/g, '')
  if (plain.includes(' OR ')) return plain.split(' OR ').some((one) => ALLOWED.has(one))
  return plain.split(' AND ').every((one) => ALLOWED.has(one))
}

/** What bun.lock names and is here: packages for other systems are in the lockfile only. */
async function readInstalled(): Promise<Installed[]> {
  const lock = await Bun.file(join(ROOT, 'bun.lock')).text()
  const places = [...lock.matchAll(/^ {4}"([^"]+)": \["/gm)].map(([, place = '']) => foldersOf(place))
  const found = places.filter((path) => existsSync(join(ROOT, path, 'package.json')))
  return Promise.all(
    found.map(async (path) => {
      const about: { name: string; license?: unknown } = await Bun.file(
        join(ROOT, path, 'package.json'),
      ).json()
      return { path, name: about.name, licence: typeof about.license === 'string' ? about.license : '' }
    }),
  )
}

/** `koa/@types/node` is in node_modules/koa/node_modules/@types/node */
function foldersOf(place: string): string {
  const names = place.match(/@[^/]+\/[^/]+|[^/]+/g) ?? []
  return names.map((name) => `node_modules/${name}`).join('/')
}
