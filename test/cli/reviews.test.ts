import { expect, test } from 'bun:test'
import { edit, keep, look } from '../../src/cli/reviews.ts'
import { createScreen } from '../../src/cli/screen.ts'
import { findReviewedRow } from '../../src/db/rows/reviews.ts'
import { aJudgedTask } from '../support/judged-task.ts'

test('what is to look at is listed, kept, edited and reset in a terminal', async () => {
  const { bot, id } = await aJudgedTask([], { text: '', stock: 3 })
  const written = { out: '' }
  const screen = createScreen({ write: (text) => (written.out += text) }, { write: () => undefined })
  const said = async (command: () => Promise<number>) => {
    written.out = ''
    expect(await command()).toBe(0)
    return written.out
  }
  const list = () => said(() => look(bot, id, { json: false }, screen))
  const first = await list()
  expect(first).toContain('empty')
  const json = JSON.parse(await said(() => look(bot, id, { json: true }, screen)))
  const row = json[0].row
  expect(json[0]).toMatchObject({
    outputs: { text: '', stock: 3 },
    flags: [{ output: 'text', code: 'empty' }],
  })

  const set = (values: Record<string, string>) => edit(bot, id, { row, set: values, reset: false }, screen)
  await expect(set({ nope: 'x' })).rejects.toThrow('has no output “nope”')
  await expect(set({ stock: 'many' })).rejects.toThrow('stock')
  await expect(edit(bot, id, { row, reset: false }, screen)).rejects.toThrow('Give either')
  expect(await said(() => set({ text: 'A lamp.' }))).toContain(`Edited row ${row}: text.`)
  expect((await findReviewedRow(bot.db, id, row))?.edits['text']).toMatchObject({ value: 'A lamp.' })
  expect(await list()).toContain('1 edited')
  expect(await said(() => edit(bot, id, { row, reset: true }, screen))).toContain(`Reset row ${row}.`)
  expect(await list()).toBe(first)
  expect(await said(() => keep(bot, id, [row], screen))).toBe(`Kept row ${row}.\n`)
  expect(await list()).toContain('1 kept')
  await expect(keep(bot, id, [999], screen)).rejects.toThrow('999')
})
