import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { commandsHere } from '../../scripts/docs/commands.ts'
import { generatedPages, withPart } from '../../scripts/docs/pages.ts'
import { SETTINGS, SETTINGS_BY_TOPIC } from '../../src/app/settings.ts'

const ROOT = join(import.meta.dir, '../..')

test('the pages that are written from the code say what the code says', async () => {
  const stale: string[] = []
  for (const { path, text } of await generatedPages(ROOT))
    if ((await Bun.file(join(ROOT, path)).text()) !== text) stale.push(path)
  expect(stale.length === 0 ? '' : `run “bun run docs”, which writes ${stale.join(', ')}`).toBe('')
})

test('every setting says what it is for, and stands under one topic', () => {
  const silent = Object.entries(SETTINGS.shape).filter(([, schema]) => !schema.description)
  expect(silent.map(([name]) => name)).toEqual([])
  const named = Object.values(SETTINGS_BY_TOPIC).flatMap(({ shape }) => Object.keys(shape))
  expect(named.toSorted()).toEqual(Object.keys(SETTINGS.shape).toSorted())
})

test('.env.example names every setting, with its default, and nothing else', async () => {
  const example = await Bun.file(join(ROOT, '.env.example')).text()
  const given = Object.fromEntries([...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, n = '', v]) => [n, v]))
  const isOld = (name: string) => name === 'DIFY_QUEUE_SECONDS'
  const names = Object.keys(SETTINGS.shape).filter((name) => !isOld(name))
  expect(Object.keys(given).toSorted()).toEqual(names.toSorted())
  // 30 is said by the code that reads it, since the old name of the setting counts where the new one is not set.
  expect(SETTINGS.parse(given)).toEqual({ ...SETTINGS.parse({}), DIFY_QUEUE_MINUTES: 30 })
})

test('the reference has commands of every depth, their options and what these may be', () => {
  const reference = commandsHere()
  for (const part of [
    '### run\n',
    '### workflow limit\n',
    '### usage\n',
    '(own, plain, csv)',
    '(1–10, default 3)',
  ])
    expect(reference).toContain(part)
  expect(reference).not.toContain('--help')
})

test('what is made goes between its two comments, and a page without them is an error', () => {
  const page = 'Before\n<!-- a: written by “bun run docs” -->\nold\n<!-- end of a -->\nAfter'
  expect(withPart(page, 'a', 'new')).toBe(
    'Before\n<!-- a: written by “bun run docs” -->\n\nnew\n\n<!-- end of a -->\nAfter',
  )
  expect(() => withPart(page, 'b', 'new')).toThrow('has no <!-- b')
})
