import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { besideSandbox } from '../../support/command.ts'

test('run says which rows need no call, and calls only those that do', async () => {
  const { run, folder } = besideSandbox({ delayMs: 0 })
  const file = join(folder, 'products.csv')
  const out = join(folder, 'out.csv')
  const send = (rows: string[], ...options: string[]) => {
    writeFileSync(file, ['Name,Key features', ...rows, ''].join('\n'))
    return run('run', file, '--workflow', 'product copywriter', '--out', out, ...options)
  }
  const first = await send(['Kettle,hot', 'Lamp,bright', 'Kettle,hot'])
  expect(first.err).toContain('1 row asks the same as another: called once (--each calls all)')
  expect(first.out).toContain('3 done, 1 as other rows')
  expect(await Bun.file(out).text()).toContain('as row 2')

  const rows = ['Kettle,hot', 'Lamp,brighter', 'Tent,dry']
  const second = await send(rows, '--only-new')
  expect(second.err).toMatch(/Seen on .* \(task \w{4}\): 1 row unchanged, 1 changed, 1 new/)
  expect(second.err).toContain('2 of 3 rows are called')
  expect(second.out).toContain('3 done, 1 of them from an earlier task')
  expect(await Bun.file(out).text()).toMatch(/from task \w{4}, row 2/)
})
