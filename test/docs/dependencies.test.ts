import { join } from 'node:path'
import { expect, test } from 'bun:test'
import packageJson from '../../package.json'

test('every dependency has a line that says why, and no line is about a package that has gone', async () => {
  const page = await Bun.file(join(import.meta.dir, '../../docs/dependencies.md')).text()
  const firstCells = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell)
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
  const all = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies })
  expect(named.toSorted()).toEqual(all.toSorted())
})
