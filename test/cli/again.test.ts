import { expect, test } from 'bun:test'
import { createScreen } from '../../src/cli/screen.ts'
import { rowRanges } from '../../src/cli/arguments.ts'
import { again } from '../../src/cli/go-on.ts'
import { findListedRow } from '../../src/db/rows/row-list.ts'
import { aBot, tempFolder } from '../support/bot.ts'
import { join } from 'node:path'

test('rows run again in a terminal, one of them with another input, or with the file’s own', async () => {
  const { bot, submit, ended, sandbox } = await aBot()
  const { id } = await submit(4)
  bot.startRunner()
  await ended(id)
  await bot.stopRunner(0)
  const out = join(tempFolder(), 'out.csv')
  const told = { err: '' }
  const screen = createScreen({ write: () => true }, { write: (text) => (told.err += text) })
  const run = (flags: Partial<Parameters<typeof again>[2]>) =>
    again(bot, id, { json: true, out, ...flags }, screen)

  await run({ rows: rowRanges('2-3,5') })
  expect(told.err).toContain('3 rows again.')
  expect(sandbox.hits()).toHaveLength(7)
  // By the label of the input, too.
  await run({ rows: rowRanges('2'), set: { 'Key features': 'boils' } })
  expect(sandbox.hits().at(-1)?.inputs).toMatchObject({ name: 'Kettle 2', features: 'boils' })
  const file = await Bun.file(out).text()
  expect(file).toContain('inputs changed')
  expect(file).toContain('features: “boils” was sent, the file has “feature 2”')
  await run({ rows: rowRanges('2'), asInFile: true })
  expect((await findListedRow(bot.db, id, 2))?.inputs).toMatchObject({ features: 'feature 2' })
  expect(await Bun.file(out).text()).not.toContain('inputs changed')

  const calls = sandbox.hits().length
  await expect(run({ set: { name: 'A lamp' } })).rejects.toThrow('Name the row')
  await expect(run({ rows: rowRanges('2-3'), set: { name: 'A lamp' } })).rejects.toThrow('one row at a time')
  await expect(run({ rows: rowRanges('2'), set: { colour: 'red' } })).rejects.toThrow('has no input “colour”')
  await expect(run({ rows: rowRanges('2'), set: { name: 'x' }, asInFile: true })).rejects.toThrow(
    'Give either',
  )
  await expect(run({ rows: rowRanges('99') })).rejects.toThrow('no row 99')
  expect(() => rowRanges('all')).toThrow('3-40,88')
  expect(sandbox.hits()).toHaveLength(calls)
})
