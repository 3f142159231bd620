import { expect, test } from 'bun:test'
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { deleteLeftBehind, temporaryFolder } from '../../src/files/temporary.ts'
import { later, tempFolder } from '../support/bot.ts'

const HOUR_MS = 3_600_000

test('results that a killed process has left are deleted once they are an hour old, and nothing else', async () => {
  const before = process.env['TMPDIR']
  const folder = tempFolder()
  process.env['TMPDIR'] = folder
  later(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  expect(tmpdir()).toBe(folder)
  const [left, inUse] = [await temporaryFolder('result'), await temporaryFolder('download')]
  const others = ['rowbot-test-abc123', 'rowbot-result-mine', 'results'].map((name) => join(folder, name))
  for (const path of others) mkdirSync(path)
  const old = (Date.now() - 2 * HOUR_MS) / 1_000
  writeFileSync(join(left, 'result.xlsx'), 'texts of people')
  for (const path of [left, ...others]) utimesSync(path, old, old)
  await deleteLeftBehind(Date.now() - HOUR_MS)
  expect(readdirSync(folder).toSorted()).toEqual([inUse, ...others].map((path) => basename(path)).toSorted())
})
